"""What the commands that count words share: options, and a line that says what is being done."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def section_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--section",
        action="append",
        default=[],
        metavar="CODE",
        help="only this section, for example problems; may be given several times (all that are counted)",
    )


def features_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--features",
        choices=("terms", "dictionary"),
        default="terms",
        help="words, or subcategories of the dictionaries (terms)",
    )


def positive(text: str) -> int:
    """A whole number above 0, for argparse."""
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"takes a whole number above 0, not {text!r}")
    return int(text)


@contextmanager
def working(what: str) -> Iterator[Callable[[str], None]]:
    """A line on a terminal that says what is being done while it lasts; comes back as what changes it."""
    from rich.console import Console

    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with Console(stderr=True).status(what) as status:
        yield lambda now: status.update(now)
