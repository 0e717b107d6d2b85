"""Renderers: one function per layout turns a sheet into lines of text; the registry knows each one's traits."""

from tests.corpus.layouts import columns, lines, pipes, tabs
from tests.corpus.layouts.registry import LAYOUTS, Layout, TableText

__all__ = ["LAYOUTS", "Layout", "TableText", "columns", "lines", "pipes", "tabs"]
