"""The rule catalogue, the flags that it computes, and the Great Expectations suites that judge a dataset."""
