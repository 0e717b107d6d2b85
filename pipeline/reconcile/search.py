"""The smallest sets of printed numbers whose change makes every identity satisfiable: two exact searches, each with a cap.

Error localisation after Fellegi and Holt: the fewest fields to change, all such sets. The identities make a network (see
`shape`): numbers are arcs between two identities, changes are a flow that takes away what the identities are off by, and
the smallest sets of changes are forests, whose leaves say by how much. Where cells are unknown, any set that crosses
every contradictory cut is tried.

Sources: I. Fellegi, D. Holt, "A systematic approach to automatic edit and imputation", JASA 71 (1976); T. de Waal,
J. Pannekoek, S. Scholtus, "Handbook of Statistical Data Editing and Imputation" (Wiley 2011), chapters 3 to 5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.reconcile.flow import Network
from pipeline.reconcile.shape import Shape

MOST_CHANGES = 8
"""Sets of more numbers are not looked for: nobody would call them a misprint."""
_FLOWS = 300
"""Flow problems that the search over cuts may solve."""

New = dict[int, int | None]
"""Numbers by slot that a repair puts in place of those printed; None where a range of numbers would do."""


class TooMany(Exception):
    """The search came to its cap."""


@dataclass(frozen=True, slots=True)
class Links:
    """The network of a table: for each slot the identities at its ends with its sign there, and the slots of each identity.

    The hub row's own identity is left out: it follows from all others.
    """

    ends: tuple[tuple[tuple[int, int], ...], ...]
    slots: tuple[tuple[int, ...], ...]


@lru_cache(maxsize=64)
def links_of(shape: Shape) -> Links:
    """The network of a shape with the structure of the form (`shape.ends` is given)."""
    ends = []
    slots: list[list[int]] = [[] for _ in shape.identities]
    for s, e in enumerate(shape.ends or ()):
        at = [n for n in (e.first, e.second) if n >= 0]
        ends.append(tuple((n, 1 if s in shape.left[n] else -1) for n in at))
        for n in at:
            slots[n].append(s)
    return Links(tuple(ends), tuple(map(tuple, slots)))


def residuals(shape: Shape, values: Sequence[int]) -> dict[int, int]:
    """By how much each identity of the network is off, without those that hold. All cells are known."""
    links = links_of(shape)
    out = {}
    for n in range(len(shape.identities)):
        if links.slots[n] and (off := sum(values[s] for s in shape.left[n]) - sum(values[s] for s in shape.right[n])):
            out[n] = off
    return out


def at_least(off: Mapping[int, int]) -> int:
    """How many numbers have to change at least: one change settles two identities at most."""
    return (len(off) + 1) // 2


def of_complete_table(shape: Shape, values: Sequence[int], off: dict[int, int], cap: int) -> list[New]:
    """All smallest sets of changes of a table whose cells are all known; `off` are its residuals. Raises TooMany.

    Every tree of such a set has a leaf at an identity that is off, and the change there is all that it is off by.
    """
    links = links_of(shape)
    budget = [cap]
    for size in range(at_least(off), MOST_CHANGES + 1):
        found: dict[frozenset[tuple[int, int]], None] = {}
        _peel(links, values, off, {}, size, found, set(), budget)
        if found:
            return [dict(f) for f in found]
    raise TooMany


def _peel(
    links: Links,
    values: Sequence[int],
    off: dict[int, int],
    changed: dict[int, int],
    left: int,
    found: dict[frozenset[tuple[int, int]], None],
    seen: set[frozenset[tuple[int, int]]],
    budget: list[int],
) -> None:
    if not left:
        if not off:
            found[frozenset(changed.items())] = None
        return
    # Where every change has to settle two identities, each of them is a leaf, and one will do to begin with.
    leaves = list(off)[:1] if len(off) == 2 * left else list(off)
    for n in leaves:
        amount = off[n]
        for s in links.slots[n]:
            if s in changed:
                continue
            budget[0] -= 1
            if budget[0] < 0:
                raise TooMany
            sign = next(sign for at, sign in links.ends[s] if at == n)
            change = -amount * sign
            if values[s] + change < 0:
                continue
            after = dict(off)
            for at, sign in links.ends[s]:
                rest = after.pop(at, 0) + sign * change
                if rest:
                    after[at] = rest
            # One change settles two identities at most.
            if len(after) > 2 * (left - 1):
                continue
            now = {**changed, s: values[s] + change}
            key = frozenset(now.items())
            if key not in seen:
                seen.add(key)
                _peel(links, values, after, now, left - 1, found, seen, budget)


def of_one_line(shape: Shape, values: Sequence[int], off: Mapping[int, int]) -> list[New]:
    """For each row and each column that alone could be wrong, what all others say it should be. All cells are known;
    `off` are the residuals of the table.

    A row moved by a column, or a column of totals left at 0, has many wrong numbers and one cause.
    """
    links = links_of(shape)
    out = []
    for slots, own in lines_of(shape):
        touched = {n for s in slots for n, _ in links.ends[s]}
        if off.keys() <= touched and (new := _line(links, values, off, slots, own)):
            out.append(new)
    return out


@lru_cache(maxsize=64)
def lines_of(shape: Shape) -> tuple[tuple[tuple[int, ...], frozenset[int]], ...]:
    """The slots of every row and every column, each with the identities along that line."""
    rows = [((*r.parts, r.total), frozenset({r.identity})) for r in shape.rows.values()]
    columns = []
    for column in dict.fromkeys(c for _, c in shape.slots):
        along = {p.at[column] for p in (shape.frame, shape.results) if p is not None and column in p.at}
        columns.append((tuple(s for s, (_, c) in enumerate(shape.slots) if c == column), frozenset(along)))
    return (*rows, *columns)


def _line(
    links: Links, values: Sequence[int], off: Mapping[int, int], slots: Sequence[int], own: frozenset[int]
) -> New | None:
    """What the identities across a line make of its numbers; None where the line alone cannot be what is wrong."""
    new: New = {}
    rest = dict(off)
    # A slot that no identity crosses (the hub row's, in a column) takes what the line itself leaves.
    across = {s: [(n, sign) for n, sign in links.ends[s] if n not in own] for s in slots}
    for s in sorted(slots, key=lambda s: not across[s]):
        ends = across[s] or links.ends[s]
        n, sign = next(((n, sign) for n, sign in ends if rest.get(n)), ends[0])
        change = -rest.get(n, 0) * sign
        if not change:
            continue
        new[s] = values[s] + change
        for at, sign in links.ends[s]:
            rest[at] = rest.get(at, 0) + sign * change
    return new if not any(rest.values()) and all(v is not None and v >= 0 for v in new.values()) else None


def of_table_with_unknowns(shape: Shape, values: Sequence[int | None], most: int) -> list[New]:
    """All smallest sets of changes, of `most` numbers at most, where an unknown cell is any number >= 0. Raises TooMany.

    One empty set where the table needs none.
    """
    every = [True] * len(shape.identities)
    low = [v or 0 for v in values]
    # Sets of slots as bits, the first slot's the highest: of sets of one size, the larger number stands for the smaller
    # list of slots.
    bits = [1 << n for n in reversed(range(len(values)))]
    flows = _FLOWS
    # Each holds a slot of every set: the identities of a cut contradict each other until a number across it changes.
    cuts: list[tuple[int, list[int]]] = []
    """All slots of a cut together, and one by one."""
    found: list[New] = []
    level = [0]
    for size in range(most + 1):
        deeper: set[int] = set()
        for free in level:
            cut = next((each for together, each in cuts if not together & free), None)
            if cut is None:
                flows -= 1
                if flows < 0:
                    raise TooMany
                slots = [s for s, bit in enumerate(bits) if free & bit]
                network = _network(shape, every, low, values, slots)
                contradiction = network.solve()
                if contradiction is None:
                    fixed = network.fixed()
                    found.append({s: network.flow[s] if s in fixed else None for s in slots})
                    continue
                cut = [bits[s] for s in contradiction.slots if values[s] is not None and not free & bits[s]]
                cuts.append((sum(cut), cut))
            if size < most:
                deeper.update([free | bit for bit in cut])
        if found:
            return found
        level = sorted(deeper, reverse=True)
    raise TooMany


def _network(
    shape: Shape, every: Sequence[bool], low: Sequence[int], values: Sequence[int | None], free: Sequence[int]
) -> Network:
    """`low`: what is printed, 0 for an unknown."""
    lowest, highest = list(low), list(values)
    for s in free:
        lowest[s], highest[s] = 0, None
    return Network(shape, every, lowest, highest)
