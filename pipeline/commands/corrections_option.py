"""The option --corrections: the file of corrections made by hand."""

from __future__ import annotations

import argparse
import os
from pathlib import Path


def corrections(command: argparse.ArgumentParser, otherwise: str) -> None:
    command.add_argument(
        "--corrections", type=_file, metavar="FILE", help=f"corrections made by hand, in YAML ({otherwise})"
    )


def _file(text: str) -> Path:
    if not text or not os.path.exists(text) or os.path.isdir(text):  # noqa: PTH110, PTH112 - they raise for nothing
        raise argparse.ArgumentTypeError(f"takes a file of corrections; there is none at {text!r}")
    return Path(text)
