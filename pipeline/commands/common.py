"""What several commands share: options, refusals, and how paths are looked at."""

from __future__ import annotations

import argparse
import errno
import os
import shutil
import sys
from pathlib import Path
from typing import TypeAlias

from pipeline.store.places import S3

SAMPLE = Path("data/sample")
SAMPLE_BUILD = Path("data/build/sample")
FAILED, MISUSED = 1, 2
_FULL = (errno.ENOSPC, errno.EDQUOT)

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What `add` of a command registers with. argparse has no public name for it."""


class Misused(Exception):
    """The command line asks for something that cannot be; the message says what to change."""


def output_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--output", type=_built, default=SAMPLE_BUILD, metavar="DIR", help=f"folder of the dataset ({SAMPLE_BUILD})"
    )


def _built(text: str) -> Path:
    """A folder that was built in, for argparse."""
    if text.startswith(S3):
        raise argparse.ArgumentTypeError(
            f"takes a folder of this machine, not {text}: that in which it was built (--work; without it data/build/ and "
            "the last part of the address)"
        )
    return Path(text)


def utf8_text(text: str) -> str:
    """SQL or a wording, for argparse: where the locale is no UTF-8, Python has left its bytes undecoded."""
    try:
        return os.fsencode(text).decode("utf-8") if any("\udc80" <= c <= "\udcff" for c in text) else text
    except UnicodeError as e:
        raise argparse.ArgumentTypeError("is no text in UTF-8") from e


def named_file(text: str) -> Path:
    """A file that is to be written, for argparse: said before the work, not after it."""
    if not text or os.path.isdir(text):  # noqa: PTH112 - unlike Path.is_dir it raises for nothing
        given = f"the folder {text}" if text else "an empty name"
        raise argparse.ArgumentTypeError(f"takes a file to write, not {given}")
    return Path(text)


def named_folder(text: str) -> Path:
    """A folder that is to be written into, for argparse; an empty name would be the current folder."""
    if not text:
        raise argparse.ArgumentTypeError("takes a folder, not an empty name")
    return Path(text)


def complain(message: str, status: int) -> int:
    print(f"ogi: {message}", file=sys.stderr)
    return status


def real(path: Path) -> Path:
    """A path without links; unlike Path.resolve it gives an answer for a link that leads to itself, too."""
    return Path(os.path.realpath(path))


def check_output(out: Path) -> None:
    if os.path.isfile(out):  # noqa: PTH113 - unlike Path.is_file it raises for nothing
        raise Misused(f"output {out} is a file: --output takes a folder")
    if "?" in str(real(out)):
        raise Misused(
            f"the output folder {out} has a question mark in its path, which the addresses of Dagster's databases "
            "cannot hold: choose a path without one with --output"
        )


def unwritable(out: Path, error: OSError) -> int:
    if error.strerror is None:  # ours: it says what to do
        return complain(str(error), FAILED)
    what = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    instead = "free some space" if error.errno in _FULL else "choose a folder with --output that you may write in"
    return complain(f"cannot write in the output folder {out} ({what}): {instead}", FAILED)


def called_as() -> str:
    """How this command can be called again from here: by name where the shell finds it, else as it was called."""
    called = Path(sys.argv[0])
    found = shutil.which("ogi")
    is_found = found is not None and called.exists() and Path(found).samefile(called)
    return "ogi" if is_found or called.name != "ogi" else str(called)


def terminal_width() -> int | None:
    """Columns of the terminal; None where standard output is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
