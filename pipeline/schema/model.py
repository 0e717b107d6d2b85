"""Loads the schema's tables from `data/*.csv`, and holds a frame against them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import polars as pl

from pipeline import form
from pipeline.data_files import table_rows
from pipeline.schema import variables

BUILT = "built"
"""Status of a table that a build writes; `planned` tables are promised by the contract and not written yet."""

_POLARS: dict[str, pl.DataType] = {
    "string": pl.String(),
    "int32": pl.Int32(),
    "int64": pl.Int64(),
    "double": pl.Float64(),
    "bool": pl.Boolean(),
    "date": pl.Date(),
    "decimal": pl.Decimal(18, 6),
}
_SQL = {
    "string": "VARCHAR",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "double": "DOUBLE",
    "bool": "BOOLEAN",
    "date": "DATE",
    "decimal": "DECIMAL(18,6)",
}


class SchemaMismatch(Exception):
    """A table departs from the schema: a defect of ours, never of a document."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `type` is one of string, int32, int64, double, bool, date, decimal (18 digits, 6 after the point)."""

    table: str
    column: str
    type: str
    nullable: bool
    unit: str
    codelist: str
    description_en: str
    description_zh: str

    @property
    def polars_type(self) -> pl.DataType:
        return _POLARS[self.type]

    @property
    def sql_type(self) -> str:
        return _SQL[self.type]

    @property
    def variable(self) -> str:
        """The column's name in Stata: at most 32 characters, the same in every release."""
        return variables.variable(self.table, self.column)

    @property
    def comment(self) -> str:
        """Both descriptions, the unit and the code list in one line, as DuckDB and Dagster show them."""
        extra = [f"Unit: {self.unit}."] if self.unit else []
        extra += [f"Codes: {self.codelist}."] if self.codelist else []
        return " ".join([self.description_en, *extra, self.description_zh])


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its key columns, whether a build writes it (`status`), its columns in order.

    `exports` are the formats in which a release has it (`csv`, `dta`; a wide table: `parquet`, which every table has),
    `left_out` the columns that CSV and Stata files do not have: texts too long for a cell of a spreadsheet.
    `sorted_by` is the order in which the DuckDB file stores the rows of a wide table; empty for all else.
    """

    table: str
    key: tuple[str, ...]
    status: str
    exports: tuple[str, ...]
    left_out: tuple[str, ...]
    description_en: str
    description_zh: str
    columns: tuple[Column, ...]
    sorted_by: tuple[str, ...] = ()

    @property
    def polars_schema(self) -> pl.Schema:
        return pl.Schema({c.column: c.polars_type for c in self.columns})

    @property
    def exported_columns(self) -> tuple[Column, ...]:
        """The columns that CSV and Stata files have."""
        return tuple(c for c in self.columns if c.column not in self.left_out)

    @property
    def comment(self) -> str:
        return f"{self.description_en} {self.description_zh}"


@cache
def tables() -> tuple[Table, ...]:
    """Every table of the contract."""
    by_table: dict[str, list[Column]] = {}
    for r in table_rows(__package__, "columns.csv"):
        by_table.setdefault(r["table"], []).append(
            Column(
                table=r["table"],
                column=r["column"],
                type=r["type"],
                nullable=r["nullable"] == "true",
                unit=r["unit"],
                codelist=r["codelist"],
                description_en=r["description_en"],
                description_zh=r["description_zh"],
            )
        )
    return tuple(
        Table(
            table=r["table"],
            key=tuple(r["key"].split()),
            status=r["status"],
            exports=tuple(r["exports"].split()),
            left_out=tuple(r["left_out"].split()),
            description_en=r["description_en"],
            description_zh=r["description_zh"],
            columns=tuple(by_table[r["table"]]),
        )
        for r in table_rows(__package__, "tables.csv")
    )


@cache
def table(name: str) -> Table:
    """A table by name. Raises KeyError for a name that the contract does not know."""
    for t in tables():
        if t.table == name:
            return t
    raise KeyError(name)


def check_frame(name: str, frame: pl.DataFrame) -> None:
    """Raises SchemaMismatch unless the frame has exactly the table's columns, types, non-null columns and unique key."""
    t = table(name)
    if frame.schema != t.polars_schema:
        raise SchemaMismatch(f"table {name}: expected {t.polars_schema}, got {frame.schema}")
    for c in t.columns:
        if not c.nullable and frame[c.column].null_count():
            raise SchemaMismatch(f"table {name}: column {c.column} holds null")
        if c.codelist and (unknown := set(frame[c.column].drop_nulls().unique()) - set(codelist(c.codelist))):
            raise SchemaMismatch(f"table {name}: column {c.column} holds {sorted(unknown)}, not in {c.codelist}")
    if frame.select(t.key).is_duplicated().any():
        raise SchemaMismatch(f"table {name}: the key {t.key} is not unique")


def conform(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the table's column order and types, sorted by its key, checked. Raises SchemaMismatch."""
    t = table(name)
    if extra := set(frame.columns) - {c.column for c in t.columns}:
        raise SchemaMismatch(f"table {name}: unknown columns {sorted(extra)}")
    if absent := [c.column for c in t.columns if c.column not in frame.columns]:
        raise SchemaMismatch(f"table {name}: columns {absent} are missing")
    frame = frame.select(pl.col(c.column).cast(c.polars_type) for c in t.columns).sort(t.key, nulls_last=True)
    check_frame(name, frame)
    return frame


def empty_frame(name: str) -> pl.DataFrame:
    return pl.DataFrame(schema=table(name).polars_schema)


@cache
def codelist(name: str) -> tuple[str, ...]:
    """Codes of a list, in order. `row` and `column` hold the codes of all forms and tables."""
    return tuple(dict.fromkeys(r["code"] for r in codes_rows() if r["codelist"] == name))


@cache
def codes_rows() -> tuple[dict[str, str], ...]:
    """Rows of the table `codes`, without `sort_order` and `code_number`: the form's labels, and the code lists."""
    english = {
        (r["kind"], r["table_code"], r["code"]): r["label_en"]
        for r in table_rows("pipeline.form", "english_labels.csv")
    }
    out = [
        {
            "codelist": r["codelist"],
            "form": "",
            "table_code": "",
            "code": r["code"],
            "label_zh": r["label_zh"],
            "label_en": r["label_en"],
        }
        for r in table_rows(__package__, "codelists.csv")
    ]
    for f in form.FORMS:
        for t in form.TABLES:
            defs = form.cell_defs(f, t)
            rows = dict.fromkeys((c.row_code, c.row_label) for c in defs)
            columns = dict.fromkeys((c.column_code, c.column_label) for c in defs)
            for kind, pairs in (("row", rows), ("column", columns)):
                out += [
                    {
                        "codelist": kind,
                        "form": f,
                        "table_code": t,
                        "code": code,
                        "label_zh": label,
                        "label_en": english[kind, t, code],
                    }
                    for code, label in pairs
                ]
    return tuple(out)
