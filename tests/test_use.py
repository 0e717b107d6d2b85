"""docs/use.md does what it says: every block is run against a release made of the sample, and prints what is shown.

After a change that is meant to change outputs: OGI_UPDATE_DOCS=1 python -m pytest tests/test_use.py writes them anew.
Read the difference before you commit it.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import shutil
import subprocess
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pipeline.release import exports, metadata
from pipeline.release.edition import Edition, Version
from pipeline.release.folder import Folder
from pipeline.store.layout import Layout
from pipeline.store.query import as_table
from tests.conftest import ROOT

pytestmark = pytest.mark.xdist_group("use")

USE = ROOT / "docs" / "use.md"
RUN, NOT_RUN = ("sql", "python", "r"), ("stata", "text")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```\n(?:\n```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code and what the page shows that it prints; None where it shows nothing."""

    language: str
    code: str
    shown: str | None


def blocks() -> list[Block]:
    return [Block(m[1], m[2], m[3]) for m in _BLOCK.finditer(USE.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def beside(sample_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that has `releases/1.0.0`, made of the sample."""
    house = tmp_path_factory.mktemp("use")
    folder = Folder(house / "releases" / "1.0.0")
    folder.root.mkdir(parents=True)
    edition = Edition(Version(1, 0, 0), dt.date(2026, 1, 31), metadata.default_about())
    source = Layout(sample_build)
    exports.copy_tables(source, folder)
    left_out = exports.write_data(source, folder, edition)
    metadata.write_metadata(folder, edition, None, left_out)
    return house


def printed(block: Block, beside: Path) -> str:
    """What a block prints when it is run beside the release."""
    if block.language == "sql":
        with duckdb.connect(str(beside / "releases/1.0.0/data/ogi.duckdb"), read_only=True) as db:
            cursor = db.execute(block.code)
            text = as_table([d[0] for d in cursor.description or []], cursor.fetchall())
    elif block.language == "python":
        out = io.StringIO()
        with chdir(beside), redirect_stdout(out):
            exec(compile(block.code, USE.name, "exec"), {"__name__": "document"})
        text = out.getvalue()
    else:
        if shutil.which("Rscript") is None:
            pytest.skip("Rscript is not installed")
        if "library(haven)" in block.code and _r("library(haven)", beside).returncode:
            pytest.skip("the package haven of R is not installed")
        run = _r(block.code, beside)
        assert run.returncode == 0, run.stderr
        text = run.stdout
    return "\n".join(line.rstrip() for line in text.rstrip("\n").split("\n")) + "\n"


def _r(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"LC_ALL": "C.UTF-8"}
    command = ["Rscript", "--vanilla", "-e", code]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("n", [n for n, b in enumerate(blocks()) if b.language in RUN])
def test_a_block_prints_what_is_shown(n: int, beside: Path) -> None:
    block = blocks()[n]
    got = printed(block, beside)
    if got != block.shown and os.environ.get("OGI_UPDATE_DOCS"):
        text = USE.read_text(encoding="utf-8")
        before = f"```{block.language}\n{block.code}```\n"
        after = before if block.shown is None else f"{before}\n```text\n{block.shown}```"
        USE.write_text(text.replace(after, f"{before}\n```text\n{got}```", 1), encoding="utf-8")
    else:
        assert got == block.shown


def test_every_block_is_run_or_said_not_to_be() -> None:
    assert {b.language for b in blocks()} == {*RUN, *NOT_RUN}
    assert [b.language for b in blocks() if b.shown is None] == ["text", "stata"], "the folder, and what cannot be run"
    section = USE.read_text(encoding="utf-8").split("## Stata\n")[1]
    assert section.lstrip().startswith("Not run in the tests")


def test_every_tool_gives_the_same_answer() -> None:
    """Year, granted, decided: as DuckDB, polars, pandas and R print them."""
    answers = []
    for block in blocks():
        if block.shown is not None and any(
            x in block.code for x in ("pooled('share_granted'", "pooled = (", "sums <-", "sums =")
        ):
            numbers = (re.findall(r"[\d.]+", line) for line in block.shown.split("\n"))
            rows = ((r[0], *r[-3:]) for r in numbers if len(r) > 3)
            answers.append([(y, int(g), int(d), round(float(s), 4)) for y, g, d, s in rows])
    assert len(answers) == 5
    assert all(a == answers[0] for a in answers)
    assert len(answers[0]) > 2


def test_the_stata_block_names_what_the_files_have(beside: Path) -> None:
    """Stata itself cannot be installed here: at least its variables, files and labels exist."""
    pd = pytest.importorskip("pandas")
    (block,) = (b for b in blocks() if b.language == "stata")
    for name, variables in (
        ("reports", ("issuer_id", "issuer_kind", "report_year", "report_id")),
        ("indicators", ("report_id", "indicator", "obs_status", "numerator", "denominator")),
    ):
        assert f"stata/{name}.dta" in block.code
        with pd.read_stata(beside / f"releases/1.0.0/data/stata/{name}.dta", iterator=True) as reader:
            assert set(variables) <= set(reader.variable_labels())
            labels = reader.value_labels()
        mentioned = {"reports": ("issuer_kind", "government –"), "indicators": ("indicator", "share_granted –")}
        variable, start = mentioned[name]
        assert f'"{start}"' in block.code
        assert any(v.startswith(start) for v in labels[variable].values())
