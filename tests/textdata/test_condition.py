"""Conditions of users: one boolean expression over the reports, and no way to anything else."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from pipeline.store.layout import Layout
from pipeline.textdata import condition
from pipeline.textdata.condition import NotAnswered, select_reports
from pipeline.textdata.opened import opened


def number(layout: Layout, expression: str | None) -> int:
    with opened(layout, ()) as connection:
        return select_reports(connection, "chosen", expression, "--where")


@pytest.mark.parametrize(
    ("expression", "reports"),
    [
        (None, 5),
        ("report_year = 2024", 4),
        ("report_year = 2024 -- a remark", 4),
        ("division_level = 'county' OR issuer LIKE '甲%'", 4),
        ("division_level <> 'county'", 2),  # null is neither
        ("report_id IN (SELECT report_id FROM features WHERE count_denied > 99)", 0),
        ("(report_year = 2023)", 1),
    ],
)
def test_a_condition_chooses_the_reports_of_which_it_is_true(
    invented: Layout, expression: str | None, reports: int
) -> None:
    assert number(invented, expression) == reports


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "   ",
        "*",
        "report_year",
        "NULL",
        "1 = 1, 2 = 2",
        "1 = 1) UNION SELECT ('x'",
        "1 = 1) OR (1 = 1",
        "true; DROP TABLE reports",
        "true AS x",
        "true FROM reports",
        "report_year = 2024 ORDER BY 1",
        "report_year = 2024 LIMIT 1",
        "report_year = 2024 GROUP BY ALL",
        "DISTINCT true",
        "count(*) > 1",
        "report_year = 2024 /*",
        "issuer = 'x",
        "no_such_column = 1",
        "$1 = 1",
        "? = 1",
    ],
)
def test_anything_else_is_refused_with_the_columns_there_are(invented: Layout, expression: str) -> None:
    with pytest.raises(NotAnswered, match="columns of reports: report_id, ") as refused:
        number(invented, expression)
    assert "\n" not in str(refused.value).replace(expression, "")


def test_a_condition_reads_and_writes_no_file(invented: Layout, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden")
    for expression in (
        f"exists(FROM read_text('{secret}'))",
        f"exists(FROM read_csv('{secret}'))",
        f"exists(FROM '{secret}')",
        f"exists(FROM glob('{tmp_path}/*'))",
    ):
        with pytest.raises(NotAnswered):
            number(invented, expression)


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("random() > 0.5", r"random\(\) may have another answer"),
        ("system.main.RANDOM() > 0.5", r"random\(\) may have another answer"),
        ("uuid() < report_id", r"uuid\(\) may"),
        ("report_id IN (SELECT report_id FROM sections WHERE random() > 0.5)", r"random\(\) may"),
        ("len([x for x in [1, 2] if random() > 0.5]) = 1", r"random\(\) may"),
        ("DATE '2024-01-01' < now()", r"now\(\) may"),
        ("DATE '2024-01-01' < today()", r"today\(\) may"),
        ("DATE '2024-01-01' < Current_Date", "Current_Date is another one"),
        ("report_year < year(current_timestamp)", "current_timestamp is another one"),
        ("localtime IS NULL", "localtime is another one"),
        ("current_localtimestamp() IS NULL", r"current_localtimestamp\(\) may"),
        ("DATE '2024-01-01' < ago(INTERVAL 1 YEAR)", r"ago\(\) may"),
        ("age(DATE '2024-01-01') IS NULL", r"age\(\) may"),
        ("EXISTS (FROM query('SELECT 1 WHERE random() > 0.5'))", r"query\(\) may"),
        ("report_id IN (SELECT report_id FROM reports USING SAMPLE 2)", "draws a sample"),
        ("report_id IN (SELECT report_id FROM reports TABLESAMPLE 50%)", "draws a sample"),
    ],
)
def test_a_condition_that_changes_from_call_to_call_is_refused(invented: Layout, expression: str, says: str) -> None:
    with pytest.raises(NotAnswered, match=f"{says}.*columns of reports: "):
        number(invented, expression)


def test_words_that_only_look_like_clocks_are_taken(invented: Layout) -> None:
    assert number(invented, "issuer <> 'now()' AND age(DATE '2024-01-02', DATE '2024-01-01') = INTERVAL 1 DAY") == 5


@pytest.mark.parametrize(
    "expression",
    [
        "EXISTS (WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT 1 FROM t WHERE x < 0)",
        "(SELECT count(*) FROM range(10000000000) a, range(10000000000) b WHERE a <> b) > 1",
    ],
)
def test_a_condition_without_end_is_stopped(invented: Layout, monkeypatch: pytest.MonkeyPatch, expression: str) -> None:
    monkeypatch.setattr(condition, "MOST_SECONDS", 0.5)
    with opened(invented, ()) as connection:
        with pytest.raises(NotAnswered, match=r"not answered within 0\.5 seconds"):
            select_reports(connection, "chosen", expression, "--where")
        assert select_reports(connection, "chosen", "true", "--where") == 5, "the next one is not stopped with it"


@pytest.mark.parametrize("depth", [100, 900, 100_000])
def test_a_condition_nested_deep_is_answered_or_refused(invented: Layout, depth: int) -> None:
    with contextlib.suppress(NotAnswered):
        assert number(invented, "NOT " * 2 * depth + "true") == 5


def test_a_folder_without_a_dataset_and_one_without_the_table(invented: Layout, tmp_path: Path) -> None:
    with pytest.raises(NotAnswered, match="there is no dataset in"), opened(Layout(tmp_path), ()):
        pass
    with pytest.raises(NotAnswered, match="no table nothing: it was built before"), opened(invented, ("nothing",)):
        pass
    tmp_path.joinpath("ogi.duckdb").write_text("junk")
    with pytest.raises(NotAnswered, match="cannot be opened"), opened(Layout(tmp_path), ()):
        pass
