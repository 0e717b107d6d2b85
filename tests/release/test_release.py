"""`ogi release` from end to end: a series of releases of real builds, made twice, checked, refused where it must be."""

from __future__ import annotations

import csv
import gzip
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.conftest import copy_sample
from tests.release.conftest import ADDED, OFFICE, UNBALANCED
from tests.release.folders import Folder, rewritten
from tests.test_cli import ogi

pytestmark = pytest.mark.xdist_group("releases")

DATE = ("--date", "2026-03-01")


@pytest.fixture(scope="module")
def builds(builds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copies of our own: a release locks the build that it is made of, and the builds are shared between processes."""
    own = tmp_path_factory.mktemp("own") / "builds"
    shutil.copytree(builds, own, symlinks=True)
    return own


@pytest.fixture(scope="module")
def series(builds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Releases one after the other: of the base, of a changed number, of the base with one report more."""
    out = tmp_path_factory.mktemp("series")
    for build in ("base", "changed", "added"):
        run = ogi("release", "--input", str(builds / build), "--output", str(out), *DATE)
        assert run.returncode == 0, run.stderr
        assert "checking the release" in run.stderr
    return out


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if not p.name.startswith("."))


def sums(root: Path, *without: str) -> dict[str, str]:
    lines = (line.split("  ", 1) for line in (root / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    return {name: digest for digest, name in lines if name not in without}


def rows_of(database: Path) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        tables = [t for (t,) in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall()]
        return {t: connection.execute(f"SELECT * FROM {t} ORDER BY ALL").fetchall() for t in tables}


def test_parallel_processes_keep_a_group_together(request: pytest.FixtureRequest) -> None:
    """When this fails, pytest-xdist no longer knows our groups, and every process makes every dear fixture anew."""
    if request.config.getoption("loadgroup", False):
        assert request.node.nodeid.endswith("@releases")


def test_the_version_follows_from_what_changed(series: Path) -> None:
    assert names(series) == ["1.0.0", "1.0.1", "1.1.0"]
    entries = (series / "1.1.0" / "CHANGELOG.md").read_text(encoding="utf-8")
    assert [line.split()[1] for line in entries.splitlines() if line.startswith("## ")] == ["1.1.0", "1.0.1", "1.0.0"]
    with gzip.open(series / "1.0.1" / "changes" / "rows.csv.gz", "rt", encoding="utf-8", newline="") as f:
        changes = [r for r in csv.DictReader(f) if r["table_name"] == "cells" and r["column_name"] == "value"]
    assert any((r["value_old"], r["value_new"], r["reason"]) == ("29", "28", "source") for r in changes)


def test_every_release_of_the_series_is_sound(series: Path) -> None:
    run = ogi("release", "verify", str(series / "1.1.0"))
    assert (run.returncode, run.stderr) == (0, "")
    assert "Sound: all " in run.stdout and "not checked" not in run.stdout


def test_made_again_it_is_the_same_to_the_byte(builds: Path, series: Path, tmp_path: Path) -> None:
    run = ogi("release", "--input", str(builds / "base"), "--output", "again", *DATE, cwd=tmp_path, PYTHONHASHSEED="7")
    assert run.returncode == 0, run.stderr
    assert sums(tmp_path / "again" / "1.0.0") == sums(series / "1.0.0")


def test_a_build_of_the_same_files_in_another_order_gives_the_same(series: Path, tmp_path: Path) -> None:
    copy_sample(sorted((UNBALANCED, OFFICE, ADDED), reverse=True), tmp_path / "elsewhere")
    assert ogi("build", "--input", "elsewhere", "--output", "b", "--workers", "2", cwd=tmp_path).returncode == 0
    previous = str(series / "1.0.1")
    run = ogi("release", "--input", "b", "--output", "r", "--previous", previous, *DATE, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    ours, theirs = tmp_path / "r" / "1.1.0", series / "1.1.0"
    # DuckDB files hold random identifiers: they are equal by what is in them.
    assert sums(ours, "data/ogi.duckdb") == sums(theirs, "data/ogi.duckdb")
    assert rows_of(ours / "data" / "ogi.duckdb") == rows_of(theirs / "data" / "ogi.duckdb")


def test_what_did_not_change_is_not_released_again(builds: Path, series: Path) -> None:
    run = ogi("release", "--input", str(builds / "added"), "--output", str(series), *DATE)
    assert run.returncode == 1
    assert "nothing changed since 1.1.0" in run.stderr
    assert names(series) == ["1.0.0", "1.0.1", "1.1.0"] and not (series / ".partial").exists()


def test_a_version_that_is_not_the_right_one_is_refused(builds: Path, series: Path, tmp_path: Path) -> None:
    order = ("--input", str(builds / "changed"), "--output", "out", "--previous", str(series / "1.0.0"), *DATE)
    run = ogi("release", *order, "--version", "1.1.0", cwd=tmp_path)
    assert run.returncode == 1
    assert "asks for a patch step, 1.0.1" in run.stderr
    assert names(tmp_path / "out") == []


def test_a_release_is_never_written_over(builds: Path, series: Path) -> None:
    before = sums(series / "1.0.1")
    order = ("--input", str(builds / "corrected"), "--output", str(series), "--previous", str(series / "1.0.0"))
    run = ogi("release", *order, *DATE)
    assert run.returncode == 1
    assert "1.0.1 is there already" in run.stderr
    assert sums(series / "1.0.1") == before


def test_a_dataset_that_breaks_an_invariant_is_not_released(builds: Path, tmp_path: Path) -> None:
    """A blank that somebody turned into a printed 0, in Parquet and DuckDB file alike."""
    shutil.copytree(builds / "base", tmp_path / "forged", symlinks=True)
    version = (tmp_path / "forged" / ".versions" / "current").resolve()
    where = "table_code = 'applications' AND row_code = 'granted' AND column_code = 'total'"
    forged = f"""SELECT * REPLACE (CASE WHEN {where} THEN NULL ELSE printed END AS printed,
        CASE WHEN {where} THEN 'A' ELSE obs_status END AS obs_status) FROM {{old}}"""

    class Build(Folder):
        def parquet(self, table: str) -> Path:
            return version / "parquet" / f"{table}.parquet"

    rewritten(Build(version), "cells", forged)
    with duckdb.connect(str(version / "ogi.duckdb")) as connection:
        connection.execute("DELETE FROM cells")
        connection.execute(f"INSERT INTO cells SELECT * FROM read_parquet('{version}/parquet/cells.parquet')")
    run = ogi("release", "--input", "forged", "--output", "out", *DATE, cwd=tmp_path)
    assert run.returncode == 1
    assert "does not pass its own checks" in run.stderr and "invariants: " in run.stderr
    assert names(tmp_path / "out") == []


def test_the_release_before_must_be_whole_and_not_later(builds: Path, series: Path, tmp_path: Path) -> None:
    shutil.copytree(series / "1.0.0", tmp_path / "out" / "1.0.0")
    order = ("--input", str(builds / "changed"), "--output", "out")
    run = ogi("release", *order, "--date", "2026-02-28", cwd=tmp_path)
    assert (run.returncode, "is dated 2026-03-01: give that date or a later one" in run.stderr) == (1, True)
    (tmp_path / "out" / "1.0.0" / "data" / "parquet" / "cells.parquet").unlink()
    run = ogi("release", *order, *DATE, cwd=tmp_path)
    assert (run.returncode, "data/parquet/cells.parquet is missing" in run.stderr) == (1, True)
    assert names(tmp_path / "out") == ["1.0.0"]


def test_what_is_not_sound_is_not_published(series: Path, tmp_path: Path) -> None:
    shutil.copytree(series / "1.0.0", tmp_path / "7.0.0")
    run = ogi("release", "publish", "7.0.0", "--to", "archive", "--yes", cwd=tmp_path)
    assert (run.returncode, "was not sent: metadata" in run.stderr) == (1, True)
    assert not (tmp_path / "archive").exists()


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("--input", "nothing", *DATE), 1, "there is no dataset in nothing"),
        (("--input", "nothing"), 2, "say the date of the release"),
        (("--date", "1 March"), 2, "takes a date such as 2026-03-01"),
        (("--version", "1.0", *DATE), 2, "'1.0' is no version"),
        (("--doi", "https://doi.org/10.5281/zenodo.1", *DATE), 2, "takes a DOI"),
        (("--input", "b", "--output", "b/releases", *DATE), 2, "inside the build"),
        (("--about", "absent.yml", *DATE), 1, "absent.yml cannot be read"),
        (("verify", "nowhere"), 2, "there is no folder nowhere"),
        (("publish", "nowhere", "--to", "there"), 1, "nowhere"),
        (("publish", "nowhere", "--to", "there", "--final"), 2, "give both"),
    ],
)
def test_wrong_usage_is_one_message(arguments: tuple[str, ...], status: int, says: str, tmp_path: Path) -> None:
    run = ogi("release", *arguments, cwd=tmp_path)
    assert run.returncode == status
    assert says in run.stderr and "Traceback" not in run.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_date_may_come_from_the_environment(tmp_path: Path) -> None:
    run = ogi("release", "--input", "nothing", cwd=tmp_path, SOURCE_DATE_EPOCH="1772323200")
    assert "there is no dataset in nothing" in run.stderr
    run = ogi("release", "--input", "nothing", cwd=tmp_path, SOURCE_DATE_EPOCH="yesterday")
    assert (run.returncode, "SOURCE_DATE_EPOCH is no number" in run.stderr) == (2, True)


def test_published_into_a_folder_it_verifies_there(series: Path, tmp_path: Path) -> None:
    there = tmp_path / "archive"
    run = ogi("release", "publish", str(series / "1.0.0"), "--to", str(there))
    assert run.returncode == 0 and "Nothing was sent" in run.stdout and not there.exists()
    run = ogi("release", "publish", str(series / "1.0.0"), "--to", str(there), "--yes")
    assert run.returncode == 0, run.stderr
    assert (run.stdout + run.stderr).count("data/parquet/cells.parquet") == 1, "each file is named once"
    (copy,) = (p.parent for p in there.rglob("SHA256SUMS"))
    assert sums(copy) == sums(series / "1.0.0")


def test_the_job_makes_the_same_release(builds: Path, series: Path, tmp_path: Path) -> None:
    import dagster as dg

    from assets.definitions import definitions
    from assets.resources import Workspace

    job = definitions(Workspace(output=str(builds / "base"))).get_job_def("release")
    config = {"ops": {"make_release": {"config": {"date": DATE[1], "output": str(tmp_path / "out")}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        assert job.execute_in_process(run_config=config, instance=instance).success
    assert sums(tmp_path / "out" / "1.0.0") == sums(series / "1.0.0")
