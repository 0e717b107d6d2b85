"""`ogi explain` and `ogi dossier` as a user calls them."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from pipeline.cli import main
from pipeline.dossier.source import SourceReader, Unavailable, Wanted
from pipeline.limits import Limits
from tests.conftest import SAMPLE

pytestmark = pytest.mark.xdist_group("dossier")


def ask(build: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(build / "ogi.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture
def mismatch(sample_build: Path) -> str:
    ((flag_id,),) = ask(
        sample_build,
        "SELECT flag_id FROM flags WHERE rule_code = 'balance_mismatch' AND column_code = 'natural_person'",
    )
    return flag_id


def test_a_finding_is_explained_with_its_cells_and_lines(
    sample_build: Path, mismatch: str, capsys: pytest.CaptureFixture[str]
):
    assert main(["explain", mismatch[:8], "--output", str(sample_build)]) == 0
    out = capsys.readouterr().out
    for line in (
        "新收加上年结转为31，总计加结转下年为36",
        "new and carried in are 31, handled and carried over 36",
        "2024/unbalanced_2024.txt",
        "▶ 75 │ \t⟦29⟧",
        "  74 │ \t一、本年新收政府信息公开申请数量",
    ):
        assert line in out
    assert [x.split()[:3] for x in out.splitlines() if " characters " in x and x[:1] in "一二（四"] == [
        ["一、本年新收政府信息公开申请数量", "A", "29"],
        ["二、上年结转政府信息公开申请数量", "A", "2"],
        ["（七）总计", "A", "34"],
        ["四、结转下年度继续办理", "A", "2"],
    ]


def test_every_finding_of_the_sample_can_be_explained(sample_build: Path, capsys: pytest.CaptureFixture[str]):
    for flag_id, rule, locator in ask(
        sample_build,
        "SELECT flag_id, rule_code, locator FROM flags QUALIFY row_number() OVER (PARTITION BY rule_code ORDER BY flag_id) = 1",
    ):
        assert main(["explain", flag_id, "--output", str(sample_build)]) == 0
        out = capsys.readouterr().out
        assert out.startswith(rule)
        assert ("│" in out) == (locator is not None)


def test_an_unknown_or_ambiguous_finding(sample_build: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["explain", "zz", "--output", str(sample_build)]) == 1
    assert "no finding zz" in capsys.readouterr().err
    ((first, count),) = ask(
        sample_build, "SELECT flag_id[1:1] AS f, count(*) FROM flags GROUP BY f HAVING count(*) > 1 ORDER BY f LIMIT 1"
    )
    assert main(["explain", first, "--output", str(sample_build)]) == 1
    error = capsys.readouterr().err
    assert f"{count} findings begin with {first}" in error
    assert error.count("\n  ") == min(count, 20)


@pytest.mark.parametrize("command", [["explain", "a"], ["dossier"], ["dossier", "--all"]])
def test_without_a_dataset(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main([*command, "--output", str(tmp_path / "none")]) == 1
    assert "there is no dataset" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_without_the_input_folder_what_the_dataset_has_is_shown(
    sample_build: Path, mismatch: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    gone = ["--output", str(sample_build), "--input", str(tmp_path / "gone")]
    assert main(["explain", mismatch, *gone]) == 0
    out = capsys.readouterr().out
    assert "the input folder is gone" in out and "输入文件夹已不在" in out and "▶" not in out
    assert main(["dossier", "2024/unbalanced_2024.txt", *gone, "--to", str(tmp_path / "to")]) == 0
    assert "shows no source" in capsys.readouterr().err


def test_a_changed_document_is_not_shown_as_the_one_that_was_read(
    sample_build: Path, mismatch: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "2024").mkdir()
    changed = tmp_path / "2024" / "unbalanced_2024.txt"
    changed.write_bytes((SAMPLE / "2024" / "unbalanced_2024.txt").read_bytes() + b"\n")
    assert main(["explain", mismatch, "--output", str(sample_build), "--input", str(tmp_path)]) == 0
    assert "the document has changed since" in capsys.readouterr().out


def test_pages_of_named_reports(sample_build: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    ((report_id,),) = ask(sample_build, "SELECT report_id FROM reports WHERE source_path = '2024/web_2023.txt'")
    names = [report_id[:10], "2024/web_2023.txt", "batch.zip", "records.jsonl!record_text_2023"]
    assert main(["dossier", *names, "--output", str(sample_build), "--to", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("4 pages: ")
    pages = {p.name for p in tmp_path.iterdir()}
    assert len(pages) == 5 and {"index.html", f"{report_id}.html"} < pages
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert all(p in index for p in pages - {"index.html"})


def test_without_names_pages_of_reports_with_errors_and_warnings(sample_build: Path, tmp_path: Path):
    assert main(["dossier", "--output", str(sample_build), "--to", str(tmp_path)]) == 0
    flagged = ask(sample_build, "SELECT DISTINCT report_id FROM flags WHERE severity <> 'info'")
    assert {p.stem for p in tmp_path.iterdir()} == {"index", *(r for (r,) in flagged)}


def test_a_report_that_is_not_there(sample_build: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for name, said in (
        ("nothing", "no report nothing"),
        ("2023/empty.txt", "unreadable (empty_file"),
        ("", "no report"),
    ):
        assert main(["dossier", name, "--output", str(sample_build), "--to", str(tmp_path / "to")]) == 1
        assert said in capsys.readouterr().err
    (tmp_path / "file").touch()
    assert main(["dossier", "--output", str(sample_build), "--to", str(tmp_path / "file")]) == 2
    assert "--to takes a folder" in capsys.readouterr().err


def test_a_path_that_leads_out_of_the_input_folder_is_not_followed(tmp_path: Path):
    (tmp_path / "in").mkdir()
    shutil.copy(SAMPLE / "2024" / "web_2023.txt", tmp_path / "outside.txt")
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "outside.txt")
    with SourceReader(tmp_path / "in", Limits()) as reader:
        for path in ("../outside.txt", str(tmp_path / "outside.txt"), "link.txt", "\x00", "in"):
            assert reader.read(Wanted(path, None, "0" * 64)) == Unavailable("source_gone")


def test_a_document_that_takes_too_long_does_not_stop_the_next(tmp_path: Path):
    import hashlib

    (tmp_path / "a.html").write_text("<table>" + "<tr><td>一" * 60_000, encoding="utf-8")
    (tmp_path / "b.txt").write_text("一\n", encoding="utf-8")

    def read(reader: SourceReader, name: str):
        return reader.read(Wanted(name, None, hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()))

    with SourceReader(tmp_path, Limits(max_seconds=0.02)) as reader:
        assert read(reader, "a.html") == Unavailable("took_too_long", "0.02 s")
    with SourceReader(tmp_path, Limits()) as reader:
        found = read(reader, "b.txt")
    assert not isinstance(found, Unavailable) and found.source == "一\n"
