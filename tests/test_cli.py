"""The command as a user runs it, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
REPORT = "2024年政府信息公开工作年度报告\n\n一、总体情况\n2024年，我局公开信息3条。\n\n六、其他需要报告的事项\n无。\n"


def ogi(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "PYTHONIOENCODING": "utf-8"},
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("build")
    (folder / "in" / "2024").mkdir(parents=True)
    (folder / "in" / "2024" / "某局.txt").write_text(f"某市某局{REPORT}", encoding="utf-8")
    (folder / "in" / "copy.txt").write_text(f"某市某局{REPORT}", encoding="utf-8")
    (folder / "in" / "empty.txt").write_text("", encoding="utf-8")
    out = folder / "out"
    return out, ogi("build", "--input", str(folder / "in"), "--output", str(out), "--workers", "1")


def test_a_build_ends_with_a_summary_and_no_noise(built: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, run = built
    assert run.returncode == 0, run.stderr
    # On a slow machine the line comes more than once, with smaller numbers first.
    progress = run.stderr.splitlines()
    assert progress[-1] == "read 3 of 3 documents"
    assert all(line.startswith("read ") and line.endswith(" of 3 documents") for line in progress)
    for part in ("3 documents", "empty_file", "same_content", "Findings", f"--output {out}", "ogi ui"):
        assert part in run.stdout
    assert json.loads((out / ".dagster" / "ogi.json").read_text())["input"].endswith("/in")
    assert len(list(out.rglob("cells.parquet"))) == 1


def test_sql_as_table_csv_and_json(built: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, _ = built
    query = "SELECT 1.50::DECIMAL(18,6) AS x, '某局' AS name, NULL AS nothing"
    table = ogi("sql", query, "--output", str(out))
    assert table.stdout == "  x  name  nothing\n───  ────  ───────\n1.5  某局\n(1 row)\n"
    assert ogi("sql", query, "--csv", "--output", str(out)).stdout == "x,name,nothing\n1.5,某局,\n"
    assert json.loads(ogi("sql", query, "--json", "--output", str(out)).stdout) == [
        {"x": 1.5, "name": "某局", "nothing": None}
    ]


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["sql", "SELECT 1", "--output", "nowhere"], 1, "there is no dataset in nowhere"),
        (["build", "--input", "nowhere", "--output", "x"], 2, "does not exist"),
        (["build", "--input", ".", "--output", "./inside"], 2, "lies inside the input folder"),
        (["build", "--workers", "many"], 2, "takes a number"),
        (["ui", "--output", "nowhere"], 2, "nothing was built in nowhere"),
        (["dance"], 2, "invalid choice"),
    ],
)
def test_what_cannot_be_says_why(tmp_path: Path, arguments: list[str], status: int, says: str) -> None:
    run = ogi(*arguments, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (status, "")
    assert says in run.stderr and "Traceback" not in run.stderr


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    run = ogi("build", "--input", str(tmp_path / "in"), "--output", str(tmp_path / "out"))
    assert run.returncode == 1 and "holds no documents" in run.stderr


def test_sql_errors_and_writes_are_refused(built: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, _ = built
    for query, says in (("SELECT * FROM nothing", "nothing"), ("DELETE FROM cells", "read-only")):
        run = ogi("sql", query, "--output", str(out))
        assert run.returncode == 1 and says in run.stderr and "Traceback" not in run.stderr


def test_rules_and_version_and_help() -> None:
    assert "balance_mismatch" in ogi("rules").stdout
    assert ogi("--version").stdout.startswith("ogi ")
    assert "ogi build" in ogi("--help").stdout


def test_sql_starts_without_dagster_or_great_expectations() -> None:
    script = "import sys, pipeline.cli, pipeline.store.query\nprint({'dagster', 'great_expectations', 'polars'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout == "set()\n"
