"""What a fuzz target is, and what counts as a finding: an exception, a broken invariant, too much time or memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import limits
from pipeline.limits import Limits

LIMITS = replace(
    Limits(),
    max_bytes=1 << 20,
    max_unpacked=4 << 20,
    max_characters=200_000,
    max_cells=20_000,
    max_pages=20,
    max_page_objects=20_000,
    max_recognised_pages=0,
    max_pixels=1_000_000,
    max_members=1_000,
)
"""Limits that hold while a target runs: a tenth or less of the usual ones, so that what they stop, an input of some
kilobytes reaches."""
SECONDS = Limits().max_seconds / 24
"""Processor time for one input, with the instrumentation's share. An input has at most a thousandth of `max_bytes`."""
MOST_BYTES = Limits().max_bytes // 1024 // 4
"""Length of an input: 16 kB, as much as a report has."""
MEMORY = Limits().max_memory // 8
"""Bytes that one input may take beside what the process holds."""
_PROCESS = Path("/proc/self")


class Finding(AssertionError):
    """Something that must hold does not: `what` names it in the same words for every input that shows it."""

    def __init__(self, what: str, shown: object = "") -> None:
        super().__init__(f"{what}: {shown!r}"[:2000] if shown != "" else what)
        self.what = what


def must(holds: object, what: str, shown: object = "") -> None:
    """Raises Finding unless `holds`."""
    if not holds:
        raise Finding(what, shown)


@dataclass(frozen=True, slots=True)
class Target:
    """A function that takes any bytes and raises only for a finding.

    `words` are put into inputs by the fuzzer; `is_text`: inputs are mutated as lines of text too. `seconds`: processor
    time for one input.
    """

    name: str
    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    words: tuple[str, ...] = ()
    is_text: bool = False
    most_bytes: int = MOST_BYTES
    seconds: float = SECONDS
    limits: Limits = LIMITS


def warm(target: Target) -> None:
    """Runs the seeds, so that the tables and models which a first use loads are there: no input pays for them."""
    for data in target.seeds():
        with suppress(Exception):
            target.run(data)


def examine(target: Target, data: bytes) -> None:
    """Runs a target on one input under its limits. Raises Finding, or whatever the target lets through."""
    before = limits.current()
    limits.use(target.limits)
    held, started = _memory("VmRSS", forget_peak=True), time.process_time()
    try:
        target.run(data)
    finally:
        limits.use(before)
    took, grown = time.process_time() - started, _memory("VmHWM") - held
    must(took <= target.seconds, f"more than {target.seconds:g} s for one input", f"{took:.1f} s")
    must(grown <= MEMORY, f"more than {MEMORY >> 20} MB for one input", f"{grown >> 20} MB")


def _memory(what: str, *, forget_peak: bool = False) -> int:
    """Bytes that this process holds (VmRSS), or held at most since its peak was last forgotten (VmHWM). Linux; elsewhere 0."""
    try:
        if forget_peak:
            _PROCESS.joinpath("clear_refs").write_bytes(b"5")
        status = _PROCESS.joinpath("status").read_bytes()
    except OSError:
        return 0
    return int(status.partition(what.encode() + b":")[2].split(maxsplit=1)[0]) * 1024
