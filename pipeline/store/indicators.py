"""Derived measures of a report: each a sum of cells or the ratio of two, as `schema/data/indicators.csv` says."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import NamedTuple

from pipeline import form, schema
from pipeline.data_files import table_rows

SHARE = "share"
"""Unit of an indicator whose numerator is a part of its denominator: no such value is above 1."""

ONE_ROW = "other"
"""The one row that a table prints in place of the rows `other_*` (status K)."""


class Cell(NamedTuple):
    """A cell of a statutory table."""

    table_code: str
    row_code: str
    column_code: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """Sum of the numerator's cells, times `scale`, divided by the sum of the denominator's where there is one.

    `links` says over which forms it can be followed: `links` (both), `only_2019`, `only_2021`.
    """

    indicator: str
    theme: str
    unit: str
    scale: int
    numerator: tuple[Cell, ...]
    denominator: tuple[Cell, ...]
    description_en: str
    description_zh: str
    links: str
    link_note_en: str
    link_note_zh: str

    @property
    def is_share(self) -> bool:
        return self.unit == SHARE

    @property
    def formula_en(self) -> str:
        """The formula in the English labels of rows and columns: `{row + row: column} ÷ {row: column}`."""
        return self._formula("label_en", " + ", ": ")

    @property
    def formula_zh(self) -> str:
        """The formula in the labels that the form prints."""
        return self._formula("label_zh", "＋", "：")

    @property
    def null_rule_en(self) -> str:
        rule = "Null where a cell that it needs is open (status O) or the report's form has no such cell (M)"
        if not self.denominator:
            return f"{rule}, and where every cell is printed as not applicable (M)."
        above = " where the numerator is above the denominator (O)," if self.is_share else ""
        return f"{rule},{above} and where the denominator is 0 (M)."

    @property
    def null_rule_zh(self) -> str:
        rule = "所需单元格未定（状态 O）或报告的表式无此单元格（M）则为空"
        if not self.denominator:
            return f"{rule}；全部印为不适用（M）亦为空。"
        above = "；分子大于分母（O）亦为空" if self.is_share else ""
        return f"{rule}{above}；分母为零（M）亦为空。"

    def _formula(self, label: str, plus: str, colon: str) -> str:
        sides = [_side(cells, label, plus, colon) for cells in (self.numerator, self.denominator) if cells]
        return " ÷ ".join(sides) + (f" × {self.scale:,}" if self.scale != 1 else "")


@cache
def indicators() -> tuple[Indicator, ...]:
    return tuple(
        Indicator(
            r["indicator"],
            r["theme"],
            r["unit"],
            int(r["scale"]),
            _cells(r["numerator"]),
            _cells(r["denominator"]),
            r["description_en"],
            r["description_zh"],
            r["links_2019_2021"],
            r["link_note_en"],
            r["link_note_zh"],
        )
        for r in table_rows("pipeline.schema", "indicators.csv")
    )


def forms_of(cell: Cell) -> tuple[str, ...]:
    """The forms that have the cell."""
    return tuple(f for f in form.FORMS if cell.column_code in form.columns_of_row(f, cell.table_code, cell.row_code))


def is_exchangeable(cell: Cell, cells: tuple[Cell, ...]) -> bool:
    """Whether a cell of a sum is in the row `other` or one of its three, and the sum has both, whichever a report prints."""
    of_other = {c for c in cells if c.table_code == form.APPLICATIONS and c.row_code.startswith(ONE_ROW)}
    return cell in of_other and len(of_other) > 1 and any(c.row_code == ONE_ROW for c in of_other)


def labels_of(indicator: str) -> tuple[str, str]:
    """The short labels of an indicator in its code list, English and Chinese."""
    (row,) = (r for r in schema.codes_rows() if r["codelist"] == "indicator" and r["code"] == indicator)
    return str(row["label_en"]), str(row["label_zh"])


def _cells(text: str) -> tuple[Cell, ...]:
    """`table/row/column`, separated by blanks; `*` in a row stands for every row of the forms that fits."""
    out: dict[Cell, None] = {}
    for written in text.split():
        table, pattern, column = written.split("/")
        rows = dict.fromkeys(r for f in reversed(form.FORMS) for r in form.row_codes(f, table))
        out.update((Cell(table, r, column), None) for r in rows if fnmatchcase(r, pattern))
    return tuple(out)


def _side(cells: tuple[Cell, ...], label: str, plus: str, colon: str) -> str:
    columns = tuple(dict.fromkeys(c.column_code for c in cells))
    rows = tuple(dict.fromkeys((c.table_code, c.row_code) for c in cells))
    if len(cells) != len(rows) * len(columns):
        raise ValueError(f"an indicator counts rows by columns, not {cells}")
    asked = forms_of(cells[-1])[-1]
    row_labels = (_label("row", asked, table, row, label) for table, row in rows)
    column_labels = (_label("column", asked, cells[-1].table_code, c, label) for c in columns)
    return f"{{{plus.join(row_labels)}{colon}{plus.join(column_labels)}}}"


@cache
def _label(kind: str, form_code: str, table_code: str, code: str, label: str) -> str:
    """A label of the form; of the newest that has it, where that form does not."""
    found = [r for r in schema.codes_rows() if (r["codelist"], r["table_code"], r["code"]) == (kind, table_code, code)]
    return str(max(found, key=lambda r: (r["form"] == form_code, r["form"]))[label])
