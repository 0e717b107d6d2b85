"""Breaks of series: what differs between the forms, whether it links, and how to bridge it, from `data/breaks.csv`.

Every cell that only one of the forms has, and every cell whose labels or unit differ, is named by one break; a test holds
the breaks against `cells.csv`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline.data_files import table_rows
from pipeline.form.model import columns_of_row

RELABELLED, REPLACED, SPLIT, DROPPED = "relabelled", "replaced", "split", "dropped"
"""Kinds of breaks: another label for the same number; other rows or columns in its place; one row divided; asked no more."""


@dataclass(frozen=True, slots=True)
class Break:
    """Rows and columns of one form and what the next has in their place. `links`: whether a series can go over it."""

    break_code: str
    table_code: str
    form_from: str
    rows_from: tuple[str, ...]
    columns_from: tuple[str, ...]
    form_to: str
    rows_to: tuple[str, ...]
    columns_to: tuple[str, ...]
    kind: str
    links: bool
    title_en: str
    title_zh: str
    note_en: str
    note_zh: str
    bridge_en: str
    bridge_zh: str

    @property
    def cells(self) -> tuple[tuple[str, str, str], ...]:
        """Form, row and column of every cell that it names."""
        sides = ((self.form_from, self.rows_from, self.columns_from), (self.form_to, self.rows_to, self.columns_to))
        return tuple((f, r, c) for f, rows, columns in sides for r in rows for c in columns)

    def names(self, table_code: str, row_code: str, column_code: str) -> bool:
        """Whether it is about a cell, of either form."""
        return self.table_code == table_code and any((row_code, column_code) == cell[1:] for cell in self.cells)


@cache
def breaks() -> tuple[Break, ...]:
    """All breaks, by table in the order of the form."""
    return tuple(
        Break(
            break_code=r["break"],
            table_code=r["table_code"],
            form_from=r["form_from"],
            rows_from=tuple(r["rows_from"].split()),
            columns_from=tuple(r["columns_from"].split()),
            form_to=r["form_to"],
            rows_to=tuple(r["rows_to"].split()),
            columns_to=tuple(r["columns_to"].split()),
            kind=r["kind"],
            links=r["links"] == "yes",
            title_en=r["title_en"],
            title_zh=r["title_zh"],
            note_en=r["note_en"],
            note_zh=r["note_zh"],
            bridge_en=r["bridge_en"],
            bridge_zh=r["bridge_zh"],
        )
        for r in table_rows(__package__, "breaks.csv")
    )


def breaks_of(table_code: str, row_code: str, column_code: str) -> tuple[Break, ...]:
    """The breaks that a cell is named by, whichever form has it."""
    return tuple(b for b in breaks() if b.names(table_code, row_code, column_code))


def is_in_form(form: str, table_code: str, row_code: str, column_code: str) -> bool:
    """Whether a form asks for a cell."""
    return column_code in columns_of_row(form, table_code, row_code)
