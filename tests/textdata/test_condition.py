"""Conditions of users: one boolean expression over the reports, and no way to anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.store.layout import Layout
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


def test_a_folder_without_a_dataset_and_one_without_the_table(invented: Layout, tmp_path: Path) -> None:
    with pytest.raises(NotAnswered, match="there is no dataset in"), opened(Layout(tmp_path), ()):
        pass
    with pytest.raises(NotAnswered, match="no table nothing: it was built before"), opened(invented, ("nothing",)):
        pass
    tmp_path.joinpath("ogi.duckdb").write_text("junk")
    with pytest.raises(NotAnswered, match="cannot be opened"), opened(Layout(tmp_path), ()):
        pass
