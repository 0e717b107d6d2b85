"""The command as a user runs it, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("cli")

ROOT = Path(__file__).resolve().parent.parent
REPORT = "2024年政府信息公开工作年度报告\n\n一、总体情况\n2024年，我局公开信息3条。\n\n六、其他需要报告的事项\n无。\n"


def ogi(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """What the command prints is read as UTF-8, whatever it is told to write."""
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "PYTHONIOENCODING": "utf-8", **environment},
        check=False,
        timeout=120,
    )


def write(folder: Path, *names: str) -> None:
    for n, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"某市第{n}局{REPORT}", encoding="utf-8")


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
    assert progress[-1].startswith("read 3 of 3 documents")
    assert all(line.startswith("read ") and " of 3 documents" in line for line in progress)
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
        (["build", "--input", "in", "--output", "a file"], 2, "is a file"),
        (["build", "--input", "in", "--output", "a file/x"], 1, "choose a folder with --output"),
        (["build", "--input", "in", "--output", "/proc/ogi"], 1, "choose a folder with --output"),
        (["build", "--input", "in", "--output", "why?"], 2, "question mark"),
        (["build", "--input", "loop", "--output", "x"], 2, "--input"),
        (["ui", "--input", "in", "--output", "why?"], 2, "question mark"),
        (["ui", "--input", "in", "--output", "out[1]"], 2, "pattern"),
        (["ui", "--input", "in", "--output", "a file/x"], 1, "choose a folder with --output"),
    ],
)
def test_what_cannot_be_says_why(tmp_path: Path, arguments: list[str], status: int, says: str) -> None:
    write(tmp_path, "in/2024/a.txt")
    (tmp_path / "a file").touch()
    (tmp_path / "loop").symlink_to("loop")
    run = ogi(*arguments, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (status, "")
    assert says in run.stderr and "Traceback" not in run.stderr


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    run = ogi("build", "--input", str(tmp_path / "in"), "--output", str(tmp_path / "out"))
    assert run.returncode == 1 and "holds no documents" in run.stderr


def test_sql_errors_and_writes_are_refused(built: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, _ = built
    for query, says in (
        ("SELECT * FROM nothing", "nothing"),
        ("DELETE FROM cells", "read-only"),
        ("", "the query is empty"),
        (" ; ", "the query is empty"),
    ):
        run = ogi("sql", query, "--output", str(out))
        assert run.returncode == 1 and says in run.stderr and "Traceback" not in run.stderr
    assert ogi("sql", "SELECT count(*) FROM applications", "--output", str(out)).returncode == 0, "views still work"


def test_names_that_are_patterns_long_or_no_utf_8_are_names_like_any_other(tmp_path: Path) -> None:
    long = "县" * 81 + "xx"
    names = ("[2023]/a.txt", "2/b.txt", "a*b/c.txt", "a...b/d.txt", f"{long}/e.txt")
    gbk = os.fsdecode("局".encode("gbk"))
    write(tmp_path / "in", *names, f"{gbk}/{gbk}.txt")
    (tmp_path / "in" / "2" / "self").symlink_to("self")
    os.mkfifo(tmp_path / "in" / "2" / "pipe")
    (tmp_path / "out1").mkdir()
    output = "out[1]*"
    run = ogi("build", "--input", "in", "--output", output, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert {line.split()[0] for line in run.stderr.splitlines()} == {"read"}, "no word of Dagster's"
    assert "6 documents" in run.stdout
    assert "2 entries left out: 2/pipe (neither a file nor a folder), 2/self (" in run.stdout
    asked = ogi("sql", "SELECT source_path, intake, outcome FROM documents", "--csv", "--output", output, cwd=tmp_path)
    assert sorted(asked.stdout.splitlines()[1:]) == sorted(
        [f"{n},{n.partition('/')[0]},parsed" for n in names] + [r"\xbe\xd6/\xbe\xd6.txt,\xbe\xd6,parsed"]
    )


def test_something_else_in_a_published_place_is_said_before_anything_is_read(tmp_path: Path) -> None:
    write(tmp_path, "in/a.txt")
    write(tmp_path, "out/ogi.duckdb")
    run = ogi("build", "--input", "in", "--output", "out", cwd=tmp_path)
    assert run.returncode == 1 and "ogi.duckdb is in the way" in run.stderr and "move it" in run.stderr
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["ogi.duckdb"]


def test_a_ui_that_cannot_be_served_says_why_and_remembers_nothing(
    built: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    out, _ = built
    settings = (out / ".dagster" / "ogi.json").read_text()
    assert "limits" not in json.loads(settings)
    write(tmp_path, "other/a.txt")
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        for source, says in (
            ("nowhere", "does not exist"),
            ("other", f"port {port} is in use: pass another with --port"),
        ):
            run = ogi("ui", "--input", str(tmp_path / source), "--output", str(out), "--port", port)
            assert (run.returncode, run.stdout) == (1, "") and says in run.stderr and "Traceback" not in run.stderr
    assert (out / ".dagster" / "ogi.json").read_text() == settings


def test_ctrl_c_ends_a_build_in_one_line(tmp_path: Path) -> None:
    write(tmp_path, *(f"in/{n}.txt" for n in range(3000)))
    command = [sys.executable, "-m", "pipeline.cli", "build", "--input", "in", "--output", "out", "--workers", "1"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 60
    while not list(tmp_path.glob("out/.work/read/*")) and run.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out) == (130, "")
    said = [line for line in err.splitlines() if not line.startswith("read ")]
    assert said == ["ogi: stopped; what was published before is unchanged"]


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "gbk"},
        {"PYTHONIOENCODING": "", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_what_the_terminal_cannot_show_is_a_question_mark_and_said(
    built: tuple[Path, subprocess.CompletedProcess[str]], environment: dict[str, str]
) -> None:
    out, _ = built
    run = ogi("sql", "SELECT 'ñ局' AS name, length('ñ局') AS n", "--csv", "--output", str(out), **environment)
    assert run.returncode == 0 and "?" in run.stdout and run.stdout.endswith(",2\n")
    assert "became a question mark: for exact text set PYTHONIOENCODING=utf-8" in run.stderr
    listed = ogi("rules", **environment)
    assert listed.returncode == 0 and "Traceback" not in listed.stderr


def test_nothing_is_said_of_question_marks_where_every_character_was_written(
    built: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    run = ogi("sql", "SELECT '某局'", "--csv", "--output", str(built[0]), PYTHONIOENCODING="gbk")
    assert (run.returncode, run.stderr) == (0, "")


def test_a_full_device_is_one_message(built: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, _ = built
    for arguments in (["sql", "SELECT 1", "--output", str(out)], ["rules"], ["dictionary"]):
        with Path("/dev/full").open("w") as full:
            run = subprocess.run(
                [sys.executable, "-m", "pipeline.cli", *arguments],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                check=False,
            )
        assert run.returncode == 1
        assert run.stderr == "ogi: cannot write or read (standard output: No space left on device)\n"


def test_ctrl_c_ends_a_query_in_one_line(built: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    endless = "SELECT count(*) FROM range(10000000000) a, range(10000000000) b WHERE a <> b"
    script = (
        "import os, signal, sys, threading; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "import pipeline.cli, pipeline.store.query, duckdb; threading.Timer(4, os.kill, [os.getpid(), signal.SIGINT]).start(); "
        "sys.exit(pipeline.cli.main(sys.argv[1:]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, "sql", endless, "--output", str(built[0])],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=60,
    )
    stopped = "ogi: stopped; what was published before is unchanged\n"
    assert (run.returncode, run.stdout, run.stderr) == (130, "", stopped), "and no progress amid the answer"


def test_rules_and_version_and_help() -> None:
    assert "balance_mismatch" in ogi("rules").stdout
    assert ogi("--version").stdout.startswith("ogi ")
    assert "ogi build" in ogi("--help").stdout


def test_sql_starts_without_dagster_or_great_expectations() -> None:
    script = "import sys, pipeline.cli, pipeline.store.query\nprint({'dagster', 'great_expectations', 'polars'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout == "set()\n"
