"""Runs the notebooks on a dataset and writes their plots as PNG, to look at: `python notebooks/run.py --dataset DIR --output DIR`.

Each notebook runs in a fresh kernel, from top to bottom. The executed notebook lies beside its plots.
"""

from __future__ import annotations

import argparse
import base64
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from asking import NoDataset, open_dataset
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
MOST_SECONDS = 600


@dataclass(frozen=True)
class Picture:
    """A plot of an executed notebook."""

    name: str
    png: bytes
    description: str


def notebooks() -> list[Path]:
    return sorted(HERE.glob("[0-9]_*.ipynb"))


def executed(path: Path, dataset: str | Path | None = None) -> nbformat.NotebookNode:
    """The notebook with its outputs. Raises CellExecutionError where a cell fails."""
    book: nbformat.NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(book, timeout=MOST_SECONDS, resources={"metadata": {"path": str(HERE)}})
    environment = dict(os.environ)
    if dataset is not None:
        environment["OGI_DATASET"] = str(dataset)
    client.execute(env=environment)
    return book


def pictures(book: nbformat.NotebookNode) -> Iterator[Picture]:
    """The plots of an executed notebook, in their order, named by the cell that drew them."""
    for cell in book.cells:
        shown = [o for o in cell.get("outputs", []) if "image/png" in o.get("data", {})]
        for number, output in enumerate(shown, 1):
            description = output.metadata.get("image/png", {}).get("alt", "")
            yield Picture(f"{cell.id}-{number}", base64.b64decode(output.data["image/png"]), description)


def main() -> None:
    parser = argparse.ArgumentParser(description="Runs the notebooks and writes their plots as PNG.")
    parser.add_argument(
        "--dataset",
        help="folder of a build or a release, relative to the project; without it OGI_DATASET or the sample",
    )
    parser.add_argument("--output", required=True, type=Path, help="folder for the plots and the executed notebooks")
    parser.add_argument("numbers", nargs="*", help="numbers of notebooks, all without them")
    chosen = parser.parse_args()
    try:
        open_dataset(chosen.dataset or os.environ.get("OGI_DATASET", "data/build/sample")).connection.close()
    except NoDataset as e:
        sys.exit(str(e))
    chosen.output.mkdir(parents=True, exist_ok=True)
    for path in notebooks():
        if chosen.numbers and path.name[0] not in chosen.numbers:
            continue
        book = executed(path, chosen.dataset)
        nbformat.write(book, chosen.output / path.name)  # type: ignore[no-untyped-call]
        drawn = list(pictures(book))
        for picture in drawn:
            (chosen.output / f"{path.stem}-{picture.name}.png").write_bytes(picture.png)
        print(f"{path.stem}: {len(drawn)} plots", flush=True)


if __name__ == "__main__":
    main()
