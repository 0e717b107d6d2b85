"""Tables, views and macros that pool: against numbers computed by hand, on examples and on the sample."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations.model import Example, Report
from pipeline.store import duckdb_file
from pipeline.store.layout import Layout
from pipeline.store.measures import MEASURES, SCALAR_MACRO, TABLE, TABLE_MACRO, VIEW, column_words
from pipeline.store.sql import connect
from pipeline.store.stored_measures import write_measures
from tests.store.test_corpus import stage_example
from tests.store.test_indicators import APPLICATIONS

pytestmark = pytest.mark.xdist_group("measures")

NANTONG, RUDONG, HAIMEN = (
    ("320600", "南通市", "prefecture"),
    ("320623", "如东县", "county"),
    ("320614", "海门区", "county"),
)


def organ(
    name: str,
    granted: str,
    handled: str,
    *,
    place: tuple[str, str, str] | None = RUDONG,
    year: int = 2023,
    kind: str | None = "department",
    issuer: str | None = None,
    received: str = "40",
) -> Report:
    """A report of an invented organ in which so many of the applications decided were granted."""
    code, division, level = place or (None, None, None)
    return Report(
        report=name,
        issuer=issuer or name,
        report_year=year,
        facts={"division_code": code, "division_name": division, "division_level": level, "issuer_kind": kind},
        tables={
            "applications": APPLICATIONS
            | {
                "received_new": f"0 0 0 0 0 0 {received}",
                "granted": f"0 0 0 0 0 0 {granted}",
                "handled_total": f"0 0 0 0 0 0 {handled}",
            }
        },
    )


REPORTS = (
    organ("教育局", "1", "2"),
    organ("水务局", "9", "98", received="60"),
    organ("民政局", "_", "10"),
    organ("财政局", "~5", "10"),
    organ("审计局", "7", "0"),
    organ("统计局", "0", "0"),
    organ("信访局甲", "3", "10", issuer="信访局"),
    organ("信访局乙", "4", "10", issuer="信访局"),
    organ("如东县人民政府", "50", "100", kind="government"),
    organ("某处", "1", "1", kind=None),
    organ("海门区某局", "1", "10", place=HAIMEN),
    organ("南通市某局", "2", "10", place=NANTONG),
    organ("南通市人民政府", "60", "300", place=NANTONG, kind="government"),
    organ("无处", "1", "4", place=None),
    organ("教育局二四", "3", "4", year=2024, issuer="教育局", received="50"),
    organ("水务局二四", "3", "4", year=2024, issuer="水务局", received="_"),
    organ("民政局二四", "3", "4", year=2024, issuer="民政局", received="10"),
    organ("新局二四", "3", "4", year=2024, issuer="新局", received="10"),
)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("measures")
    layout = Layout(folder)
    first, *others = REPORTS
    example = Example(
        "pooling",
        report=first.report,
        issuer=first.issuer,
        report_year=first.report_year,
        facts=first.facts,
        tables=first.tables,
        beside=tuple(others),
    )
    stage_example(layout, example)
    duckdb_file.write_database(layout, folder / "x.duckdb")
    with duckdb.connect(str(folder / "x.duckdb"), read_only=True) as connection:
        yield connection


def asked(db: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    cursor = db.execute(sql)
    names = [d[0] for d in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


GRANTED = "indicator = 'share_granted' AND division_code = '320623' AND report_year = 2023"


def test_a_pooled_share_is_sum_over_sum_and_says_what_is_left_out(db: duckdb.DuckDBPyConnection) -> None:
    """1 of 2 and 9 of 98 are 10 of 100, and 0 of 0 adds nothing: the mean of the shares would be 0.3."""
    (row,) = asked(db, f"SELECT * FROM pooled_indicators WHERE {GRANTED} AND reporting_scope = 'organ'")
    assert (row["numerator"], row["denominator"], row["value"], row["unit"]) == (10, 100, 0.1, "share")
    assert (row["reports"], row["reports_used"]) == (8, 3)
    left_out = {k.removeprefix("left_out_"): v for k, v in row.items() if k.startswith("left_out_")}
    assert left_out == {"open": 1, "doubtful": 1, "contradictory": 1, "repeated": 2, "not_asked": 0}
    assert row["division_name"] == "如东县"


def test_governments_and_what_is_not_known_to_be_an_organ_stay_apart(db: duckdb.DuckDBPyConnection) -> None:
    rows = asked(db, f"SELECT * FROM pooled_indicators WHERE {GRANTED}")
    assert {r["reporting_scope"]: (r["numerator"], r["value"]) for r in rows} == {
        "organ": (10, 0.1),
        "government": (50, 0.5),
        "unknown": (1, 1.0),
    }


def test_no_report_is_lost(db: duckdb.DuckDBPyConnection) -> None:
    parts = " + ".join(f"left_out_{w}" for w in ("open", "doubtful", "contradictory", "repeated", "not_asked"))
    rows = asked(
        db,
        f"SELECT indicator, sum(reports)::INT AS reports, bool_and(reports = reports_used + {parts}) AS whole "
        "FROM pooled_indicators GROUP BY indicator",
    )
    assert len(rows) == 61
    assert all(r["reports"] == len(REPORTS) and r["whole"] for r in rows), "those without a division too"


def test_doubtful_numbers_are_used_where_asked_for(db: duckdb.DuckDBPyConnection) -> None:
    where = "WHERE group_1 = '320623' AND group_2 = 2023 AND reporting_scope = 'organ'"
    (certain,) = asked(db, f"SELECT * FROM pooled('share_granted', division_code, report_year) {where}")
    (all_of_them,) = asked(
        db, f"SELECT * FROM pooled('share_granted', division_code, report_year, doubtful := true) {where}"
    )
    assert (certain["numerator"], certain["left_out_doubtful"]) == (10, 1)
    assert (all_of_them["numerator"], all_of_them["denominator"], all_of_them["left_out_doubtful"]) == (15, 110, 0)


def test_a_division_with_those_within_it_keeps_its_levels_apart(db: duckdb.DuckDBPyConnection) -> None:
    rows = asked(db, "SELECT * FROM pooled_within('320600', to_year := 2023) WHERE indicator = 'share_granted'")
    assert {
        (r["division_level"], r["reporting_scope"]): (r["divisions"], r["numerator"], r["denominator"]) for r in rows
    } == {
        ("prefecture", "organ"): (1, 2, 10),
        ("prefecture", "government"): (1, 60, 300),
        ("county", "organ"): (2, 11, 110),
        ("county", "government"): (1, 50, 100),
        ("county", "unknown"): (1, 1, 1),
    }
    province = asked(db, "SELECT * FROM pooled_within('320000') WHERE indicator = 'share_granted'")
    assert {r["report_year"] for r in province} == {2023, 2024}
    assert asked(db, "SELECT * FROM pooled_within('330000')") == []
    (county,) = asked(
        db,
        "SELECT * FROM pooled_within('320614', doubtful := true) WHERE indicator = 'share_granted'",
    )
    assert county["value"] == 0.1


def test_nothing_to_divide_by_is_null(db: duckdb.DuckDBPyConnection) -> None:
    (row,) = asked(
        db,
        "SELECT * FROM pooled('share_granted', issuer, report_year) WHERE group_1 = '统计局'",
    )
    assert (row["reports_used"], row["numerator"], row["denominator"], row["value"]) == (1, 0, 0, None)
    (row,) = asked(db, "SELECT * FROM pooled('share_granted', issuer, 1) WHERE group_1 = '审计局'")
    assert (row["reports_used"], row["left_out_contradictory"], row["numerator"], row["value"]) == (0, 1, None, None)
    assert asked(
        db, "SELECT share_of(1, 4) AS a, share_of(0, 0) AS b, share_of(1, 0) AS c, share_of(NULL, 1) AS d"
    ) == [{"a": 0.25, "b": None, "c": None, "d": None}]


def test_counts_are_added_up_and_have_no_denominator(db: duckdb.DuckDBPyConnection) -> None:
    (row,) = asked(
        db,
        "SELECT * FROM pooled('applications_handled', division_level, 1) "
        "WHERE group_1 = 'prefecture' AND reporting_scope = 'government'",
    )
    assert (row["numerator"], row["denominator"], row["value"], row["unit"]) == (300, None, 300.0, "application")


def test_a_rate_per_thousand_is_scaled_once(db: duckdb.DuckDBPyConnection) -> None:
    """No remedies table anywhere here: open, so left out, and nothing is made of it."""
    rows = asked(db, "SELECT * FROM pooled('lawsuits_per_1000', 1, 1)")
    assert all(r["left_out_open"] == r["reports"] and r["value"] is None for r in rows)


def test_outcomes_rest_on_the_same_reports(db: duckdb.DuckDBPyConnection) -> None:
    (row,) = asked(
        db,
        "SELECT * FROM outcomes_by_division_year "
        "WHERE division_code = '320614' AND report_year = 2023 AND reporting_scope = 'organ'",
    )
    assert (row["reports"], row["reports_used"], row["reports_left_out"]) == (1, 1, 0)
    assert (row["granted"], row["denied"], row["applications_handled"], row["share_granted"]) == (1, 10, 10, 0.1)
    (row,) = asked(
        db,
        "SELECT * FROM outcomes_by_division_year "
        "WHERE division_code = '320623' AND report_year = 2023 AND reporting_scope = 'organ'",
    )
    # Of eight organs, one prints no granted ones, one doubtfully, two totals are below a part, two reports differ,
    # and of 2 applications 10 cannot have been denied.
    assert (row["reports"], row["reports_used"], row["granted"]) == (8, 1, 9)
    assert row["share_granted"] == pytest.approx(9 / 98)


def test_refusals_by_reason_as_the_form_prints_them(db: duckdb.DuckDBPyConnection) -> None:
    rows = asked(
        db,
        "SELECT * FROM refusals_by_division_year "
        "WHERE division_code = '320614' AND reporting_scope = 'organ' ORDER BY reason_zh",
    )
    assert [
        (r["reason_zh"], r["denied_for_this_reason"], r["applications_denied"], r["share_of_denials"]) for r in rows
    ] == [
        ("1.属于国家秘密", 1, 10, 0.1),
        ("2.其他法律行政法规禁止公开", 0, 10, 0.0),
        ("3.危及“三安全一稳定”", 0, 10, 0.0),
        ("4.保护第三方合法权益", 2, 10, 0.2),
        ("5.属于三类内部事务信息", 3, 10, 0.3),
        ("6.属于四类过程性信息", 1, 10, 0.1),
        ("7.属于行政执法案卷", 1, 10, 0.1),
        ("8.属于行政查询事项", 2, 10, 0.2),
    ]


def test_growth_is_over_organs_that_report_both_years(db: duckdb.DuckDBPyConnection) -> None:
    """教育局 has 40 and 50, 民政局 40 and 10; 水务局 lacks a number, 新局 a year before."""
    (row,) = asked(
        db,
        "SELECT * FROM growth('applications_received', division_code) WHERE report_year = 2024",
    )
    assert (row["reports"], row["reports_used"], row["reports_left_out"]) == (4, 2, 2)
    assert (row["number_before"], row["number_after"], row["growth"]) == (80, 60, -0.25)
    (before,) = asked(
        db,
        "SELECT * FROM growth('applications_received', division_code) WHERE report_year = 2023 AND group_1 = '320614'",
    )
    assert (before["reports_used"], before["growth"]) == (0, None)
    assert asked(db, "SELECT * FROM growth('share_granted', division_code)") == [], "shares do not grow by division"


@pytest.mark.parametrize("measure", MEASURES, ids=lambda m: m.name)
def test_every_table_view_and_macro_says_what_it_is_and_its_example_runs(
    db: duckdb.DuckDBPyConnection, measure: Any
) -> None:
    db.execute(measure.example)
    source = (
        f"duckdb_{measure.kind}s() WHERE {measure.kind}"
        if measure.kind in (TABLE, VIEW)
        else "duckdb_functions() WHERE function"
    )
    ((comment,),) = db.execute(f"SELECT comment FROM {source}_name = '{measure.name}'").fetchall()
    assert measure.description_en in comment and measure.description_zh in comment and measure.formula in comment


def test_every_column_has_its_words_and_no_word_is_left_over(db: duckdb.DuckDBPyConnection) -> None:
    views = [m.name for m in MEASURES if m.kind in (TABLE, VIEW)]
    bare = db.execute(
        f"SELECT table_name, column_name FROM duckdb_columns() WHERE table_name IN {tuple(views)} AND comment IS NULL"
    ).fetchall()
    assert bare == []
    columns = set()
    calls = ("pooled('lawsuits', 1, 1)", "pooled_within('320000')", "growth('lawsuits', 1)", *views)
    assert [m.name for m in MEASURES if m.kind == TABLE_MACRO] == [re.split(r"\(", c)[0] for c in calls[:3]]
    for call in calls:
        columns |= {d[0] for d in db.execute(f"FROM {call} LIMIT 0").description or []}
    assert columns == {r["column"] for r in column_words()}
    assert all(r["description_en"] and r["description_zh"] for r in column_words())
    assert [m.name for m in MEASURES if m.kind == SCALAR_MACRO] == ["known_indicator", "unquoted", "share_of"]


def test_the_sample_pools_to_its_own_sums(sample_build: Path) -> None:
    """Against the cells themselves, added up without the table `indicators`."""
    with duckdb.connect(str(sample_build / "ogi.duckdb"), read_only=True) as db:
        (by_cells,) = asked(
            db,
            """SELECT sum(g.value) AS granted, sum(h.value) AS handled, count(*) AS reports
            FROM reports r JOIN cells g USING (report_id) JOIN cells h USING (report_id)
            WHERE (g.table_code, g.row_code, g.column_code) = ('applications', 'granted', 'total')
              AND (h.table_code, h.row_code, h.column_code) = ('applications', 'handled_total', 'total')
              AND g.obs_status IN ('A', 'I') AND h.obs_status IN ('A', 'I') AND g.value <= h.value
              AND r.issuer_kind <> 'government'
              AND NOT EXISTS (SELECT 1 FROM reports o WHERE o.issuer_id = r.issuer_id
                  AND o.report_year = r.report_year AND o.report_id <> r.report_id)""",
        )
        (pooled,) = asked(db, "SELECT * FROM pooled('share_granted', 1, 1) WHERE reporting_scope = 'organ'")
    assert by_cells["reports"] > 40
    assert (pooled["numerator"], pooled["denominator"], pooled["reports_used"]) == (
        by_cells["granted"],
        by_cells["handled"],
        by_cells["reports"],
    )
    assert pooled["value"] == pytest.approx(float(by_cells["granted"] / Decimal(by_cells["handled"])))


def test_a_hundred_thousand_reports_are_asked_within_a_second() -> None:
    with duckdb.connect() as db:
        db.execute(
            """CREATE TABLE reports AS SELECT 'r' || n AS report_id, 'i' || n // 5 AS issuer_id, 'o' || n // 5 AS issuer,
            2019 + n % 5 AS report_year, (110000 + n // 5 % 3000)::VARCHAR AS division_code, 'd' AS division_name,
            'county' AS division_level, 'department' AS issuer_kind FROM range(100_000) AS t(n)"""
        )
        columns = ("codelist", "form", "table_code", "code", "label_zh", "label_en")
        db.execute(f"CREATE TABLE codes ({', '.join(f'{c} VARCHAR' for c in columns)})")
        (definitions,) = (m for m in MEASURES if m.name == "indicator_definitions")
        filled = f"""SELECT report_id, indicator, 1::DECIMAL(18,6) AS numerator,
            CASE WHEN is_ratio THEN 4::DECIMAL(18,6) END AS denominator, 0.25::DOUBLE AS value, unit, 'A' AS obs_status
            FROM reports, ({definitions.sql}) ORDER BY report_id, indicator"""
        db.execute(f"CREATE TABLE indicators AS {filled} LIMIT 0")
        write_measures(db)  # before there are rows: what is stored stays empty, and is not what is timed here
        db.execute(f"INSERT INTO indicators {filled}")
        for question in (
            "report_year, value FROM pooled_within('110105') WHERE indicator = 'share_granted'",
            "group_2, value FROM pooled('share_granted', division_code, report_year) WHERE group_1 = '110105'",
        ):
            taken = []
            for _ in range(3):
                start = time.perf_counter()
                rows = db.execute(f"SELECT {question}").fetchall()
                taken.append(time.perf_counter() - start)
            assert len(rows) == 5 and {v for _, v in rows} == {0.25}, question
            assert min(taken) < 1, question


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("FROM pooled('share_grnted', issuer_kind, report_year)", "no indicator share_grnted"),
        ("FROM pooled('share_granted', 'report_year', reporting_scope)", "report_year without quotes"),
        ("FROM growth('applications', division_code)", "no indicator applications"),
    ],
)
def test_a_slip_is_an_error_and_no_empty_answer(sample_build: Path, query: str, says: str) -> None:
    with connect(sample_build / "ogi.duckdb", read_only=True) as connection, pytest.raises(duckdb.Error, match=says):
        connection.execute(query)
