"""`ogi hits`, `ogi dfm` and `ogi keyness` as a user runs them, each in a process of its own."""

from __future__ import annotations

import csv
import os
import threading
from pathlib import Path

import duckdb
import pytest

from pipeline.store.layout import Layout
from tests.test_cli import ogi
from tests.textdata.invented import invented_dataset


def test_hits_stand_below_each_other(invented: Layout, tmp_path: Path) -> None:
    target = tmp_path / "hits.csv"
    run = ogi("hits", "--term", "三审三校", "--output", str(invented.out), "--csv", str(target))
    assert run.returncode == 0, run.stderr
    first, second, *rest = run.stdout.splitlines()
    assert first == "2023  甲市政府办公室  overview  公开信息。【三审三校】。"
    assert second == "2024  丙县教育局  overview            落实【三审三校】，APP与App上线。"
    assert rest == ["(2 hits in 2 reports)", f"all hits: {target}"]
    with target.open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    assert [r["hit"] for r in rows] == ["三审三校"] * 2 and rows[0]["is_denied"] == "false"
    assert not list(tmp_path.glob("*.partial"))


def test_hits_are_bounded_on_the_terminal_and_whole_in_the_csv(invented: Layout, tmp_path: Path) -> None:
    target = tmp_path / "hits.csv"
    run = ogi("hits", "--category", "training", "--limit", "1", "--output", str(invented.out), "--csv", str(target))
    assert run.stdout.count("【") == 1 and "(7 hits in 3 reports)" in run.stdout
    assert len(target.read_text("utf-8").splitlines()) == 8


def test_hits_say_where_the_dataset_knows_other_dictionaries(tmp_path: Path) -> None:
    layout = invented_dataset(tmp_path / "built")
    with duckdb.connect(str(layout.database)) as db:
        db.execute("UPDATE dictionaries SET sha256 = 'other' WHERE dictionary = 'disclosure_practice'")
    run = ogi("hits", "--term", "三审三校", "--output", str(layout.out))
    assert run.returncode == 0 and "(2 hits in 2 reports)" in run.stdout
    assert "counted with other word lists (disclosure_practice): hits may differ from features" in run.stderr


def test_a_matrix_for_other_programs(invented: Layout, tmp_path: Path) -> None:
    run = ogi("dfm", "--output", str(invented.out), "--to", str(tmp_path / "m"), "--where", "report_year = 2024")
    assert run.returncode == 0, run.stderr
    assert "8 documents" in run.stdout and "rows.csv, columns.csv, matrix.mtx, README.txt" in run.stdout


def test_keyness_names_its_statistic_and_both_groups(invented: Layout, tmp_path: Path) -> None:
    figures, picture = tmp_path / "k.csv", tmp_path / "k.svg"
    run = ogi(
        *("keyness", "--output", str(invented.out), "--group", "division_level = 'county'", "--limit", "2"),
        *("--csv", str(figures), "--plot", str(picture)),
    )
    assert run.returncode == 0, run.stderr
    assert "statistic  log-likelihood G² (Dunning 1993), signed, no correction" in run.stdout
    assert "neither    1 report, because the condition is null for it" in run.stdout
    assert "more in the group" in run.stdout and "more in the reference" in run.stdout
    assert figures.read_text("utf-8").startswith("feature,class,log_likelihood,p,p_adjusted,count_group,")
    assert picture.read_text("utf-8").startswith("<svg ")


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["hits"], 2, "--category CODE (of the dictionaries) or --term WORDING"),
        (["hits", "--category", "dancing"], 1, "choose of "),
        (["hits", "--term", "培训", "--where", "1"], 1, "not true or false"),
        (["hits", "--term", "培训", "--csv", "no/such/folder.csv"], 1, "cannot write no/such/folder.csv"),
        (["hits", "--term", "培训", "--context", "9999"], 2, "up to 500"),
        (["dfm"], 2, "--to"),
        (["dfm", "--to", "m", "--section", "seven"], 1, "choose of overview, problems, other_matters"),
        (["dfm", "--to", "m", "--where", "x = 1"], 1, "columns of reports"),
        (["dfm", "--to", "m", "--min-reports", "0"], 2, "whole number above 0"),
        (["dfm", "--to", "a file"], 2, "--to takes a folder"),
        (["dfm", "--to", ""], 2, "takes a folder, not an empty name"),
        (["dfm", "--to", "own"], 1, "own holds rows.csv, which ogi dfm did not write there"),
        (["hits", "--term", "培训", "--csv", "own"], 2, "takes a file to write, not the folder own"),
        (["hits", "--term", "培训", "--csv", ""], 2, "takes a file to write, not an empty name"),
        (["keyness", "--group", "report_year = 2023", "--csv", "own"], 2, "not the folder own"),
        (["keyness", "--group", "report_year = 2023", "--plot", "own"], 2, "not the folder own"),
        (["keyness", "--group", "random() > 0.5"], 1, "other answers"),
        (["dfm", "--to", "/proc/ogi"], 1, "choose another folder with --to"),
        (["keyness"], 2, "--group"),
        (["keyness", "--group", "report_year = 1"], 1, "nothing to count"),
        (["keyness", "--group", "report_year = 2023", "--plot", "a file/x.svg"], 1, "cannot write a file/x.svg"),
    ],
)
def test_what_cannot_be_says_why(
    invented: Layout, tmp_path: Path, arguments: list[str], status: int, says: str
) -> None:
    (tmp_path / "a file").touch()
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "rows.csv").write_text("mine")
    run = ogi(*arguments, "--output", str(invented.out), cwd=tmp_path)
    assert (run.returncode, run.stdout) == (status, ""), run.stderr
    assert says in run.stderr and "Traceback" not in run.stderr
    assert [p.read_text() for p in (tmp_path / "own").iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("arguments", "option", "begins"),
    [
        (["hits", "--term", "三审三校"], "--csv", "report_id,issuer,"),
        (["keyness", "--group", "report_year = 2023"], "--csv", "feature,class,"),
        (["keyness", "--group", "report_year = 2023"], "--plot", "<svg "),
        (["dictionary", "export"], "--output", "#"),
    ],
)
@pytest.mark.parametrize("has_link", [False, True])
def test_a_pipe_is_written_and_stays_a_pipe(
    invented: Layout, tmp_path: Path, arguments: list[str], option: str, begins: str, has_link: bool
) -> None:
    pipe, target = tmp_path / "pipe", tmp_path / "target"
    os.mkfifo(pipe)
    target.symlink_to(pipe) if has_link else pipe.rename(target)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(target.read_text("utf-8")), daemon=True)
    reader.start()
    dataset = () if arguments[0] == "dictionary" else ("--output", str(invented.out))
    run = ogi(*arguments, *dataset, option, str(target))
    reader.join(10)
    assert run.returncode == 0, run.stderr
    assert [text.startswith(begins) for text in read] == [True]
    assert target.is_fifo() and target.is_symlink() == has_link
    assert sorted(p.name for p in tmp_path.iterdir()) == (["pipe", "target"] if has_link else ["target"])


@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
def test_terminals_of_other_encodings(invented: Layout, encoding: str) -> None:
    for arguments in (
        ["hits", "--term", "三审三校", "--output", str(invented.out)],
        ["keyness", "--group", "report_year = 2023", "--output", str(invented.out)],
        ["dictionary"],
        ["dictionary", "validate"],
    ):
        run = ogi(*arguments, PYTHONIOENCODING=encoding)
        # 1: a held-out sample misses the bar, which is said
        assert run.returncode in (0, 1) and len(run.stdout) > 100 and "Traceback" not in run.stderr, run.stderr


def test_a_wording_from_a_shell_of_another_locale_is_read_as_utf_8(invented: Layout) -> None:
    c_locale = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    wanted = ("--term", "三审三校", "--where", "issuer LIKE '%县%'", "--output", str(invented.out))
    assert "(1 hit in 1 report)" in ogi("hits", *wanted, **c_locale).stdout
    group = ("--group", "issuer LIKE '%县%'", "--output", str(invented.out))
    assert ogi("keyness", *group, **c_locale).returncode == 0


def test_hits_of_a_dataset_from_before_the_word_lists_were_recorded(tmp_path: Path) -> None:
    layout = invented_dataset(tmp_path / "built")
    with duckdb.connect(str(layout.database)) as db:
        db.execute("DROP TABLE dictionaries")
    run = ogi("hits", "--term", "三审三校", "--output", str(layout.out))
    assert run.returncode == 0 and "(2 hits in 2 reports)" in run.stdout
    assert "does not say with which word lists it was counted: hits may differ from features" in run.stderr


def test_help_says_when_yates_correction_is_made() -> None:
    assert "an expected count is below 5 and |ad - bc| is N/2 or more" in ogi("keyness", "--help").stdout


@pytest.mark.parametrize(
    "arguments", [["hits", "--term", "培训"], ["dfm", "--to", "m"], ["keyness", "--group", "report_year = 1"]]
)
def test_without_a_dataset(tmp_path: Path, arguments: list[str]) -> None:
    run = ogi(*arguments, "--output", "nowhere", cwd=tmp_path)
    assert (run.returncode, run.stdout) == (1, "")
    assert "there is no dataset in nowhere" in run.stderr and not (tmp_path / "m").exists()
