"""The option --limit: what one document may cost."""

from __future__ import annotations

import argparse
import math
from dataclasses import fields

from pipeline.limits import Limits


def limits(command: argparse.ArgumentParser, otherwise: str) -> None:
    command.add_argument(
        "--limit",
        type=_limit,
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help=f"what one document may cost, for example max_bytes=100000000; may be repeated{otherwise}",
    )


def _limit(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        value = float(number)
        if not math.isfinite(value):
            raise ValueError("a limit is a finite number")
        Limits().with_settings({name.strip(): value})
    except ValueError as e:
        known = ", ".join(f"{f.name}={getattr(Limits(), f.name):.12g}" for f in fields(Limits))
        why = "" if str(e).startswith("could not convert") else f" ({e})"
        raise argparse.ArgumentTypeError(
            f"takes NAME=NUMBER, not {text!r}{why}; the names and their defaults are {known}"
        ) from None
    return name.strip(), value
