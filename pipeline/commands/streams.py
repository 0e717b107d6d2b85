"""Standard output and error as they are given: closed, of any encoding, or full."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
from dataclasses import dataclass

_HANDLER = "ogi.unshown"


@dataclass(slots=True)
class Unshown:
    """How many characters standard output could not take, since its encoding has none of them."""

    encoding: str = ""
    count: int = 0


def show_in_any_encoding() -> Unshown:
    """Has standard output put a question mark for what its encoding lacks; what comes back counts them.

    Reports hold characters that GBK or ASCII lack. Standard error writes them as escapes of its own accord. A stream
    that was closed becomes one that takes everything.
    """
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - open to the end
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    unshown = Unshown(sys.stdout.encoding or "")

    def question_marks(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        unshown.count += error.end - error.start
        return "?" * (error.end - error.start), error.end

    codecs.register_error(_HANDLER, question_marks)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors=_HANDLER)
    return unshown


def discard_output() -> None:
    """Standard output goes nowhere from here: what is left in its buffer would fail once more when Python ends."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
