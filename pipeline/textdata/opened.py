"""A published dataset opened to count in: read-only, closed off from every file but those of one folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline import schema
from pipeline.store.bounded import MEMORY
from pipeline.store.interruptible import interruptible
from pipeline.store.layout import Layout
from pipeline.store.query import QueryFailed, require_dataset
from pipeline.store.sql import connect, quoted
from pipeline.structure.headings import NARRATIVES
from pipeline.textdata.condition import NotAnswered

TERMS, DICTIONARY = "terms", "dictionary"
FEATURES = {
    TERMS: "words of the narrative sections (table terms)",
    DICTIONARY: "subcategories of the dictionaries (table features), denied mentions not counted",
}
"""What can be counted."""


@contextmanager
def opened(layout: Layout, tables: Sequence[str], writable: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the dataset's DuckDB file in which no condition of a user can read or write anything else.

    Files can be written in `writable` only, which need not be there yet. Temporary tables that do not fit in memory go
    beside it, else to a folder of the system's. Raises NotAnswered where there is no dataset, or none with these tables,
    and OSError where nothing can be written beside `writable`.
    """
    try:
        require_dataset(layout)
    except QueryFailed as e:
        raise NotAnswered(str(e)) from e
    beside = next(p for p in (writable.absolute(), *writable.absolute().parents) if p.is_dir()) if writable else None
    with tempfile.TemporaryDirectory(prefix=".ogi-counting-", dir=beside) as spilled:
        try:
            connection = connect(layout.database, read_only=True)
        except duckdb.Error as e:
            raise NotAnswered(f"the dataset in {layout.out} cannot be opened: {e}") from e
        with connection, interruptible(connection):
            for setting, value in (
                ("memory_limit", quoted(MEMORY)),
                ("temp_directory", quoted(spilled)),
                ("allowed_directories", f"[{quoted(str(writable.absolute()))}]" if writable else "[]"),
                ("enable_external_access", "false"),
                ("lock_configuration", "true"),
            ):
                connection.execute(f"SET {setting} = {value}")
            there = {t for (t,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
            if missing := [t for t in tables if t not in there]:
                raise NotAnswered(
                    f"the dataset in {layout.out} has no table {missing[0]}: it was built before there was one; "
                    f"build it again with `ogi build --input DIR --output {layout.out}`"
                )
            yield connection


def known_sections(wanted: Sequence[str], features: str) -> tuple[str, ...]:
    """The sections wanted, in the order of the form; none wanted stands for all that are counted.

    Raises NotAnswered for a section that there is not, or whose words are not counted.
    """
    codes = NARRATIVES if features == TERMS else schema.codelist("section")
    for code in wanted:
        if code not in codes:
            raise NotAnswered(
                f"section {code!r} has no {'terms' if features == TERMS else 'features'}: choose of {', '.join(codes)}"
            )
    return tuple(c for c in codes if c in wanted) if wanted else codes


def listed(values: Sequence[str]) -> str:
    """Values as an SQL list."""
    return "(" + ", ".join(map(quoted, values)) + ")"


def counts_of(features: str, sections: Sequence[str]) -> str:
    """SQL: report_id, section_code, feature, kind (token class or category) and number of occurrences (above 0)."""
    where = f"section_code IN {listed(sections)}"
    if features == TERMS:
        return (
            f"SELECT report_id, section_code, term AS feature, token_class AS kind, count AS n FROM terms WHERE {where}"
        )
    # A category's own row is the sum of its subcategories, and lengths are no words: both would count twice.
    return (
        "SELECT report_id, section_code, feature, split_part(feature, '.', 1) AS kind, count AS n FROM features "
        f"WHERE {where} AND contains(feature, '.') AND NOT starts_with(feature, 'length.') AND count > 0"
    )
