"""Opening a dataset from a notebook, and the sentences with their denominators."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import polars as pl
import pytest

pytestmark = pytest.mark.xdist_group("notebooks")

pytest.importorskip("IPython", reason="skipped: nbclient and ipykernel are not installed")
asking = pytest.importorskip("asking")


def test_a_build_and_a_release_are_opened_alike(sample_build: Path, tmp_path: Path) -> None:
    (tmp_path / "1.0.0").mkdir()
    (tmp_path / "1.0.0" / "data").symlink_to(sample_build)

    question = "SELECT count(*) AS reports, count(DISTINCT report_year) AS years FROM reports"
    build, release = asking.open_dataset(sample_build), asking.open_dataset(tmp_path / "1.0.0")
    assert build.one(question) == release.one(question)


def test_parquet_alone_is_enough(sample_build: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "parquet").symlink_to(sample_build / "parquet")

    question = "SELECT used_as, count(*) AS n FROM usable GROUP BY ALL ORDER BY ALL"
    assert asking.open_dataset(tmp_path).sql(question).equals(asking.open_dataset(sample_build).sql(question))


def test_the_dataset_is_not_changed(sample_build: Path) -> None:
    with pytest.raises(duckdb.Error):
        asking.open_dataset(sample_build).sql("DELETE FROM reports")


def test_a_folder_without_dataset_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(asking.NoDataset, match=r"no dataset in .*make build.*OGI_DATASET"):
        asking.open_dataset(tmp_path)


def test_the_sample_says_that_it_is_invented(sample_build: Path, no_report: Path) -> None:
    assert "invented" in asking.open_dataset(sample_build).stamp
    assert asking.open_dataset(no_report).stamp is None


def test_a_report_is_used_where_results_and_total_are_known_and_agree(sample_build: Path) -> None:
    """The same rule, in words of its own: over the cells instead of the views."""
    data = asking.open_dataset(sample_build)
    by_hand = data.one("""
        WITH t AS (
            SELECT report_id, row_code, CASE WHEN obs_status IN ('M', 'K') THEN 0 ELSE value END AS n FROM cells
            WHERE table_code = 'applications' AND column_code = 'total'
        ),
        s AS (
            SELECT report_id, sum(n) FILTER (row_code = 'handled_total') AS handled,
                sum(n) FILTER (row_code NOT IN ('handled_total', 'received_new', 'carried_in', 'carried_out')) AS results,
                count(*) FILTER (n IS NULL AND row_code NOT IN ('received_new', 'carried_in', 'carried_out')) AS open
            FROM t GROUP BY report_id
        )
        SELECT count(*) AS n FROM s JOIN reports r USING (report_id)
        WHERE open = 0 AND handled = results AND handled > 0 AND issuer_kind <> 'government'
            AND 1 = (SELECT count(*) FROM reports o WHERE o.issuer_id = r.issuer_id AND o.report_year = r.report_year)""")
    assert data.one("SELECT count(*) AS n FROM usable WHERE used_as = 'used'") == by_hand
    assert data.one("SELECT count(*) AS n FROM usable")["n"] == data.one("SELECT count(*) AS n FROM reports")["n"]


def test_governments_are_left_out_wherever_reports_are_added_up(sample_build: Path) -> None:
    """Of each figure the issuers that it counts; where each report is one observation, governments are among them."""
    data = asking.open_dataset(sample_build)
    counted = data.sql("""
        SELECT figure, count(*) FILTER (issuer_kind = 'government') AS n FROM uses JOIN reports USING (report_id)
        WHERE used_as = 'used' GROUP BY figure HAVING n > 0 ORDER BY figure""")
    assert counted["figure"].to_list() == ["cases per report", "received"]
    every = data.sql("SELECT figure, count(*) AS n, count(DISTINCT report_id) AS reports FROM uses GROUP BY ALL")
    reports = data.one("SELECT count(*) AS n FROM reports")["n"]
    assert {(n, different) for _, n, different in every.iter_rows()} == {(reports, reports)}


def test_sums_are_those_of_the_cells(sample_build: Path) -> None:
    """Applicants and cases once more, over the cells instead of the views: of organs whose numbers are all known."""
    data = asking.open_dataset(sample_build)
    for figure, view, cells in (
        (
            "applicants",
            "applicants",
            "table_code = 'applications' AND row_code = 'received_new' AND column_code <> 'total'",
        ),
        ("cases", "cases", "table_code = 'remedies'"),
    ):
        by_hand = data.one(f"""
            WITH known AS (SELECT report_id, sum(value)::DOUBLE AS n FROM cells WHERE {cells}
                           GROUP BY ALL HAVING bool_and(value IS NOT NULL))
            SELECT sum(n) AS n FROM known JOIN reports USING (report_id) WHERE issuer_kind <> 'government'""")
        of_views = (
            f"SELECT sum(n) AS n FROM {view} JOIN uses USING (report_id) WHERE figure = $figure AND used_as = 'used'"
        )
        assert data.one(of_views, figure=figure) == by_hand, figure


def test_a_plot_says_in_both_languages_how_many_reports_each_reason_leaves_out(half_tables: Path) -> None:
    assert asking.open_dataset(half_tables).counted("cases")[:2] == [
        "Based on 1 of 2 (50%) reports; left out 1: no table (1).",
        "2份报告中的1份；未计入1份：没有表格（1份）。",
    ]


def test_each_reason_has_words_in_chinese() -> None:
    views = (asking.HERE / "views.sql").read_text(encoding="utf-8")
    kinds, chinese = views.split("CREATE TEMP VIEW reasons")
    given = set(re.findall(r"THEN '([a-z ,]+)'", kinds))
    assert given and given <= set(re.findall(r"\('([a-z ,]+)', '[^']*[\u4e00-\u9fff]", chinese))


def test_means_are_taken_in_a_fixed_order() -> None:
    """A sum of fractions depends on the order of its parts, and with several threads no order is the same twice."""
    for path in sorted(asking.HERE.glob("*.ipynb")):
        means = re.findall(r"avg\([^()]*\)", path.read_text(encoding="utf-8"))
        assert all("ORDER BY" in mean for mean in means), path.name


def test_an_open_cell_never_counts_as_zero(sample_build: Path) -> None:
    data = asking.open_dataset(sample_build)
    for view in ("results", "cases"):
        assert data.one(f"SELECT count(*) AS n FROM {view} WHERE obs_status = 'O' AND n IS NOT NULL")["n"] == 0


@pytest.mark.parametrize(
    ("n", "of", "text"),
    [
        (12, 66, "12 of 66 (18%)"),
        (1, 66, "1 of 66 (1.5%)"),
        (11, 78_909, "11 of 78,909 (<0.1%)"),
        (0, 5, "0 of 5 (0%)"),
        (0, 0, "0 of 0"),
    ],
)
def test_a_share_names_its_denominator(n: int, of: int, text: str) -> None:
    assert asking.share(n, of) == text


def test_a_subtitle_counts_what_is_left_out() -> None:
    assert asking.basis(60, 68, "a cell is open", "有单元格未定") == [
        "Based on 60 of 68 (88%) reports; left out 8: a cell is open.",
        "68份报告中的60份；未计入8份：有单元格未定。",
    ]
    assert asking.basis(5, 5, "never said", "不显示") == ["Based on all 5 reports. 全部5份报告。"]
    assert asking.basis(0, 0, "never said", "不显示") == ["There is no report. 没有报告。"]


def test_one_thing_is_no_plural() -> None:
    assert [asking.many(n, "report") for n in (0, 1, 2000)] == ["0 reports", "1 report", "2,000 reports"]


def test_texts_are_made_row_by_row() -> None:
    frame = asking.labelled(pl.DataFrame({"a": [1, 2], "b": [2, 4]}), lambda row: f"{row['a']} of {row['b']}")
    assert frame["text"].to_list() == ["1 of 2", "2 of 4"]
    assert asking.labelled(pl.DataFrame({"a": []}), lambda row: "x")["text"].to_list() == []
