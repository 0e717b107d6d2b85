"""The quality page: one HTML file about a published dataset, without scripts and without anything from elsewhere."""

from expectations.quality.page import write_page

__all__ = ["write_page"]
