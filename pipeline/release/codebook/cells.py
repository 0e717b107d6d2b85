"""The cells of the statutory tables as variables: where each stands on the forms, how sure its numbers are, how large."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from pipeline import form, schema
from pipeline.form.breaks import Break, breaks_of
from pipeline.release.codebook.numbers import Value
from pipeline.release.codebook.profiles import DECADE, Bar, by_decade, cumulated_sql, quantiles_sql
from pipeline.schema.views import HARMONISED_PARTS, WideCell, codes_over_forms, wide_cells

_FORM_COLUMN = {form.PROACTIVE: "form_proactive", form.APPLICATIONS: "form_applications"}
"""Column of `reports` that says which form a table has; that of section four is the same in both forms."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell stands on one form, by its labels as printed; rows and the columns of a row are counted from 1."""

    form: str
    row_no: int
    column_no: int
    group_label: str
    row_label: str
    column_label: str
    unit: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """The rows of `cells` for one cell, by status, and what the numbers in `value` are like.

    `by_form`: rows by the form of the report's table, empty for the table that is the same in both. `quantiles` are those
    of `profiles.QUANTILES`; `bars` are by decades.
    """

    rows: int
    statuses: dict[str, int]
    by_form: dict[str, int]
    numbers: int
    zeros: int
    lowest: Value | None
    quantiles: tuple[Value, ...]
    highest: Value | None
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class CellVariable:
    """One cell of the forms. `wide` is its column in `reports_wide`, `wide_variables` that column's and its status's names
    in Stata.

    Both are empty for a row that `reports_wide` has only within the harmonised row (`is_part`).
    """

    table_code: str
    row_code: str
    column_code: str
    row_en: str
    column_en: str
    places: tuple[Place, ...]
    wide: str
    wide_variables: tuple[str, ...]
    is_part: bool
    breaks: tuple[Break, ...]
    numbers: Numbers

    @property
    def is_harmonised(self) -> bool:
        """Whether its column in `reports_wide` has more numbers than its own: those of the rows that stand for it."""
        return WideCell(self.table_code, self.row_code, self.column_code).is_harmonised

    @property
    def forms(self) -> tuple[str, ...]:
        return tuple(p.form for p in self.places)

    @property
    def printed(self) -> Place:
        """Where the latest form that has it prints it."""
        return self.places[-1]

    @property
    def standing(self) -> tuple[tuple[tuple[str, ...], Place], ...]:
        """The places, each with the forms that have the cell just there."""
        same: dict[Place, list[str]] = {}
        for p in self.places:
            same.setdefault(replace(p, form=""), []).append(p.form)
        return tuple((tuple(forms), place) for place, forms in same.items())

    @property
    def links(self) -> bool:
        """Whether the series goes over the forms: both have the cell, or a break says how to bridge it."""
        return all(b.links for b in self.breaks)


def cell_variables(connection: duckdb.DuckDBPyConnection) -> tuple[CellVariable, ...]:
    """Every cell of all forms, in the order of the form; the connection has the views `cells` and `reports`."""
    counted = _numbers(connection)
    english = {(r["codelist"], r["table_code"], r["code"]): r["label_en"] for r in schema.codes_rows()}
    variables = {c.column: c.variable for c in schema.view("reports_wide").columns}
    wide = {(c.table_code, c.row_code, c.column_code): c for c in wide_cells()}
    out = []
    for at in _all_cells():
        table_code, row_code, column_code = at
        column = wide.get(at)
        out.append(
            CellVariable(
                table_code,
                row_code,
                column_code,
                english["row", table_code, row_code],
                english["column", table_code, column_code],
                tuple(p for f in form.FORMS for p in _places(f, at)),
                column.value if column else "",
                (variables[column.value], variables[column.status]) if column else (),
                row_code in HARMONISED_PARTS,
                breaks_of(*at),
                counted.get(at, _NONE),
            )
        )
    return tuple(out)


_NONE = Numbers(0, dict.fromkeys(schema.codelist("obs_status"), 0), {}, 0, 0, None, (), None, ())
_At = tuple[str, str, str]


def _all_cells() -> list[_At]:
    """Cells of all forms: rows in the order of the forms, of each the columns that any form asks for."""
    out = []
    for table_code in form.TABLES:
        rows, columns = codes_over_forms(table_code)
        for row in rows:
            asked = {c for f in form.FORMS for c in form.columns_of_row(f, table_code, row)}
            out += [WideCell(table_code, row, c) for c in columns if c in asked]
    return [(c.table_code, c.row_code, c.column_code) for c in out]


def _places(form_code: str, at: _At) -> list[Place]:
    table_code, row_code, column_code = at
    rows = form.row_codes(form_code, table_code)
    columns = form.columns_of_row(form_code, table_code, row_code)
    return [
        Place(
            form_code,
            rows.index(row_code) + 1,
            columns.index(column_code) + 1,
            d.group_label,
            d.row_label,
            d.column_label,
            d.unit,
        )
        for d in form.cell_defs(form_code, table_code)
        if (d.row_code, d.column_code) == (row_code, column_code)
    ]


def _numbers(connection: duckdb.DuckDBPyConnection) -> dict[_At, Numbers]:
    """One pass over `cells` counts the values of every cell by form and status; all figures come from these counts."""
    forms = " ".join(f"WHEN '{t}' THEN r.{column}" for t, column in _FORM_COLUMN.items())
    key = "table_code, row_code, column_code"
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE cell_values AS
        SELECT {key}, CASE table_code {forms} END AS form, obs_status, value AS v, count(*) AS n
        FROM cells c LEFT JOIN reports r USING (report_id) GROUP BY ALL"""
    )
    by_status, by_form = (_counts(connection, key, what) for what in ("obs_status", "form"))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE cell_numbers AS SELECT {key}, v, sum(n) AS n FROM cell_values "
        "WHERE v IS NOT NULL GROUP BY ALL"
    )
    bars = _decades(connection, key)
    sql = f"""SELECT {key}, sum(n), coalesce(sum(n) FILTER (v = 0), 0), min(v), max(v), {quantiles_sql("v")}
        FROM ({cumulated_sql("cell_numbers", key)}) GROUP BY ALL"""
    ranged: dict[_At, list[Any]] = {(t, r, c): rest for t, r, c, *rest in connection.execute(sql).fetchall()}
    out = {}
    for at, statuses in by_status.items():
        numbers, zeros, lowest, highest, *quantiles = ranged.get(at, [0, 0, None, None])
        out[at] = Numbers(
            rows=sum(statuses.values()),
            statuses={s: statuses.get(s, 0) for s in schema.codelist("obs_status")},
            by_form=by_form.get(at, {}),
            numbers=int(numbers),
            zeros=int(zeros),
            lowest=lowest,
            quantiles=tuple(quantiles),
            highest=highest,
            bars=bars.get(at, ()),
        )
    return out


def _counts(connection: duckdb.DuckDBPyConnection, key: str, what: str) -> dict[_At, dict[str, int]]:
    """Rows of each cell by one of the columns of `cell_values`."""
    out: dict[_At, dict[str, int]] = defaultdict(dict)
    sql = f"SELECT {key}, {what}, sum(n) FROM cell_values WHERE {what} IS NOT NULL GROUP BY ALL"
    for t, r, c, code, n in connection.execute(sql).fetchall():
        out[t, r, c][code] = int(n)
    return out


def _decades(connection: duckdb.DuckDBPyConnection, key: str) -> dict[_At, tuple[Bar, ...]]:
    """Numbers by decade, those in between that none has included."""
    found: dict[_At, dict[int, int]] = defaultdict(dict)
    sql = f"SELECT {key}, {DECADE} AS d, sum(n) FROM cell_numbers GROUP BY ALL"
    for t, r, c, decade, n in connection.execute(sql).fetchall():
        found[t, r, c][int(decade)] = int(n)
    return {at: by_decade(rows) for at, rows in found.items()}
