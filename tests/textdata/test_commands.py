"""`ogi hits`, `ogi dfm` and `ogi keyness` as a user runs them, each in a process of its own."""

from __future__ import annotations

import csv
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
    run = ogi(*arguments, "--output", str(invented.out), cwd=tmp_path)
    assert (run.returncode, run.stdout) == (status, ""), run.stderr
    assert says in run.stderr and "Traceback" not in run.stderr


@pytest.mark.parametrize(
    "arguments", [["hits", "--term", "培训"], ["dfm", "--to", "m"], ["keyness", "--group", "report_year = 1"]]
)
def test_without_a_dataset(tmp_path: Path, arguments: list[str]) -> None:
    run = ogi(*arguments, "--output", "nowhere", cwd=tmp_path)
    assert (run.returncode, run.stdout) == (1, "")
    assert "there is no dataset in nowhere" in run.stderr and not (tmp_path / "m").exists()
