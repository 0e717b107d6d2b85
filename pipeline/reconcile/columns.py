"""One column at a time: which options of the results can add up to a total in each column alone.

A necessary condition, cheap because sums of one column are bits of one integer; it keeps the joint search small.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Step = tuple[int, int, int]
"""(number of the option, packed vector, score)"""

_WIDEST = 1 << 14
"""Totals above this are not looked at: their bit sets would cost more than they save."""


def thin(
    rows: Sequence[Sequence[Step]], base: int, total: int, fields: Sequence[tuple[int, int]]
) -> tuple[list[list[Step]], list[list[int]]]:
    """The options that every column allows, and for each column and depth the partial sums that can still reach.

    `fields` are (shift, mask) of the columns in a packed vector; a partial sum n is bit n. A column whose total is too
    wide to look at is let through.
    """
    kept = [list(r) for r in rows]
    wide = [(total & mask) >> shift > _WIDEST for shift, mask in fields]
    useful: list[list[int]] = []
    shrunk = True
    while shrunk:
        shrunk, useful = False, []
        for (shift, mask), is_wide in zip(fields, wide, strict=True):
            if is_wide:
                useful.append([])
                continue
            goal = (total & mask) >> shift
            within = (1 << (goal + 1)) - 1
            values = [{(v & mask) >> shift for _, v, _ in row} for row in kept]
            reached = [1 << ((base & mask) >> shift)]
            for of_row in values:
                reached.append(_any(reached[-1] << v for v in of_row) & within)
            needed = [0] * len(kept) + [reached[-1] & 1 << goal]
            for depth in range(len(kept) - 1, -1, -1):
                good = {v for v in values[depth] if reached[depth] << v & needed[depth + 1]}
                needed[depth] = _any(needed[depth + 1] >> v for v in good) & reached[depth]
                if len(good) < len(values[depth]):
                    kept[depth] = [o for o in kept[depth] if (o[1] & mask) >> shift in good]
                    shrunk = True
            useful.append(needed)
    return kept, useful


def _any(sets: Iterable[int]) -> int:
    out = 0
    for s in sets:
        out |= s
    return out
