"""Renders the codebook's page and writes it with the CSV files. Values come from documents: everything is escaped."""

from __future__ import annotations

from importlib.resources import files
from itertools import groupby

import jinja2

from pipeline import form, schema
from pipeline.dossier import safe_page
from pipeline.dossier.visible import one_line
from pipeline.form.breaks import breaks
from pipeline.release.codebook import cautions, charts
from pipeline.release.codebook.cells import CellVariable
from pipeline.release.codebook.model import FORM_LISTS, Codebook, CodeEntry, codebook
from pipeline.release.codebook.numbers import readable
from pipeline.release.codebook.profiles import MOST_COUNTED
from pipeline.release.codebook.spreadsheets import write_spreadsheets
from pipeline.release.edition import Edition
from pipeline.release.folder import Folder
from pipeline.schema.views import wide_cells
from pipeline.store.files import replace_text

PAGE = "index.html"
_LONGEST_VALUE = 44


def write(folder: Folder, edition: Edition) -> None:
    """Writes `codebook/` of a release whose tables lie in its folder; what is there is replaced. Raises OSError."""
    book = codebook(folder)
    folder.codebook.mkdir(parents=True, exist_ok=True)
    write_spreadsheets(folder.codebook, book)
    replace_text(folder.codebook / PAGE, render(book, edition))


def render(book: Codebook, edition: Edition) -> str:
    """The page as a text: the same for the same tables and edition."""
    style = files(__package__).joinpath("templates", "codebook.css").read_text(encoding="utf-8")
    labels = {(c.codelist, c.code): c for c in book.codes if c.codelist not in FORM_LISTS}
    return (
        _environment()
        .get_template("codebook.html.jinja")
        .render(
            edition=edition,
            book=book,
            rows={t.table.table: t.rows for t in book.tables},
            blocks=_blocks(book.cells),
            lists=_lists(book.codes),
            labels=labels,
            statuses=[labels["obs_status", s] for s in schema.codelist("obs_status")],
            sections={t: labels["section", t] for t in form.TABLES},
            forms=form.FORMS,
            breaks=breaks(),
            row_labels={(c.codelist, c.table_code, c.code): c for c in book.codes if c.codelist in FORM_LISTS},
            cautions=cautions.cautions(),
            wide_columns={n for c in wide_cells() if not c.is_harmonised for n in (c.value, c.status)},
            most_counted=MOST_COUNTED,
            style=style,
            style_hash=safe_page.hash_of(style),
        )
    )


def _blocks(cells: tuple[CellVariable, ...]) -> list[tuple[str, list[list[CellVariable]]]]:
    """The cells by table, then by row of the form."""
    return [
        (table_code, [list(row) for _, row in groupby(of_table, key=lambda c: c.row_code)])
        for table_code, of_table in groupby(cells, key=lambda c: c.table_code)
    ]


def _lists(codes: tuple[CodeEntry, ...]) -> list[tuple[str, str, list[CodeEntry]]]:
    """The codes by list, those of the forms by list and table."""
    order = ("", *form.TABLES)
    together = sorted(codes, key=lambda c: (c.codelist in FORM_LISTS, c.codelist, order.index(c.table_code)))
    return [(*k, list(g)) for k, g in groupby(together, key=lambda c: (c.codelist, c.table_code))]


def _environment() -> jinja2.Environment:
    environment = safe_page.environment(__package__)
    environment.filters |= {"value": readable, "shown": _shown, "whole": one_line}
    environment.globals |= {
        "histogram": charts.histogram,
        "places": charts.places,
        "share_bar": charts.share_bar,
        "status_bar": charts.status_bar,
        "cautions_of_table": cautions.of_table,
        "cautions_of_column": cautions.of_column,
    }
    return environment


def _shown(text: str) -> str:
    """A value from the data in one short line, hidden characters by their codes."""
    return one_line(text, _LONGEST_VALUE)
