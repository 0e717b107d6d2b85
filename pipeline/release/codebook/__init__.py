"""The codebook of a release: every table, column, code and cell of the forms, on one page and as CSV files."""

from pipeline.release.codebook.page import write

__all__ = ["write"]
