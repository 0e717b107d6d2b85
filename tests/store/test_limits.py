"""What one document may cost is a setting: it holds in the reading process, and a wrong one is said."""

from __future__ import annotations

import hashlib
import io
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from assets.resources import Workspace, from_environment
from pipeline.limits import Limits
from pipeline.store import containers, corpus, inventory, ledger
from pipeline.store.layout import Layout
from tests.store.fakes import PARSER
from tests.store.test_work import read
from tests.test_cli import ogi

GIGABYTE = 1024**3


def read_folder(root: Path, out: Path, limits: Limits) -> pl.DataFrame:
    layout = Layout(out)
    taken = inventory.take(root, limits)
    corpus.write_inventory(layout, taken, taken.intakes)
    ledger.bring_up_to_date(layout, taken.root, taken.files, parser=PARSER, limits=limits)
    return corpus.rows(layout, "documents").collect().sort("source_path", "member")


def test_a_document_above_the_limit_is_hashed_but_not_read(tmp_path: Path) -> None:
    _, documents = read(tmp_path, {"a.txt": "x" * 10, "b.txt": "x" * 11}, limits=Limits(max_bytes=10))
    assert documents.select("outcome", "reason_code", "size_bytes").rows() == [
        ("parsed", None, 10),
        ("unreadable", "too_large", 11),
    ]
    assert documents["content_sha256"][1] == hashlib.sha256(b"x" * 11).hexdigest()
    assert "11 bytes" in documents["reason"][1] and "limit of 10" in documents["reason"][1]


def test_memory_and_time_are_limited_for_each_document(tmp_path: Path) -> None:
    texts = {"a.txt": "甲局", "b.txt": "greedy", "c.txt": "hang", "d.txt": "deep", "e.txt": "乙局"}
    _, documents = read(tmp_path, texts, limits=Limits(max_memory=GIGABYTE, max_seconds=2))
    assert documents.select("outcome", "reason_code").rows() == [
        ("parsed", None),
        ("unreadable", "reader_failed"),
        ("unreadable", "timed_out"),
        ("unreadable", "reader_failed"),
        ("parsed", None),
    ]
    assert "MemoryError" in documents["reason"][1]
    assert documents["reason"][2] == "took longer than 2 s"
    assert "RecursionError" in documents["reason"][3]


def test_a_file_whose_bytes_cannot_be_got_at_is_one_row_and_the_rest_is_read(tmp_path: Path) -> None:
    """It became a pipe after it was listed: opening it waits for ever, also for the hash."""
    for name in "abc":
        (tmp_path / name).write_text(f"{name}局", encoding="utf-8")
    taken = inventory.take(tmp_path)
    (tmp_path / "b").unlink()
    os.mkfifo(tmp_path / "b")
    layout = Layout(tmp_path / "out")
    corpus.write_inventory(layout, taken, taken.intakes)
    ledger.bring_up_to_date(layout, taken.root, taken.files, parser=PARSER, limits=Limits(max_seconds=1))
    documents = corpus.rows(layout, "documents").collect().sort("source_path")
    assert documents.select("source_path", "reason_code", "content_sha256").rows()[1] == ("b", "timed_out", None)
    assert documents["outcome"].to_list() == ["parsed", "unreadable", "parsed"]


def peak_kilobytes_of(work: Callable[[], object]) -> int:
    """How far the resident memory of this process rises meanwhile (Linux keeps the peak; it is reset first)."""
    Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status")
    before = _field(status.read_text(), "VmRSS")
    work()
    return _field(status.read_text(), "VmHWM") - before


def _field(status: str, name: str) -> int:
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(name))


@pytest.mark.slow
def test_two_gigabytes_of_nothing_are_hashed_without_being_held(tmp_path: Path) -> None:
    with (tmp_path / "big.html").open("wb") as f:
        f.truncate(2 * GIGABYTE)
    limits = Limits(max_bytes=10_000_000)
    (source,) = inventory.take(tmp_path).files
    got: list[containers.Content] = []
    risen = peak_kilobytes_of(lambda: got.append(containers.fetch(tmp_path / "big.html", source, limits)))
    assert got[0].size == 2 * GIGABYTE and got[0].fault is not None and got[0].fault.reason_code == "too_large"
    assert risen < 100_000


@pytest.mark.slow
def test_ten_gigabytes_of_zeros_in_a_zip_cost_next_to_nothing(tmp_path: Path) -> None:
    """Flat, and nested as the well-known bomb is: archives in archives."""
    zeros = io.BytesIO()
    with (
        zipfile.ZipFile(zeros, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z,
        z.open("zeros", "w", force_zip64=True) as m,
    ):
        for _ in range(640):
            m.write(bytes(16 * 1024**2))
    root = tmp_path / "in"
    root.mkdir()
    (root / "flat.zip").write_bytes(zeros.getvalue())
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as z:
        for i in range(16):
            z.writestr(f"{i}.zip", zeros.getvalue()[:100_000])
    with zipfile.ZipFile(root / "nested.zip", "w", zipfile.ZIP_DEFLATED) as z:
        for i in range(3):
            z.writestr(f"{i}.zip", inner.getvalue())
        z.writestr("report.txt", "甲局")
    start = time.monotonic()
    documents = read_folder(root, tmp_path / "out", Limits())
    assert documents.select("source_path", "member", "reason_code").rows() == [
        ("flat.zip", "zeros", "too_large"),
        *(("nested.zip", f"{i}.zip", "nested_container") for i in range(3)),
        ("nested.zip", "report.txt", None),
    ]
    assert time.monotonic() - start < 60, "unpacking them takes minutes"


def test_the_workspace_passes_its_limits_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Workspace().allowed == Limits()
    monkeypatch.setenv("OGI_LIMITS", '{"max_pages": 3}')
    assert from_environment().allowed == Limits(max_pages=3)
    with pytest.raises(ValueError, match="is no limit"):
        _ = Workspace(limits={"max_size": 3}).allowed


def test_a_limit_on_the_command_line_holds_and_is_remembered(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("某局" * 500, encoding="utf-8")
    (tmp_path / "in" / "manifest.csv").write_text("path,url\ngone.txt,http://x.cn/\n")
    limit = ("--limit", "max_bytes=1000", "--limit", "max_pages=1e2")
    run = ogi("build", "--input", "in", "--output", "out", "--workers", "1", *limit, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "too_large" in run.stdout
    assert "1 entry left out: manifest.csv line 2 (names gone.txt, which is no document here" in run.stdout
    assert '"limits": {"max_bytes": 1000.0, "max_pages": 100.0}' in (tmp_path / "out/.dagster/ogi.json").read_text()


@pytest.mark.parametrize("wrong", ["max_size=3", "max_bytes", "max_bytes=many", "max_bytes=0", "max_bytes=inf"])
@pytest.mark.parametrize("command", ["build", "ui"])
def test_a_wrong_limit_names_those_that_there_are(command: str, wrong: str) -> None:
    run = ogi(command, "--limit", wrong)
    assert run.returncode == 2 and run.stdout == "" and "Traceback" not in run.stderr
    assert f"not {wrong!r}" in run.stderr and "max_bytes=67108864" in run.stderr and "max_seconds=120" in run.stderr
