"""Every notebook runs from top to bottom on every dataset, and is kept in git as nobody has run it."""

from __future__ import annotations

import json
import os
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.notebooks.conftest import NOTEBOOKS

nbformat = pytest.importorskip("nbformat", reason="skipped: nbclient and ipykernel are not installed")
run = pytest.importorskip("run", reason="skipped: nbclient and ipykernel are not installed")
strip = pytest.importorskip("strip")

BOOKS = sorted(NOTEBOOKS.glob("*.ipynb"))

each_notebook = pytest.mark.parametrize("path", BOOKS, ids=lambda p: p.stem)


def sentences(book: nbformat.NotebookNode) -> list[str]:
    """What the notebook says of its dataset."""
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    return [o.data["text/markdown"] for o in outputs if "text/markdown" in o.get("data", {})]


@pytest.mark.slow
@each_notebook
@pytest.mark.parametrize("name", ["sample_build", "shared_build", "narrative_build", "empty_build"])
def test_a_notebook_runs_without_error_or_warning(
    path: Path, name: str, dataset: Callable[[str], Path], tmp_path: Path
) -> None:
    """With OGI_FIGURES=DIR the plots are also written there, to look at."""
    book = run.executed(path, dataset(name))

    outputs = [(cell.id, output) for cell in book.cells for output in cell.get("outputs", [])]
    assert [(cell, o.output_type) for cell, o in outputs if o.output_type in ("error", "stream")] == []

    for picture in run.pictures(book):
        width, height = struct.unpack(">II", picture.png[16:24])
        assert width <= 2000 and height <= 3200, f"{picture.name} is {width}×{height}"
        assert re.search(r"\. .+\.$", picture.description), "a plot says in words what one sees"
        if folder := os.environ.get("OGI_FIGURES"):
            target = Path(folder) / name
            target.mkdir(parents=True, exist_ok=True)
            (target / f"{path.stem}-{picture.name}.png").write_bytes(picture.png)

    said = sentences(book)
    assert all("\n\n" in sentence for sentence in said), "each sentence is there in English and in Chinese"
    assert ("invented" in said[0]) == (name == "sample_build"), "only the sample is called invented"
    if name == "sample_build":
        assert not any("nothing to show" in sentence for sentence in said), "the sample has something for every section"
    if name == "empty_build":
        drawn = [p.description for p in run.pictures(book)]
        assert len(drawn) == (1 if path.name[0] == "1" else 0), "without a report only its documents are plotted"


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
