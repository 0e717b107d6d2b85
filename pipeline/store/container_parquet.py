"""Parquet files of pages: a row a document, with `html`, `text` or `content`, and if known `url`, `fetched_at` and `id`.

DuckDB reads them, some rows at a time and within a limit of memory: what a page of the file unpacks to is its own claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.limits import Limits
from pipeline.model import SourceFile
from pipeline.read.fault import Fault
from pipeline.store.container_jsonl import CHARSET, TEXTS
from pipeline.store.container_members import Listing, Member, name_of, named_apart, text_of, unreadable
from pipeline.store.container_stream import too_large

if TYPE_CHECKING:
    import duckdb

MAGIC = b"PAR1"
_MEMORY = "2GB"
_ROWS = 16
"""Rows fetched at once. A row alone costs as much: what stands before it on its page is unpacked either way."""
_TEXT_TYPES = ("VARCHAR", "BLOB")


class _File:
    """A Parquet file in a DuckDB connection of its own. Raises Fault(unreadable_container)."""

    def __init__(self, path: Path) -> None:
        import duckdb

        from pipeline.store.sql import connect, only

        self._error = duckdb.Error
        self._connection: duckdb.DuckDBPyConnection = connect()
        self._connection.execute(f"SET threads = 1; SET memory_limit = '{_MEMORY}'; SET TimeZone = 'UTC'")
        self._connection.execute("SET temp_directory = ''")
        self._place = str(path)
        self._table = f"read_parquet({only(path)}, file_row_number = true, hive_partitioning = false)"
        rows = self.ask("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {table})")
        self.columns = {str(name): str(kind) for name, kind in rows}
        self.texts = tuple(t for t in TEXTS if self.columns.get(t) in _TEXT_TYPES)

    def ask(self, query: str) -> list[Any]:
        try:
            return self._connection.execute(query.format(table=self._table)).fetchall()
        except (self._error, RuntimeError) as e:
            # The same wherever the file lies: the reason is published.
            message = " ".join(str(e).replace(self._place, "…").split())[:200]
            raise unreadable(f"The Parquet file cannot be read: {message}") from None

    def close(self) -> None:
        self._connection.close()


def listing(path: Path, limits: Limits) -> Listing:
    """Members in the order of the rows. Raises Fault(unreadable_container)."""
    file = _File(path)
    try:
        if not file.texts:
            raise unreadable(f"It has no column of text: it needs one of {', '.join(TEXTS)}.")
        count = file.ask("SELECT count(*) FROM {table}")[0][0]
        if count > limits.max_members:
            raise unreadable(f"It has {count:,} rows, more than the limit of {limits.max_members:,} for one container.")
        known = ", ".join(f"CAST({c} AS VARCHAR)" if c in file.columns else "NULL" for c in ("id", "url", "fetched_at"))
        rows = file.ask(f"SELECT file_row_number, {known} FROM {{table}} ORDER BY file_row_number")
    finally:
        file.close()
    return Listing(
        named_apart(
            [
                Member(
                    name_of(name, f"row {number + 1}"),
                    number,
                    url=_said(url),
                    fetched_at=_said(fetched_at),
                    charset=CHARSET if file.columns[file.texts[0]] == "VARCHAR" else None,
                )
                for number, name, url, fetched_at in rows
            ]
        )
    )


def _said(value: str | None) -> str | None:
    return text_of(value).strip() or None if value else None


class Opened:
    """A Parquet file open for reading; rows are fetched ahead."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._file = _File(path)
        self._limits = limits
        self._fetched: dict[int, tuple[Any, ...]] = {}
        small = (
            f"CASE WHEN octet_length({t}::BLOB) <= {limits.max_bytes} THEN {t} END, coalesce(octet_length({t}::BLOB), -1)"
            if self._file.columns[t] == "BLOB"
            else f"CASE WHEN strlen({t}) <= {limits.max_bytes} THEN {t} END, coalesce(strlen({t}), -1)"
            for t in self._file.texts
        )
        self._select = f"SELECT file_row_number, {', '.join(small)} FROM {{table}} WHERE file_row_number BETWEEN "

    def read(self, source: SourceFile) -> bytes:
        """A row's text: a string in UTF-8, bytes as they are. Raises Fault: too_large, damaged, unreadable_container."""
        number = source.offset or 0
        if number not in self._fetched:
            rows = self._file.ask(f"{self._select}{number} AND {number + _ROWS - 1}")
            self._fetched = {row[0]: row[1:] for row in rows}
        if number not in self._fetched:
            raise Fault("damaged", "The file no longer has this row: it changed after it was listed.")
        row = self._fetched[number]
        data = _first([v.encode("utf-8") if isinstance(v, str) else v for v in row[::2]], row[1::2])
        if data is None:
            raise too_large(self._limits.max_bytes)
        return data

    def close(self) -> None:
        self._file.close()


def _first(values: Sequence[bytes | None], sizes: Sequence[int]) -> bytes | None:
    """The first text that is not blank; None where it was too large to fetch. Raises Fault(damaged) without any."""
    there = [v for v, size in zip(values, sizes, strict=True) if size >= 0]
    if not there:
        raise Fault("damaged", f"The row has no text in any of {', '.join(TEXTS)}.")
    return next((v for v in there if v is None or v.strip()), there[0])
