"""Words and dictionaries counted over the whole dataset: vocabulary, document-feature matrix, keyness, hits in context.

Reads what a build staged or published, never a document.
"""
