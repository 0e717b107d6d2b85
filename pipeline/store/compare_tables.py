"""SQL that holds two builds of one table against each other by its key, whatever columns the two have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline import schema
from pipeline.store.sql import only

OLD, NEW = "old_build", "new_build"
_PLACE = ("source_path", "member")


def name(column: str) -> str:
    """A column or table as an SQL identifier: the names of a dataset of another version are not ours to trust."""
    return '"' + column.replace('"', '""') + '"'


def as_text(column: str, type_: str) -> str:
    """A column as text: decimals without trailing zeros."""
    text = f"{column}::VARCHAR"
    return f"rtrim(rtrim({text}, '0'), '.')" if type_.startswith("DECIMAL(18,6)") else text


@dataclass(frozen=True, slots=True)
class TablePair:
    """A table that both builds have: the columns that identify a row, and the other columns that both have.

    `types` are those of the old and the new build. A document is identified by its place, since its `document_id`
    follows its content. A table that this version does not know has no key: its rows are compared as they are.
    """

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    types: dict[str, tuple[str, str]]

    @property
    def old(self) -> str:
        return f"{OLD}.{name(self.table)}"

    @property
    def new(self) -> str:
        return f"{NEW}.{name(self.table)}"

    @property
    def by_report(self) -> bool:
        return len(self.key) > 1 and self.key[0] == "report_id"

    def text(self, alias: str, column: str) -> str:
        return as_text(f"{alias}.{name(column)}", self.types[column][0 if alias == "o" else 1])

    def differs(self, column: str) -> str:
        before, after = self.types[column]
        if before == after:
            return f"o.{name(column)} IS DISTINCT FROM n.{name(column)}"
        return f"{self.text('o', column)} IS DISTINCT FROM {self.text('n', column)}"

    def joined(self) -> str:
        """FROM clause: rows `o` and `n` by key. Reports that are the same in both are left out before the join."""
        old, new = self.old, self.new
        if self.by_report:
            old, new = (f"(SELECT * FROM {t} WHERE report_id IN (SELECT report_id FROM touched))" for t in (old, new))
        on = " AND ".join(f"o.{name(k)} IS NOT DISTINCT FROM n.{name(k)}" for k in self.key if k == "member")
        rest = " AND ".join(f"o.{name(k)} = n.{name(k)}" for k in self.key if k != "member")
        return f"""(SELECT *, true AS is_here FROM {old}) o
            FULL JOIN (SELECT *, true AS is_here FROM {new}) n ON {" AND ".join(filter(None, (rest, on)))}"""

    def differing(self) -> str:
        """Condition on `joined`: the row is new, gone or changed."""
        return " OR ".join(("o.is_here IS NULL", "n.is_here IS NULL", *(self.differs(c) for c in self.columns)))

    def coalesced(self) -> str:
        return ", ".join(f"coalesce(n.{name(k)}, o.{name(k)}) AS {name(k)}" for k in self.key)


def tables_of(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(p.name.removesuffix(".parquet") for p in folder.glob("*.parquet")))


def attach(
    connection: duckdb.DuckDBPyConnection, side: str, folder: Path, renamed: Mapping[tuple[str, str], str] | None = None
) -> dict[str, dict[str, str]]:
    """Makes the Parquet files of a build views of the schema `side`. Types of their columns, by table.

    `renamed` gives columns, by table and name, another name.
    """
    connection.execute(f"CREATE SCHEMA {side}")
    out = {}
    for table in tables_of(folder):
        view = f"{side}.{name(table)}"
        other = [f"{name(c)} AS {name(new)}" for (t, c), new in (renamed or {}).items() if t == table]
        what = f"* RENAME ({', '.join(other)})" if other else "*"
        parquet = only(folder / f"{table}.parquet")
        connection.execute(
            f"CREATE VIEW {view} AS SELECT {what} FROM read_parquet({parquet}, hive_partitioning = false)"
        )
        out[table] = {r[0]: r[1] for r in connection.execute(f"DESCRIBE {view}").fetchall()}
    return out


def pair(
    table: str, old: dict[str, str], new: dict[str, str], keys: Mapping[str, tuple[str, ...]] | None = None
) -> TablePair:
    """A table of both builds. `keys` of the tables are those that this version knows, unless others are given."""
    both = [c for c in new if c in old]
    known = {t.table: t.key for t in schema.tables()} if keys is None else keys
    key = _PLACE if table == "documents" else known.get(table, ())
    if not set(key) <= set(both):
        key = ()
    return TablePair(table, tuple(key), tuple(c for c in both if c not in key), {c: (old[c], new[c]) for c in both})


def find_touched(connection: duckdb.DuckDBPyConnection, pair: TablePair) -> None:
    """Notes in the table `touched` the reports whose rows differ: one pass over each build, and no join of their rows."""
    columns = ", ".join(name(c) for c in (*pair.key, *pair.columns))
    if any(before != after for before, after in pair.types.values()):
        columns = ", ".join(f"{name(c)}::VARCHAR" for c in (*pair.key, *pair.columns))
    print_of = f"SELECT report_id, count(*) AS rows, sum(hash({columns})::HUGEINT) AS mark FROM {{}} GROUP BY report_id"
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE touched AS
        SELECT report_id FROM ({print_of.format(pair.old)}) o FULL JOIN ({print_of.format(pair.new)}) n USING (report_id)
        WHERE o.rows IS DISTINCT FROM n.rows OR o.mark IS DISTINCT FROM n.mark"""
    )


def counts(connection: duckdb.DuckDBPyConnection, pair: TablePair) -> tuple[int, int, int, dict[str, int]]:
    """Rows that are new, gone and changed, and how many differ in each column."""
    if not pair.key:
        columns = ", ".join(f"{name(c)}::VARCHAR" for c in pair.columns)
        sides = [f"SELECT {columns} FROM {side}" for side in (pair.old, pair.new)]
        new, gone = (
            _number(connection, f"SELECT count(*) FROM ({a} EXCEPT ALL {b})") for a, b in (reversed(sides), sides)
        )
        return new, gone, 0, {}
    both = "o.is_here AND n.is_here"
    per_column = "".join(f", count(*) FILTER ({both} AND {pair.differs(c)})" for c in pair.columns)
    row = connection.execute(
        f"""SELECT count(*) FILTER (o.is_here IS NULL), count(*) FILTER (n.is_here IS NULL),
        count(*) FILTER ({both} AND ({pair.differing()})){per_column} FROM {pair.joined()} WHERE {pair.differing()}"""
    ).fetchone()
    assert row is not None
    return row[0], row[1], row[2], {c: n for c, n in zip(pair.columns, row[3:], strict=True) if n}


def _number(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return int(row[0])
