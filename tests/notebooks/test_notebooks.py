"""Every notebook runs from top to bottom on every dataset, and is kept in git as nobody has run it.

On the sample the notebooks run in Jupyter's kernel, as users run them; on the other datasets their cells run in this process,
which spares a kernel that imports everything once more.
"""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.notebooks.conftest import NOTEBOOKS

pytestmark = pytest.mark.xdist_group("notebooks")

nbformat = pytest.importorskip("nbformat", reason="skipped: nbclient and ipykernel are not installed")
pytest.importorskip("nbclient", reason="skipped: nbclient and ipykernel are not installed")
pytest.importorskip("vl_convert", reason="skipped: the extra `plots` is not installed")
asking = pytest.importorskip("asking")
plots = pytest.importorskip("plots")
run = pytest.importorskip("run")
strip = pytest.importorskip("strip")

BOOKS = sorted(NOTEBOOKS.glob("*.ipynb"))
NOTHING = "There is nothing to show: "

each_notebook = pytest.mark.parametrize("path", BOOKS, ids=lambda p: p.stem)


@dataclass(frozen=True)
class Shown:
    """What a notebook shows of its dataset: its sentences and its plots."""

    sentences: list[str]
    pictures: list[Any]


def shown_in_kernel(book: Any) -> Shown:
    """What an executed notebook shows; there is nothing but sentences and plots in it, no warning and no raw table."""
    outputs = [(cell.id, output) for cell in book.cells for output in cell.get("outputs", [])]
    assert [(cell, o.output_type) for cell, o in outputs if o.output_type != "display_data"] == []
    return Shown([o.data["text/markdown"] for _, o in outputs if "text/markdown" in o.data], list(run.pictures(book)))


def shown_here(path: Path, dataset: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Shown:
    """What the cells of a notebook show, run in this process; a warning is an error, as it would stand in the notebook."""
    shown: list[Any] = []
    monkeypatch.setattr(asking, "display", shown.append)
    monkeypatch.setattr(plots, "display", shown.append)
    monkeypatch.setenv("OGI_DATASET", str(dataset))
    names: dict[str, Any] = {}
    pictures, sentences = [], []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                exec(compile("".join(cell["source"]), f"{path.name}, {cell['id']}", "exec"), names)
            drawn = [one for one in shown if isinstance(one, plots.Plot)]
            pictures += [run.Picture(f"{cell['id']}-{n}", p.png, p.description) for n, p in enumerate(drawn, 1)]
            sentences += [one.data for one in shown if not isinstance(one, plots.Plot)]
            shown.clear()
    names["data"].connection.close()
    assert capfd.readouterr() == ("", "")
    return Shown(sentences, pictures)


def check(shown: Shown, stem: str, name: str) -> None:
    """With OGI_FIGURES=DIR the plots are also written there, to look at."""
    for picture in shown.pictures:
        width, height = struct.unpack(">II", picture.png[16:24])
        assert width <= 2000 and height <= 3200, f"{picture.name} is {width}×{height}"
        assert re.search(r"\. .+\.$", picture.description), "a plot says in words what one sees"
        if folder := os.environ.get("OGI_FIGURES"):
            target = Path(folder) / name
            target.mkdir(parents=True, exist_ok=True)
            (target / f"{stem}-{picture.name}.png").write_bytes(picture.png)

    assert all("\n\n" in sentence for sentence in shown.sentences), "each sentence is there in English and in Chinese"
    assert not any(re.search(r"\b1 (documents|reports|organs|applications)\b(?! \()", s) for s in shown.sentences)
    nothing = [sentence for sentence in shown.sentences if sentence.startswith(NOTHING)]
    said = len(shown.sentences) - len(nothing) - 1
    assert said == len(shown.pictures), "after the first sentence each plot has one, and what has no plot says why"


@pytest.mark.slow
def test_the_notebooks_run_in_a_kernel_on_the_sample(sample_build: Path) -> None:
    for path, book in zip(BOOKS, run.executed(BOOKS, sample_build), strict=True):
        shown = shown_in_kernel(book)
        check(shown, path.stem, "sample_build")
        assert "invented" in shown.sentences[0], "the sample is called invented"
        assert not any(NOTHING in sentence for sentence in shown.sentences), (
            "the sample has something for every section"
        )


@pytest.mark.slow
@each_notebook
@pytest.mark.parametrize("name", ["shared_build", "half_tables", "old_report", "no_report"])
def test_a_notebook_runs_without_error_or_warning(
    path: Path,
    name: str,
    dataset: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    shown = shown_here(path, dataset(name), monkeypatch, capfd)
    check(shown, path.stem, name)
    assert ("invented" in shown.sentences[0]) == (name in ("half_tables", "old_report")), "only the sample is so called"
    if name == "no_report":
        assert len(shown.pictures) == (1 if path.name[0] == "1" else 0), (
            "without a report only its documents are plotted"
        )
    if name == "old_report" and path.name[0] in "234":
        assert len(shown.pictures) == (1 if path.name[0] == "2" else 0), "without tables only the reason is plotted"


def test_run_says_which_command_installs_what_it_lacks(tmp_path: Path) -> None:
    """As after `make build`, which installs the core only; here nothing but Python's own modules can be found."""
    command = [sys.executable, "-I", "-S", str(NOTEBOOKS / "run.py"), "--output", str(tmp_path / "figures")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)

    assert done.returncode == 1
    assert "not found: nbformat, nbclient" in done.stderr
    assert "pip install --require-hashes -r requirements-notebooks.lock" in done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "figures").exists()


@each_notebook
def test_a_notebook_in_git_has_neither_outputs_nor_paths(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert strip.stripped(text) == text, "python notebooks/strip.py takes the outputs out"
    assert not re.search(r"/(home|root|work|Users|tmp)/|[A-Z]:\\\\", text)


@each_notebook
def test_a_notebook_takes_its_dataset_from_one_parameter(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    tagged = [c for c in cells if "parameters" in c["metadata"].get("tags", [])]
    assert len(tagged) == 1
    assert 'dataset = os.environ.get("OGI_DATASET", "data/build/sample")' in "".join(tagged[0]["source"])
    assert sum("open_dataset(dataset)" in "".join(c["source"]) for c in cells) == 1


@each_notebook
def test_every_section_has_a_line_in_chinese(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        if cell["cell_type"] == "markdown":
            assert re.search(r"^\*\*[^*]*[\u4e00-\u9fff]", "".join(cell["source"]), re.MULTILINE), cell["id"]


def test_stripping_takes_out_what_a_run_leaves(tmp_path: Path) -> None:
    text = BOOKS[0].read_text(encoding="utf-8")
    used = json.loads(text)
    code = next(c for c in used["cells"] if c["cell_type"] == "code")
    code["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "42"}]
    code["execution_count"], code["metadata"]["collapsed"] = 7, True
    used["metadata"]["language_info"]["version"] = "3.11.2"

    assert strip.stripped(json.dumps(used)) == text
