"""The wide views as data: columns that stand for rows and columns of the form, described by the form's own labels.

What they say follows from the tables. Those with an order of rows (`sorted_by`) are stored in the DuckDB file as tables,
the wide tables: to lay 2·10⁷ cells out anew for every question takes too long. `views.csv` names them,
`view_columns.csv` their columns: one line a column, or a pattern that is written out for each column of a table
(`column`), each cell of the form (`cell`), or each column of the row that the forms print as one or as three
(`harmonised`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

from pipeline import form
from pipeline.data_files import table_rows
from pipeline.schema.model import BUILT, Column, Table, codes_rows, table

HARMONISED = "other"
HARMONISED_PARTS = ("other_uncorrected", "other_unpaid_fee", "other_other")
"""Rows of the applications table that stand for the one row `other` of the form of 2019."""


@dataclass(frozen=True, slots=True)
class WideCell:
    """A cell of a form as columns of `reports_wide`: its number, and its status beside it."""

    table_code: str
    row_code: str
    column_code: str

    @property
    def value(self) -> str:
        return f"{self.table_code}_{self.row_code}_{self.column_code}"

    @property
    def status(self) -> str:
        return f"{self.value}_status"

    @property
    def is_harmonised(self) -> bool:
        return self.table_code == form.APPLICATIONS and self.row_code == HARMONISED


def codes_over_forms(table_code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Rows and columns of a table over all forms, each in the order in which the forms print them."""
    rows: dict[str, None] = {}
    columns: dict[str, None] = {}
    for f in reversed(form.FORMS):
        rows.update(dict.fromkeys(form.row_codes(f, table_code)))
        columns.update(dict.fromkeys(form.column_codes(f, table_code)))
    return tuple(rows), tuple(columns)


@cache
def wide_cells() -> tuple[WideCell, ...]:
    """Cells of all forms in their order, the three rows that `other` stands for left out."""
    out = []
    for table_code in form.TABLES:
        rows, columns = codes_over_forms(table_code)
        for row in rows:
            if table_code == form.APPLICATIONS and row in HARMONISED_PARTS:
                continue
            known = {c for f in form.FORMS for c in form.columns_of_row(f, table_code, row)}
            out += [WideCell(table_code, row, c) for c in columns if c in known]
    return tuple(out)


@cache
def views() -> tuple[Table, ...]:
    """Every wide table and wide view of the DuckDB file."""
    return tuple(
        Table(
            table=r["table"],
            key=tuple(r["key"].split()),
            status=BUILT,
            exports=tuple(r["exports"].split()),
            left_out=(),
            description_en=r["description_en"],
            description_zh=r["description_zh"],
            columns=tuple(_columns(r["table"])),
            sorted_by=tuple(r["sorted_by"].split()),
        )
        for r in table_rows(__package__, "views.csv")
    )


@cache
def wide_tables() -> tuple[Table, ...]:
    """The views whose rows the DuckDB file stores."""
    return tuple(v for v in views() if v.sorted_by)


@cache
def view(name: str) -> Table:
    """A wide table or view by name. Raises KeyError for a name that is none."""
    for v in views():
        if v.table == name:
            return v
    raise KeyError(name)


def _columns(name: str) -> Iterator[Column]:
    lines = [r for r in table_rows(__package__, "view_columns.csv") if name in r["views"].split()]
    patterns = {"column": _of_columns, "cell": _of_cells, "harmonised": _of_harmonised}
    for each, group in groupby(lines, key=lambda r: r["each"]):
        together = list(group)
        for words in patterns[each](name) if each else ({},):
            for line in together:
                yield _column(name, line, words)


def _column(name: str, line: dict[str, str], words: dict[str, str]) -> Column:
    if line["of"]:
        of_table, of_column = line["of"].split(".")
        (like,) = (c for c in table(of_table).columns if c.column == of_column)
        return replace(like, table=name)
    filled = {k: v.format_map(words) if words else v for k, v in line.items()}
    return Column(
        table=name,
        column=filled["column"],
        type=filled["type"],
        nullable=filled["nullable"] == "true",
        unit=filled["unit"],
        codelist=filled["codelist"],
        description_en=filled["description_en"],
        description_zh=filled["description_zh"],
    )


def _of_columns(table_code: str) -> Iterator[dict[str, str]]:
    """What patterns say of each column of a statutory table."""
    for column in codes_over_forms(table_code)[1]:
        having = [f for f in form.FORMS if column in form.column_codes(f, table_code)]
        yield {
            "column_code": column,
            "column_en": _english("column", table_code, column),
            "column_zh": " / ".join(
                dict.fromkeys(c.column_label for c in form.cell_defs(having[-1], table_code) if c.column_code == column)
            ),
            **_forms(having),
        }


def _of_cells(_: str) -> Iterator[dict[str, str]]:
    return (_cell_words(c) for c in wide_cells() if not c.is_harmonised)


def _of_harmonised(_: str) -> Iterator[dict[str, str]]:
    return (_cell_words(c) for c in wide_cells() if c.is_harmonised)


def _cell_words(cell: WideCell) -> dict[str, str]:
    at = (cell.table_code, cell.row_code, cell.column_code)
    having = [f for f in form.FORMS if cell.column_code in form.columns_of_row(f, *at[:2])]
    (printed,) = (
        c for c in form.cell_defs(having[-1], cell.table_code) if (c.row_code, c.column_code) == (at[1], at[2])
    )
    section_en, section_zh = _section(cell.table_code)
    return {
        "table_code": cell.table_code,
        "row_code": cell.row_code,
        "column_code": cell.column_code,
        "row_en": _english("row", *at[:2]),
        "column_en": _english("column", cell.table_code, cell.column_code),
        "row_zh": f"{printed.group_label} {printed.row_label}".strip(),
        "column_zh": printed.column_label,
        "section_en": section_en,
        "section_zh": section_zh,
        "unit": printed.unit or "as in `cells.unit`",
        **_forms(having),
    }


def _forms(having: list[str]) -> dict[str, str]:
    """What a description adds where only one of the forms asks for something."""
    if len(having) > 1:
        return {"forms_en": "", "forms_zh": ""}
    return {"forms_en": f" (form of {having[0]} only)", "forms_zh": f"（仅{having[0]}年表式）"}


@cache
def _labels() -> dict[tuple[str, str, str], dict[str, str]]:
    return {(r["codelist"], r["table_code"], r["code"]): r for r in codes_rows()}


def _english(kind: str, table_code: str, code: str) -> str:
    return _labels()[kind, table_code, code]["label_en"]


def _section(table_code: str) -> tuple[str, str]:
    """Name of the section that a table stands in: `Section two`, `收到和处理政府信息公开申请情况`."""
    label = _labels()["table", "", table_code]
    return label["label_en"].split(":", 1)[0], label["label_zh"]
