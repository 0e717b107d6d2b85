"""Runs the notebooks on a dataset and writes their plots as PNG, to look at: `python notebooks/run.py --dataset DIR --output DIR`.

The notebooks run one after the other in one kernel, each from top to bottom and with no name left of the one before. The
executed notebook lies beside its plots.
"""

from __future__ import annotations

import argparse
import base64
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

HERE = Path(__file__).resolve().parent
MOST_SECONDS = 600
NEEDED = ("nbformat", "nbclient", "ipykernel", "IPython", "altair", "vl_convert", "polars", "duckdb")
MISSING = (
    "The notebooks need packages that the core does not have; not found: {}. This installs them, in the project's folder:\n"
    "  .venv/bin/pip install --require-hashes -r requirements-notebooks.lock\n"
    "So does `make notebooks`, which then opens the notebooks in Jupyter."
)


@dataclass(frozen=True)
class Picture:
    """A plot of an executed notebook."""

    name: str
    png: bytes
    description: str


def notebooks() -> list[Path]:
    return sorted(HERE.glob("[0-9]_*.ipynb"))


def executed(paths: Sequence[Path], dataset: str | Path | None = None) -> Iterator[NotebookNode]:
    """The notebooks with their outputs. Raises CellExecutionError where a cell fails."""
    import nbformat
    from nbclient import NotebookClient
    from traitlets.config import Config

    environment = dict(os.environ)
    if dataset is not None:
        environment["OGI_DATASET"] = str(dataset)
    forget = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("%reset -f")])  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory(prefix="ogi-") as sockets:
        # The kernel is spoken to over files that nobody else can open, where by default it would be ports.
        config = Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/kernel"}})
        here = {"metadata": {"path": str(HERE)}}
        client = NotebookClient(forget, timeout=MOST_SECONDS, resources=here, config=config)
        with client.setup_kernel(env=environment):
            for path in paths:
                book: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
                for client.nb in (forget, book):
                    for index, cell in enumerate(client.nb.cells):
                        client.execute_cell(cell, index)
                yield book


def pictures(book: NotebookNode) -> Iterator[Picture]:
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
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        sys.exit(MISSING.format(", ".join(missing)))
    write(chosen.dataset, chosen.output, chosen.numbers)


def write(dataset: str | None, output: Path, numbers: Sequence[str]) -> None:
    """Writes the executed notebooks and their plots into a folder; all of them where no number is given."""
    import nbformat
    from asking import NoDataset, open_dataset

    try:
        open_dataset(dataset or os.environ.get("OGI_DATASET", "data/build/sample")).connection.close()
    except NoDataset as e:
        sys.exit(str(e))
    output.mkdir(parents=True, exist_ok=True)
    paths = [path for path in notebooks() if not numbers or path.name[0] in numbers]
    for path, book in zip(paths, executed(paths, dataset), strict=True):
        nbformat.write(book, output / path.name)  # type: ignore[no-untyped-call]
        drawn = list(pictures(book))
        for picture in drawn:
            (output / f"{path.stem}-{picture.name}.png").write_bytes(picture.png)
        print(f"{path.stem}: {len(drawn)} plots", flush=True)


if __name__ == "__main__":
    main()
