"""Datasets on which the notebooks run: the sample, the real reports, and parts of the sample that lack what notebooks plot."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.conftest import ROOT

NOTEBOOKS = ROOT / "notebooks"
sys.path.insert(0, str(NOTEBOOKS))


_THEIR_DOCUMENTS = "FROM rows WHERE document_id IN (SELECT document_id FROM kept)"


@pytest.fixture(scope="session")
def old_report(sample_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One report, of before the statutory form: it has no table and no cell."""
    reports = "form_applications = 'none' AND table_remedies = 'none'"
    return part(sample_build, tmp_path_factory.mktemp("old_report"), reports, count=1)


@pytest.fixture(scope="session")
def half_tables(sample_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One report without the table of section three and one without that of section four; their cells are open."""
    reports = "(form_applications = 'none') <> (table_remedies = 'none')"
    return part(sample_build, tmp_path_factory.mktemp("half_tables"), reports, count=2)


@pytest.fixture(scope="session")
def no_report(sample_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Documents that are no reports, and not of the sample: their bytes are others."""
    folder = tmp_path_factory.mktemp("no_report")
    return part(
        sample_build,
        folder,
        "false",
        0,
        "SELECT * REPLACE (repeat('0', 64) AS content_sha256) FROM rows WHERE outcome = 'not_a_report'",
    )


def part(build: Path, folder: Path, reports: str, count: int, documents: str = _THEIR_DOCUMENTS) -> Path:
    """The tables of a build with the rows of some reports and documents only. Takes a moment, where a build takes half a minute."""
    source, target = build / "parquet", folder / "parquet"
    target.mkdir()
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE kept AS FROM read_parquet('{source}/reports.parquet') WHERE {reports}")
        assert connection.sql("SELECT count(*) FROM kept").fetchall() == [(count,)], "the sample has changed"
        for file in sorted(source.glob("*.parquet")):
            rows = connection.sql(f"FROM read_parquet('{file}')")
            if file.stem == "documents":
                rows = connection.sql(documents)
            elif "report_id" in rows.columns:
                rows = connection.sql("FROM rows WHERE report_id IN (SELECT report_id FROM kept)")
            rows.write_parquet(str(target / file.name))
    return folder


@pytest.fixture(scope="session")
def dataset(request: pytest.FixtureRequest) -> Callable[[str], Path]:
    """The dataset of a fixture's name, made when a test asks for it."""
    return lambda name: request.getfixturevalue(name)
