"""Writes dossiers as HTML pages that need nothing else: no network, no script, every text of a document escaped.

The engine escapes whatever a template prints. Only our own style sheet goes in as it is, and the page's
Content-Security-Policy allows it by its hash and nothing else: no script, no picture, no other address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment

from pipeline.dossier import safe_page
from pipeline.dossier.evidence import Evidence
from pipeline.dossier.facts import Dataset
from pipeline.dossier.views import CellView, Dossier, LabelView
from pipeline.dossier.visible import one_line, visible
from pipeline.dossier.words import word
from pipeline.store.query import plain

_LONGEST = 2_000
"""Characters shown of one text outside the source."""
_MOST_BACK = 12
"""Ways back shown at one place of the source."""

STATUSES = ("A", "U", "I", "O", "M", "K")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the index: the page's file name, and what the report is."""

    file: str
    report_year: int | None
    issuer: str | None
    division: str | None
    document: str
    findings: tuple[int, int, int]
    """Errors, warnings, notes."""


def page(dossier: Dossier, dataset: Dataset) -> str:
    """The page of a report; the labels of codes are the dataset's."""
    return (
        _environment()
        .get_template("dossier.html")
        .render(
            d=dossier,
            statuses=[(code, dataset.label("obs_status", code)) for code in STATUSES],
        )
    )


def index(entries: Sequence[Entry]) -> str:
    """A page that leads to the pages of reports."""
    return _environment().get_template("index.html").render(entries=entries)


@cache
def _environment() -> Environment:
    environment = safe_page.environment("pipeline.dossier", keep_trailing_newline=True)
    style = files(__package__).joinpath("templates", "style.css").read_text(encoding="utf-8")
    environment.globals.update(
        word=word,
        policy=f"default-src 'none'; style-src 'sha256-{safe_page.hash_of(style)}'; base-uri 'none'; form-action 'none'",
        back=_back,
        number=plain,
        is_cell=lambda x: isinstance(x, CellView),
        is_label=lambda x: isinstance(x, LabelView),
    )
    environment.filters.update(
        line=lambda text: one_line(text, _LONGEST),
        short=lambda text: one_line(text, 60),
        visible=visible,
        paragraphs=one_line_each,
    )
    return environment


def one_line_each(text: str, most: int = 20_000) -> list[str]:
    """The paragraphs of a section's text, cut off behind so many characters."""
    shown = [one_line(p, most) for p in text[:most].split("\n") if p.strip()]
    return [*shown, f"… [+{len(text) - most:,}]"] if len(text) > most else shown


def _back(evidence: Evidence, with_first: bool) -> tuple[str, ...]:
    """Ways back from a place of the source; the first is the marked text itself, where there is any."""
    return tuple(t.anchor for t in evidence.targets[0 if with_first else 1 :][:_MOST_BACK])
