"""What the codebook says, gathered: tables with their columns, code lists, cells of the forms, indicators."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb

from pipeline import schema
from pipeline.release.codebook import profiles
from pipeline.release.codebook.cells import CellVariable, cell_variables
from pipeline.release.codebook.profiles import Profile
from pipeline.release.folder import Folder
from pipeline.schema.relations import Relation, relations_of, view_relations
from pipeline.schema.views import wide_cells
from pipeline.store.bounded import bounded
from pipeline.store.duckdb_file import built_tables
from pipeline.store.indicators import Indicator, indicators
from pipeline.store.sql import only

FORM_LISTS = ("row", "column")
"""Code lists that are the form's own rows and columns: a code belongs to a table, and each form has its own label."""


@dataclass(frozen=True, slots=True)
class ColumnEntry:
    """A column; `profile` is None where it is not counted here (its values are those of tables)."""

    column: schema.Column
    position: int
    is_key: bool
    refers_to: str
    profile: Profile | None


@dataclass(frozen=True, slots=True)
class TableEntry:
    """A table of the dataset, or a wide table or view that follows from them (`is_view`); `rows` is None for one that has
    no Parquet file."""

    table: schema.Table
    is_view: bool
    rows: int | None
    relations: tuple[Relation, ...]
    columns: tuple[ColumnEntry, ...]

    @property
    def kind(self) -> str:
        if not self.is_view:
            return "table"
        return "wide table" if self.table.sorted_by else "view"


@dataclass(frozen=True, slots=True)
class Use:
    """Rows of a column that have a code."""

    table: str
    column: str
    rows: int


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """A code with its number in Stata and, for rows and columns of the form, the table and the forms that print it.

    `label_zh` is that of the latest form; `label_zh_before` that of an earlier one where it differs.
    """

    codelist: str
    table_code: str
    code: str
    number: int
    forms: tuple[str, ...]
    label_zh: str
    label_zh_before: str
    label_en: str
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class IndicatorEntry:
    """A derived measure, with its rows in `indicators` by status and what its values are like."""

    indicator: Indicator
    label_en: str
    label_zh: str
    rows: int
    profile: Profile


@dataclass(frozen=True, slots=True)
class Codebook:
    tables: tuple[TableEntry, ...]
    codes: tuple[CodeEntry, ...]
    cells: tuple[CellVariable, ...]
    indicators: tuple[IndicatorEntry, ...]


def codebook(folder: Folder) -> Codebook:
    """Reads the tables of a release, which must lie in its folder. Values that do not fit in memory go to disk."""
    with bounded(folder.root) as (connection, _):
        for table in built_tables():
            path = only(folder.parquet(table.table))
            connection.execute(
                f"CREATE VIEW {table.table} AS SELECT * FROM read_parquet({path}, hive_partitioning = false)"
            )
        tables = [_table(connection, t, t.table, is_view=False) for t in built_tables()]
        for view in schema.views():
            file = folder.parquet(view.table)
            source = f"read_parquet({only(file)}, hive_partitioning = false)" if file.is_file() else ""
            tables.append(_table(connection, view, source, is_view=True))
        cells = cell_variables(connection)
        return Codebook(tuple(tables), _codes(tables, cells), cells, _indicators(connection))


def _table(connection: duckdb.DuckDBPyConnection, table: schema.Table, source: str, *, is_view: bool) -> TableEntry:
    relations = view_relations(table) if is_view else relations_of(table.table)
    found = dict(profiles.profiles(connection, _counted(table), source)) if source else {}
    rows = next(iter(found.values())).rows if found else None
    refers = {c: r.references_table for r in relations for c in r.columns if len(r.columns) == 1}
    columns = tuple(
        ColumnEntry(c, n, c.column in table.key, refers.get(c.column, ""), found.get(c.column))
        for n, c in enumerate(table.columns, 1)
    )
    return TableEntry(table, is_view, rows, relations, columns)


def _counted(table: schema.Table) -> schema.Table:
    """The table without the columns that stand for one cell each: those are counted as cells."""
    left_out = {n for c in wide_cells() if not c.is_harmonised for n in (c.value, c.status)}
    return replace(table, columns=tuple(c for c in table.columns if c.column not in left_out))


def _codes(tables: list[TableEntry], cells: tuple[CellVariable, ...]) -> tuple[CodeEntry, ...]:
    using = [(t, c) for t in tables for c in t.columns if c.column.codelist and c.profile]
    counts = {(t, c): {b.label: b.rows for b in c.profile.counts} for t, c in using if c.profile}
    out: dict[tuple[str, str, str], CodeEntry] = {}
    for r in schema.codes_rows():
        key = r["codelist"], r["table_code"], r["code"]
        if (before := out.get(key)) is not None:
            other = before.label_zh if before.label_zh != r["label_zh"] else before.label_zh_before
            forms = (*before.forms, r["form"])
            out[key] = CodeEntry(*key, before.number, forms, r["label_zh"], other, r["label_en"], before.uses)
            continue
        if r["codelist"] in FORM_LISTS:
            uses: tuple[Use, ...] = (Use("cells", f"{r['codelist']}_code", _in_cells(cells, *key)),)
        else:
            uses = tuple(
                Use(t.table.table, c.column.column, counts[t, c].get(r["code"], 0))
                for t, c in using
                if c.column.codelist == r["codelist"]
            )
        number = schema.code_number(r["codelist"], r["code"])
        forms = (r["form"],) if r["form"] else ()
        out[key] = CodeEntry(*key, number, forms, r["label_zh"], "", r["label_en"], uses)
    return tuple(out.values())


def _in_cells(cells: tuple[CellVariable, ...], codelist: str, table_code: str, code: str) -> int:
    return sum(
        c.numbers.rows
        for c in cells
        if c.table_code == table_code and code == (c.row_code if codelist == "row" else c.column_code)
    )


def _indicators(connection: duckdb.DuckDBPyConnection) -> tuple[IndicatorEntry, ...]:
    labels = {r["code"]: r for r in schema.codes_rows() if r["codelist"] == "indicator"}
    (value,) = (c for c in schema.table("indicators").columns if c.column == "value")
    one = schema.Table("indicators", (), schema.BUILT, (), (), "", "", (value,))
    connection.execute("CREATE OR REPLACE TEMP TABLE indicator_values AS SELECT indicator, value FROM indicators")
    out = []
    for i in indicators():
        source = f"(SELECT value FROM indicator_values WHERE indicator = '{i.indicator}')"
        ((_, profile),) = profiles.profiles(connection, one, source)
        label = labels[i.indicator]
        out.append(IndicatorEntry(i, label["label_en"], label["label_zh"], profile.rows, profile))
    return tuple(out)
