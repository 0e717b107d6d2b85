"""Publication replaces everything or nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from pipeline.store import duckdb_file, publish
from pipeline.store.layout import Layout
from tests.store.test_corpus import EXAMPLE, stage_example


def stage(layout: Layout, year: int) -> None:
    from dataclasses import replace

    stage_example(layout, replace(EXAMPLE, report_year=year))
    duckdb_file.write_database(layout, layout.staged_database)
    publish.note_verdict(layout, [])


def year_of(layout: Layout) -> int:
    found = [pl.read_parquet(p)["report_year"][0] for p in layout.out.rglob("reports.parquet")]
    assert len(found) == 1, "exactly one reports.parquet lies under the output folder"
    assert found[0] == pl.read_parquet(layout.parquet / "reports.parquet")["report_year"][0]
    import duckdb

    with duckdb.connect(str(layout.database), read_only=True) as db:
        assert db.execute("SELECT report_year FROM reports").fetchall() == [(found[0],)]
    return int(found[0])


def test_a_second_build_replaces_the_first(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    for year in (2023, 2024):
        stage(layout, year)
        publish.publish(layout)
        assert year_of(layout) == year


@pytest.mark.parametrize("step", ["_copy", "_link", "require_verdict"])
def test_an_interrupted_publication_leaves_the_old_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    layout = Layout(tmp_path)
    stage(layout, 2023)
    publish.publish(layout)
    stage(layout, 2024)
    with monkeypatch.context() as m:

        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        m.setattr(publish, step, killed)
        with pytest.raises(KeyboardInterrupt):
            publish.publish(layout)
    assert pl.read_parquet(layout.parquet / "reports.parquet")["report_year"][0] == 2023
    publish.publish(layout)
    assert year_of(layout) == 2024


@pytest.mark.parametrize("place", ["parquet", "database"])
def test_something_else_in_a_published_place_stops_before_anything_changes(tmp_path: Path, place: str) -> None:
    layout = Layout(tmp_path)
    stage(layout, 2023)
    publish.publish(layout)
    stage(layout, 2024)
    foreign: Path = getattr(layout, place)
    foreign.unlink()
    foreign.write_text("mine")
    with pytest.raises(FileExistsError, match="in the way"):
        publish.publish(layout)
    assert layout.current.readlink().name == "1" and foreign.read_text() == "mine"
    reports = pl.read_parquet(layout.current / "parquet" / "reports.parquet")
    assert reports["report_year"][0] == 2023
    foreign.unlink()
    publish.publish(layout)
    assert year_of(layout) == 2024


def test_only_what_was_checked_is_published(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    with pytest.raises(publish.NotChecked, match="not been checked"):
        publish.publish(layout)
    stage(layout, 2023)
    stage_example(layout, EXAMPLE)
    with pytest.raises(publish.NotChecked, match="changed after"):
        publish.publish(layout)
    publish.note_verdict(layout, ["cells: a key"])
    with pytest.raises(publish.NotChecked, match="cells: a key"):
        publish.publish(layout)
    assert not layout.parquet.exists()


def test_two_builds_do_not_share_an_output(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    other = (
        "import sys, pathlib\nfrom pipeline.store import publish\nfrom pipeline.store.layout import Layout\n"
        "try:\n    with publish.lock(Layout(pathlib.Path(sys.argv[1]))): print('free')\n"
        "except publish.OutputBusy as e: print(e)\n"
    )

    def ask() -> str:
        return subprocess.run([sys.executable, "-c", other, str(tmp_path)], capture_output=True, text=True).stdout

    with publish.lock(layout), publish.lock(layout):
        assert "another build is working on" in ask()
    assert ask() == "free\n"
