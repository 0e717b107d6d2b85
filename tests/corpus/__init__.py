"""Writes annual reports of invented organs from known truths, in every text layout, with the right answers beside."""

from tests.corpus.layouts import LAYOUTS
from tests.corpus.options import Options, random_options
from tests.corpus.rendering import Rendered, render, render_report
from tests.corpus.truth import TableTruth, Truth, random_truth, table_truth

__all__ = [
    "LAYOUTS",
    "Options",
    "Rendered",
    "TableTruth",
    "Truth",
    "random_options",
    "random_truth",
    "render",
    "render_report",
    "table_truth",
]
