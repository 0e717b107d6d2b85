"""Whole builds: what did not change costs nothing, what changed comes out as if built from nothing, byte for byte."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from pipeline.store.layout import Layout
from tests.conftest import copy_sample

pytestmark = pytest.mark.xdist_group("incremental")

ROOT = Path(__file__).parents[2]
REPORTS = ("2023/web_2022.txt", "2023/town_2022.html", "2023/word_2022.txt", "2023/first_town_2022.txt", "batch.zip")
CODE = ("pipeline", "assets", "expectations", "data/dictionaries")


def build(source: Path, out: Path, code: Path = ROOT) -> None:
    command = [sys.executable, "-m", "pipeline.cli", "build", "--input", str(source), "--output", str(out)]
    env = {**os.environ, "PYTHONPATH": str(code)}
    run = subprocess.run(
        [*command, "--workers", "1"], cwd=code, env=env, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert run.returncode == 0, run.stderr


def published(out: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in Layout(out).parquet.glob("*.parquet")}


def places(folder: Path, pattern: str = "*") -> dict[Path, int]:
    """Files by their inode: one that is written anew has another."""
    return {p: p.stat().st_ino for p in folder.rglob(pattern) if p.is_file()}


def rows_read(out: Path) -> dict[Path, int]:
    return places(Layout(out).shards, "*.read.parquet")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_sample(REPORTS, tmp_path_factory.mktemp("incremental") / "in")


@pytest.fixture(scope="module")
def out(source: Path) -> Path:
    build(source, source.parent / "out")
    return source.parent / "out"


def test_unchanged_input_publishes_nothing_and_reads_nothing(source: Path, out: Path) -> None:
    layout = Layout(out)
    before = places(layout.versions), rows_read(out), sorted(layout.history.iterdir())
    build(source, out)
    assert (places(layout.versions), rows_read(out), sorted(layout.history.iterdir())) == before


def test_a_changed_rule_flags_anew_and_reads_nothing(source: Path, out: Path, tmp_path: Path) -> None:
    for name in CODE:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(out, tmp_path / "out", symlinks=True)
    before, read = published(out), rows_read(tmp_path / "out")
    (code,) = pl.read_parquet(Layout(out).parquet / "flags.parquet")["rule_code"].mode().sort()[:1]
    rule = tmp_path / f"expectations/rules/{code}.py"
    text = rule.read_text(encoding="utf-8")
    changed, times = re.subn(r'(message_en=[\s(]*f?")', r"\1Anew: ", text)
    assert times == 1
    rule.write_text(changed, encoding="utf-8")
    build(source, tmp_path / "out", tmp_path)
    after = published(tmp_path / "out")
    assert rows_read(tmp_path / "out") == read
    assert {"flags.parquet"} <= {t for t in after if after[t] != before[t]} <= {"flags.parquet", "rules.parquet"}
    assert "Anew: " in "".join(pl.read_parquet(tmp_path / "out/parquet/flags.parquet")["message_en"])
    build(source, tmp_path / "from nothing", tmp_path)
    assert published(tmp_path / "from nothing") == after


def test_changed_removed_renamed_and_new_documents(source: Path, out: Path) -> None:
    path = source / "2023/web_2022.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("2022", "2021"), encoding="utf-8")
    (source / "2023/word_2022.txt").unlink()
    (source / "2023/first_town_2022.txt").rename(source / "2023/town of another name.txt")
    shutil.copy(ROOT / "data/sample/2023/second_town_2022.txt", source / "new.txt")
    before = published(out)
    build(source, out)
    assert published(out) != before
    build(source, source.parent / "from nothing")
    assert published(out) == published(source.parent / "from nothing")
    assert Layout(out).current.readlink() == Path("2")
