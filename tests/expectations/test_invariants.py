"""Every falsification of a sound dataset breaks the invariant that is there to stop it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from expectations import fragments
from expectations.invariants import Invariant, invariants
from pipeline import extract
from pipeline.extract.grounds import Ground
from pipeline.extract.numbers import parse

ONE = "(SELECT report_id FROM cells WHERE {} ORDER BY report_id LIMIT 1)"

DEFECTS = {
    "what the text lost becomes 777, by a guess": (
        "UPDATE cells SET value = 777, derivation = 'guess' WHERE obs_status = 'I' AND absence = 'lost'",
        "a deduced number names identities of the form, its own among them",
    ),
    "a deduced number rests on an identity of another row": (
        "UPDATE cells SET derivation = 'row_total(granted)' WHERE obs_status = 'I' AND row_code = 'partial'",
        "a deduced number names identities of the form, its own among them",
    ),
    "a deduced number rests on a row that is none": (
        "UPDATE cells SET derivation = derivation || '; row_total(x)' WHERE obs_status = 'I'",
        "a deduced number names identities of the form, its own among them",
    ),
    "a deduced number breaks its identity": (
        "UPDATE cells SET value = value + 777 WHERE obs_status = 'I' AND derivation = 'row_total(' || row_code || ')'",
        "row_total holds where it fixes a number",
    ),
    "every blank becomes a doubtful zero": (
        "UPDATE cells SET obs_status = 'U', value = 0, derivation = 'x', missing_reason = NULL "
        "WHERE missing_reason = 'blank'",
        "status U says how it was placed",
    ),
    "a blank becomes a doubtful zero by preference": (
        "UPDATE cells SET obs_status = 'U', value = 0, derivation = 'unique', missing_reason = NULL "
        "WHERE missing_reason = 'blank'",
        "status U without print is a zero among lost blanks",
    ),
    "every converted amount becomes 1": (
        "UPDATE cells SET value = 1 WHERE derivation LIKE 'converted%'",
        "a converted number is the printed one in the unit of the form",
    ),
    "a conversion that does not fit the printed unit": (
        "UPDATE cells SET derivation = 'converted from 亿元 to 万元', value = value * 100000000 "
        "WHERE derivation = 'converted from 元 to 万元'",
        "a converted number is the printed one in the unit of the form",
    ),
    "a sign is lost": (
        "UPDATE cells SET printed = '减3', value = 3 WHERE printed = '3' AND obs_status = 'A'",
        "the digits of a printed number are those of its value, unless a unit was converted",
    ),
    "a certain number is given a derivation to hide behind": (
        "UPDATE cells SET derivation = 'x', value = 777 WHERE printed = '3' AND obs_status = 'A'",
        "status A is derived from nothing but a unit",
    ),
    "every doubtful number is off by 77": (
        "UPDATE cells SET value = value + 77 WHERE obs_status = 'U' AND printed IS NOT NULL",
        "the digits of a printed number are those of its value, unless a unit was converted",
    ),
    "K without a row `other`": ("DELETE FROM cells WHERE row_code = 'other'", "status K stands beside a row `other`"),
    "all cells of a report are lost": (
        f"DELETE FROM cells WHERE report_id = {ONE.format('true')}",
        "every table of a report has exactly the cells of its form",
    ),
    "one table of a report is lost": (
        f"DELETE FROM cells WHERE table_code = 'remedies' AND report_id = {ONE.format('true')}",
        "every table of a report has exactly the cells of its form",
    ),
    "one cell is lost": (
        "DELETE FROM cells WHERE row_code = 'granted' AND column_code = 'total' AND report_id = " + ONE.format("true"),
        "every table of a report has exactly the cells of its form",
    ),
    "a table that is there says it is not": (
        "UPDATE cells SET missing_reason = 'no_table' WHERE missing_reason = 'blank'",
        "every table of a report has exactly the cells of its form",
    ),
    "a duplicate of nothing": (
        "UPDATE documents SET duplicate_of = NULL WHERE outcome = 'duplicate'",
        "a duplicate says of what, nothing else does",
    ),
    "a report of 1800": (
        "UPDATE reports SET report_year = 1800",
        "a report is about a year since 2000, unless it says otherwise",
    ),
    "a period that ends before it begins": (
        "UPDATE reports SET period_start = DATE '2999-01-01'",
        "a period begins before it ends, unless the report says otherwise",
    ),
    "a corrected number takes the place of the printed one": (
        "UPDATE cells SET value = value_corrected WHERE correction_id IS NOT NULL",
        "a correction stands beside the number that it corrects, which stays as it is",
    ),
    "a correction that no entry of the file made": (
        "UPDATE cells SET correction_id = 'x', value_corrected = 1 WHERE row_code = 'granted'",
        "a corrected number is that of a correction of this cell",
    ),
    "a corrected number that is not the entry's": (
        "UPDATE cells SET value_corrected = value_corrected + 1",
        "a corrected number is that of a correction of this cell",
    ),
    "a share is not its numerator over its denominator": (
        "UPDATE indicators SET value = value / 2 WHERE value > 0 AND denominator IS NOT NULL",
        "an indicator is its numerator times its scale, over its denominator where it has one",
    ),
    "a count is not its numerator": (
        "UPDATE indicators SET numerator = numerator + 1 WHERE denominator IS NULL AND value IS NOT NULL",
        "an indicator is its numerator times its scale, over its denominator where it has one",
    ),
    "an open indicator is 0": (
        "UPDATE indicators SET value = 0 WHERE obs_status = 'O'",
        "an indicator is null exactly where the status says so, and only one that divides has a denominator",
    ),
    "a share above 1": (
        "UPDATE indicators SET value = 1.5 WHERE indicator = 'share_granted' AND value IS NOT NULL",
        "a share lies between 0 and 1",
    ),
    "the indicators of a report are lost": (
        f"DELETE FROM indicators WHERE report_id = {ONE.format('true')}",
        "every report has every indicator",
    ),
    "no flags, for doubts": ("DELETE FROM flags", "a row with a doubtful number is flagged"),
    "no flags, for what is open": ("DELETE FROM flags", "a row with an unplaced number is flagged"),
}


def broken(db: duckdb.DuckDBPyConnection, found: Invariant) -> int:
    (n,) = db.execute(f"SELECT count(*) FROM ({found.broken_by.format(batch=found.table)})").fetchone() or (0,)
    return int(n)


@pytest.fixture(scope="module")
def sample(sample_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the sample's tables, without their constraints."""
    with duckdb.connect() as db:
        db.execute(f"ATTACH '{sample_build / 'ogi.duckdb'}' AS built (READ_ONLY)")
        names = db.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'built'").fetchall()
        for (table,) in names:
            db.execute(f"CREATE TABLE {table} AS SELECT * FROM built.{table}")
        yield db


def test_a_sound_dataset_breaks_nothing(sample: duckdb.DuckDBPyConnection) -> None:
    assert {i.name: n for i in invariants() if (n := broken(sample, i))} == {}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_falsified_dataset_breaks_its_invariant(sample: duckdb.DuckDBPyConnection, defect: str) -> None:
    statement, name = DEFECTS[defect]
    (invariant,) = (i for i in invariants() if i.name == name)
    sample.execute("BEGIN")
    try:
        (changed,) = sample.execute(statement).fetchone() or (0,)
        assert changed, "the sample has nothing that could be falsified so"
        assert broken(sample, invariant)
    finally:
        sample.execute("ROLLBACK")


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        (
            "UPDATE date_mentions SET start_date = DATE '2999-01-01' WHERE role = 'period_start'; "
            "UPDATE reports SET period_start = DATE '2999-01-01' WHERE period_start IS NOT NULL",
            "a period begins before it ends, unless the report says otherwise",
        ),
        (
            "UPDATE reports SET report_year = 1924, title = '某局1924年政府信息公开工作年度报告'",
            "a report is about a year since 2000, unless it says otherwise",
        ),
    ],
)
def test_what_a_report_itself_misprints_blocks_nothing(
    sample: duckdb.DuckDBPyConnection, statement: str, name: str
) -> None:
    (invariant,) = (i for i in invariants() if i.name == name)
    sample.execute("BEGIN")
    try:
        sample.execute(statement)
        assert broken(sample, invariant) == 0
    finally:
        sample.execute("ROLLBACK")


@pytest.mark.parametrize(
    "printed",
    [
        *[
            "3",
            "３",
            "1,234",
            "1，234",
            "-3",
            "－3",
            "−3",
            "减3",
            "减少3",
            "增3",
            "新增3件",
            "+3",
            "5.50万元",
            "12万件。",
            "8、",
        ],
        "1 0",
        "\u200b7",
        "7\u3000件",
    ],
)
def test_a_printed_number_reads_in_sql_as_in_the_extraction(printed: str) -> None:
    from pipeline.normalize.text import normalize

    read = parse(normalize(printed).text)
    sql = f"SELECT {fragments.PRINTED_NUMBER}, {fragments.PRINTED_UNIT} FROM (SELECT ? AS printed)"
    with duckdb.connect() as connection:
        assert connection.execute(sql, [printed]).fetchone() == (read.number, read.unit)


def test_every_ground_of_the_extraction_is_known() -> None:
    """Grounds of doubt are texts that stand beside a piece, or that a row is doubted with."""
    grounds = {str(Ground.HEADERS_UNKNOWN)}
    for path in Path(extract.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            given: list[ast.expr] = []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr in ("doubt_row", "setdefault", "fromkeys"):
                    given = node.args[-1:]
            elif isinstance(node, ast.Assign) and any("doubt" in ast.unparse(t) for t in node.targets):
                given = [node.value, *(node.value.elts[1:] if isinstance(node.value, ast.Tuple) else [])]
            elif isinstance(node, ast.DictComp) and isinstance(node.value, ast.Tuple):
                given = node.value.elts[1:]
            grounds |= {str(g.value) for g in given if isinstance(g, ast.Constant) and " " in str(g.value)}
            grounds |= {
                str(Ground[g.attr])
                for g in given
                if ast.unparse(g).startswith("Ground.") and isinstance(g, ast.Attribute)
            }
    assert len(grounds) >= 8
    assert [g for g in sorted(grounds) if not g.startswith(fragments.GROUNDS)] == []
