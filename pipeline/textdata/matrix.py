"""Writes a document-feature matrix: Matrix Market with names of rows and columns, or CSV for quanteda.

A document is a narrative section of a report. Counted and written by DuckDB, so that only the names of the features are
ever in Python's hands: at 10^5 reports the matrix has some 8·10^7 entries.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

import duckdb

from pipeline.store.files import flush, replace_text
from pipeline.store.layout import Layout
from pipeline.store.sql import quoted
from pipeline.textdata.condition import NotAnswered, select_reports
from pipeline.textdata.opened import DICTIONARY, FEATURES, TERMS, counts_of, known_sections, listed, opened
from pipeline.textdata.spreadsheet import safe_sql

MATRIX_MARKET, QUANTEDA_CSV = "matrix-market", "quanteda-csv"
FORMATS = (MATRIX_MARKET, QUANTEDA_CSV)
COUNT, TFIDF = "count", "tfidf"
WEIGHTS = {
    COUNT: "numbers of occurrences",
    TFIDF: "tf-idf, the number of occurrences times vocabulary.idf as frozen with the dataset, to six decimals",
}

MOST_WIDE = 5_000_000
"""Cells of the wide CSV: of more than that only the triplets are written."""

_DOCVARS = (
    "issuer_id",
    "issuer",
    "report_year",
    "division_code",
    "division_name",
    "division_level",
    "issuer_kind",
)
_DECIMALS = 6
_TITLE = "Document-feature matrix of "
_README = "README.txt"
_MOST_README = 100_000
_OURS = (_README, "matrix.mtx", "triplets.csv", "wide.csv", "rows.csv", "columns.csv")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which matrix: `where` is a condition on `reports`, no `sections` are all that are counted."""

    features: str = TERMS
    sections: tuple[str, ...] = ()
    where: str | None = None
    min_reports: int = 1
    weight: str = COUNT
    format: str = MATRIX_MARKET


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: numbers of rows, columns and values above zero, and the files."""

    rows: int
    columns: int
    entries: int
    files: tuple[str, ...]


def write_matrix(layout: Layout, wanted: Wanted, to: Path, step: Callable[[str], None] = lambda _: None) -> Written:
    """Writes the matrix into the folder `to`; `step` is told what is done next.

    Rows are in the order of report_id and section_code, columns in that of the features (by code point). The same
    dataset and options give the same bytes. What an earlier call wrote is replaced once everything is there. Raises
    NotAnswered, for files of others in the way too, and OSError where `to` cannot be written.
    """
    if wanted.weight == TFIDF and wanted.features == DICTIONARY:
        raise NotAnswered("--weight tfidf needs --features terms: idf is that of words (table vocabulary)")
    sections = known_sections(wanted.sections, wanted.features)
    replaced = _replaced(to)
    with opened(layout, ("terms", "vocabulary", "features"), to) as connection:
        step("selecting documents")
        rows = _documents(connection, wanted, sections)
        step("counting features")
        columns = _columns(connection, wanted, sections)
        step("joining")
        entries = _entries(connection, wanted)
        step("writing")
        to.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".ogi-dfm-", dir=to) as unfinished:
            new = Path(unfinished)
            written = ["rows.csv", "columns.csv"]
            _copy(connection, _ROWS, new / "rows.csv")
            _copy(connection, _columns_sql(wanted), new / "columns.csv")
            if wanted.format == MATRIX_MARKET:
                written.append("matrix.mtx")
                _matrix_market(connection, wanted, new / "matrix.mtx", (rows, columns, entries))
            else:
                written.append("triplets.csv")
                _copy(connection, _TRIPLETS, new / "triplets.csv")
                if rows * columns <= MOST_WIDE:
                    written.append("wide.csv")
                    _copy(connection, _wide_sql(connection), new / "wide.csv")
            replace_text(new / _README, _readme(layout, wanted, sections, (rows, columns, entries)))
            # Files of two matrices must not stand beside each other. README first: by it the others are known as ours.
            for name in replaced.difference(written, (_README,)):
                (to / name).unlink(missing_ok=True)
            for name in (_README, *written):
                (new / name).replace(to / name)
    return Written(rows, columns, entries, (*written, _README))


def _replaced(to: Path) -> frozenset[str]:
    """Files in `to` that an earlier call wrote: its README.txt says which. Raises NotAnswered for others so called."""
    there = {name for name in _OURS if os.path.lexists(to / name)}
    readme, ours = to / _README, set[str]()
    if readme.is_file():
        with readme.open("rb") as f:
            first, *lines = f.read(_MOST_README).decode("utf-8", "replace").splitlines() or [""]
        if first.startswith(_TITLE):
            listed = {name for name in there if any(line.startswith(f"  {name} ") for line in lines)}
            ours = {name for name in (_README, *listed) if not (to / name).is_dir()}
    if others := sorted(there - ours):
        raise NotAnswered(
            f"{to} holds {', '.join(others)}, which ogi dfm did not write there and would overwrite: choose another folder "
            "with --to, or move that away"
        )
    return frozenset(ours)


def _documents(connection: duckdb.DuckDBPyConnection, wanted: Wanted, sections: tuple[str, ...]) -> int:
    select_reports(connection, "chosen", wanted.where, "--where")
    connection.execute(
        f"""CREATE TEMP TABLE documents AS
        SELECT row_number() OVER (ORDER BY s.report_id, s.section_code)::INTEGER AS row_no,
            s.report_id || '.' || s.section_code AS doc_id, s.report_id, s.section_code,
            {", ".join(f"r.{c}" for c in _DOCVARS)}, f.count AS tokens
        FROM sections s JOIN chosen USING (report_id) JOIN reports r USING (report_id)
        LEFT JOIN features f ON f.report_id = s.report_id AND f.section_code = s.section_code
            AND f.feature = 'length.tokens'
        WHERE s.section_code IN {listed(sections)}"""
    )
    rows = int(connection.execute("SELECT count(*) FROM documents").fetchall()[0][0])
    if not rows:
        said = f" --where {wanted.where!r}" if wanted.where else ""
        raise NotAnswered(f"no report has a section of {', '.join(sections)}{' under' if said else ''}{said}")
    return rows


def _columns(connection: duckdb.DuckDBPyConnection, wanted: Wanted, sections: tuple[str, ...]) -> int:
    connection.execute(
        f"CREATE TEMP TABLE counts AS SELECT row_no, report_id, feature, kind, n "
        f"FROM ({counts_of(wanted.features, sections)}) JOIN documents USING (report_id, section_code)"
    )
    connection.execute(
        f"""CREATE TEMP TABLE columns AS
        SELECT row_number() OVER (ORDER BY feature)::INTEGER AS column_no, *
        FROM (
            SELECT feature, arg_max(kind, (n, kind)) AS kind, sum(n)::BIGINT AS count, sum(sections) AS section_count,
                count(*) AS report_count
            FROM (SELECT feature, report_id, max(kind) AS kind, sum(n) AS n, count(*) AS sections FROM counts
                  GROUP BY feature, report_id)
            GROUP BY feature
        ) WHERE report_count >= {wanted.min_reports:d}"""
    )
    columns = int(connection.execute("SELECT count(*) FROM columns").fetchall()[0][0])
    if not columns:
        raise NotAnswered(
            f"no feature occurs in {wanted.min_reports:,} reports or more of those chosen: lower --min-reports, "
            "or choose other sections or reports"
        )
    return columns


def _entries(connection: duckdb.DuckDBPyConnection, wanted: Wanted) -> int:
    value, idf = "n", ""
    if wanted.weight == TFIDF:
        value, idf = f"round(n * v.idf, {_DECIMALS})", "JOIN vocabulary v ON v.term = feature"
    connection.execute(
        f"CREATE TEMP TABLE entries AS SELECT row_no, column_no, {value} AS value "
        f"FROM counts JOIN columns USING (feature) {idf} WHERE {value} <> 0"
    )
    connection.execute("DROP TABLE counts")
    return int(connection.execute("SELECT count(*) FROM entries").fetchall()[0][0])


_ROWS = (
    "SELECT row_no, doc_id, report_id, section_code, "
    + ", ".join(f"{safe_sql(c)} AS {c}" if c in ("issuer", "division_name") else c for c in _DOCVARS)
    + ", tokens FROM documents ORDER BY row_no"
)
_TRIPLETS = """SELECT doc_id, feature, value
FROM entries JOIN documents USING (row_no) JOIN columns USING (column_no) ORDER BY row_no, column_no"""


def _columns_sql(wanted: Wanted) -> str:
    """Features stay as they are, since they are the names of the columns: a word begins with a letter or a digit."""
    kind, idf, join = "category", "", ""
    if wanted.features == TERMS:
        kind, idf, join = "token_class", ", v.idf", "LEFT JOIN vocabulary v ON v.term = c.feature"
    return (
        f"SELECT c.column_no, c.feature, c.kind AS {kind}, c.count, c.section_count, "
        f"c.report_count{idf} FROM columns c {join} ORDER BY c.column_no"
    )


def _wide_sql(connection: duckdb.DuckDBPyConnection) -> str:
    """One column a feature, in order. Every document is a row, with 0 where it has no such feature."""
    names = connection.execute("SELECT column_no, feature FROM columns ORDER BY column_no").fetchall()
    connection.execute(
        """CREATE TEMP TABLE lines AS SELECT row_no, doc_id, map_from_entries(list((column_no, value)
            ORDER BY column_no) FILTER (column_no IS NOT NULL)) AS found
        FROM documents LEFT JOIN entries USING (row_no) GROUP BY row_no, doc_id"""
    )
    picked = ", ".join(f'coalesce(found[{n}], 0) AS "{name.replace(chr(34), chr(34) * 2)}"' for n, name in names)
    return f"SELECT doc_id, {picked} FROM lines ORDER BY row_no"


def _copy(connection: duckdb.DuckDBPyConnection, sql: str, path: Path, how: str = "HEADER true") -> None:
    """Writes an answer as CSV."""
    try:
        connection.execute(f"COPY ({sql}) TO {quoted(str(path.absolute()))} (FORMAT csv, {how})")
    except duckdb.IOException as e:
        raise OSError(str(e)) from e
    flush(path)


def _matrix_market(
    connection: duckdb.DuckDBPyConnection, wanted: Wanted, path: Path, sizes: tuple[int, int, int]
) -> None:
    body = path.with_name(path.name + ".body")
    _copy(
        connection,
        "SELECT row_no, column_no, value FROM entries ORDER BY row_no, column_no",
        body,
        "HEADER false, DELIMITER ' '",
    )
    with path.open("wb") as whole, body.open("rb") as rest:
        whole.write(("\n".join(_head(wanted)) + f"\n{' '.join(map(str, sizes))}\n").encode())
        shutil.copyfileobj(rest, whole)
    body.unlink()
    flush(path)


def _head(wanted: Wanted) -> tuple[str, ...]:
    """Lines in front of the sizes; what users wrote stays out of them, for it may hold a line break."""
    field = "real" if wanted.weight == TFIDF else "integer"
    return (
        f"%%MatrixMarket matrix coordinate {field} general",
        f"% {FEATURES[wanted.features]}; {WEIGHTS[wanted.weight]}",
        "% rows: rows.csv; columns: columns.csv; how to load it: README.txt",
    )


def _readme(layout: Layout, wanted: Wanted, sections: tuple[str, ...], sizes: tuple[int, int, int]) -> str:
    rows, columns, entries = sizes
    is_terms = wanted.features == TERMS
    name = "matrix_readme.txt" if wanted.format == MATRIX_MARKET else "quanteda_readme.txt"
    template = Template((files("pipeline.textdata") / "data" / name).read_text("utf-8"))
    wide = "  wide.csv      the same matrix with one column a feature, 0 for what does not occur"
    too_wide = f"  (no wide.csv: it would have more than {MOST_WIDE:,} cells; fewer features with --min-reports)"
    return template.substitute(
        title=f"the sections {', '.join(sections)}",
        rows=f"{rows:,}",
        columns=f"{columns:,}",
        entries=f"{entries:,}",
        where=f" of which {' '.join(wanted.where.split())}" if wanted.where else "",
        features=FEATURES[wanted.features],
        min_reports=f", those that occur in {wanted.min_reports:,} reports or more" if wanted.min_reports > 1 else "",
        weight=WEIGHTS[wanted.weight],
        dictionary_note=(
            ""
            if is_terms
            else "The counts of whole categories are left out: their places are those of the subcategories.\n"
        ),
        idf_note=(
            ", and idf = ln(sections_total / section_count)\n                as frozen in the dataset's table vocabulary"
            if is_terms
            else ""
        ),
        wide_note=wide if rows * columns <= MOST_WIDE else too_wide,
        first_line=len(_head(wanted)) + 2,
    )
