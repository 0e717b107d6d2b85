"""What listing a container gives: its members, each with where it stands and what is known of it before it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.limits import Limits
from pipeline.read.fault import Fault

_LONGEST_NAME = 1000
_LINES = 10
"""Lines or records for each member that a container may have: those of a crawl are three for one document."""


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


def require_lines(number: int, limits: Limits) -> None:
    """Raises Fault where a container has so many lines or records, blank ones too, that it could hold no more documents:
    packed, gigabytes of them take no room."""
    if number > _LINES * limits.max_members:
        most = _LINES * limits.max_members
        raise Fault("too_complex", f"It has more than {most:,} lines or records, the limit for one container.")


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
