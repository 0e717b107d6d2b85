"""What listing a container gives: its members, each with where it stands and what is known of it before it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.limits import Limits
from pipeline.read.fault import Fault

_LONGEST_NAME = 1000
_BLANKS = 10
"""Blank lines for each member that a container may have: a crawl has two behind each record."""


@dataclass(frozen=True, slots=True)
class Member:
    """A document in a container.

    `offset` and `within` say where it stands, in the container's own way; `charset` is the encoding that the container
    tells; `reason_code` and `reason` are given where listing it showed that it cannot be read.
    """

    name: str
    offset: int
    within: int = 0
    url: str | None = None
    fetched_at: str | None = None
    charset: str | None = None
    reason_code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Members in the order in which they are read fastest; `notes` say what was left out."""

    members: tuple[Member, ...]
    notes: tuple[str, ...] = ()


def unreadable(reason: str) -> Fault:
    return Fault("unreadable_container", reason)


def room_for(members: Sequence[Member], limits: Limits) -> None:
    """Raises Fault where one more member would be too many."""
    if len(members) >= limits.max_members:
        raise unreadable(f"It has more than {limits.max_members:,} members, the limit for one container.")


class Blanks:
    """Counts the blank lines of a container: packed, gigabytes of them take no room."""

    def __init__(self, limits: Limits) -> None:
        self._lines, self._bytes = _BLANKS * limits.max_members, limits.max_unpacked

    def add(self, line: bytes) -> None:
        """Raises Fault where there are more than any container has."""
        self._lines -= 1
        self._bytes -= len(line)
        if self._lines < 0 or self._bytes < 0:
            raise Fault("too_complex", "It has more blank lines than the limit for one container.")


def text_of(value: str) -> str:
    """A text that every table can hold: what is no valid Unicode is escaped."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def name_of(value: object, instead: str) -> str:
    """A member's name from what the container says, or `instead` where it says nothing or says it at length."""
    text = text_of(str(value)).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if 0 < len(text) <= _LONGEST_NAME else instead


def named_apart(members: Sequence[Member]) -> tuple[Member, ...]:
    """The second member of a name is `name#2`, and so on."""
    taken: set[str] = set()
    times = Counter[str]()
    out = []
    for m in members:
        base = text_of(m.name)
        count = times[base] + 1
        while (name := base if count == 1 else f"{base}#{count}") in taken:
            count += 1
        times[base] = count
        taken.add(name)
        out.append(m if name == m.name else replace(m, name=name))
    return tuple(out)
