"""Takes what a run leaves behind out of the notebooks: outputs, run numbers, metadata of the machine. `python notebooks/strip.py`."""

from __future__ import annotations

import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def stripped(text: str) -> str:
    """The text of a notebook as it is kept in git. Tags of cells stay: papermill looks for `parameters`."""
    book = json.loads(text)
    book["metadata"] = METADATA
    for cell in book["cells"]:
        cell["metadata"] = {key: value for key, value in cell["metadata"].items() if key == "tags"}
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    for path in sorted(HERE.glob("*.ipynb")):
        before = path.read_text(encoding="utf-8")
        after = stripped(before)
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(f"stripped {path.name}")


if __name__ == "__main__":
    main()
