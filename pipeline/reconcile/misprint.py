"""How likely one printed number stands for another: the weights of changes, and what kind of error a repair assumes.

Weights are hundredths of one arbitrary change, as the confidence weights of error localisation. Sources: reliability
weights, I. Fellegi, D. Holt, "A systematic approach to automatic edit and imputation", JASA 71 (1976); typing errors in
business data, S. Scholtus, "Algorithms for correcting sign errors and rounding errors in business survey data" (2011).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pipeline.reconcile.problem import Change, Repair, RepairKind
from pipeline.reconcile.shape import Shape

ARBITRARY = 100
LOOKS_ALIKE, ONE_DIGIT, SWAPPED, MOVED = 70, 80, 120, 130
"""Weights: a digit taken for one that looks like it; one digit wrong, lost, doubled or out of order; two numbers changed
places; a row moved by a column, or a number run together with its neighbour or split in two."""

_ALIKE = {frozenset(pair) for pair in ("17", "06", "08", "38", "56", "69", "49", "68", "35", "27")}


def weigh(shape: Shape, values: Sequence[int | None], new: Mapping[int, int | None]) -> Repair:
    """The repair that puts the numbers `new` (by slot) in place of those printed, with its kind and weight."""
    slots = sorted(new)
    changes = tuple(Change(shape.slots[s], values[s] or 0, new[s]) for s in slots)
    # Of a range of numbers one is always a likely misreading.
    costs = [LOOKS_ALIKE if c.repaired is None else _cost(str(c.repaired), str(c.printed)) for c in changes]
    if share_a_line(changes):
        # Misreadings are independent: two that make up for each other in one row or column are no accident.
        costs = [ARBITRARY] * len(slots)
    is_digit = all(c < ARBITRARY for c in costs) and all(c.repaired is not None for c in changes)
    kind: RepairKind = "digit" if is_digit else "one_value"
    weight = sum(costs)
    if len(slots) > 1 and (moved := _moved(shape, values, new)) is not None and moved[1] < weight:
        kind, weight = moved
    return Repair(changes, kind, weight)


def share_a_line(changes: Sequence[Change]) -> bool:
    """Whether two of the changes stand in one row or one column."""
    return any(len({c.slot[axis] for c in changes}) < len(changes) for axis in (0, 1))


def all_share_lines(changes: Sequence[Change]) -> bool:
    """Whether every change stands in one row or one column with another."""
    counts = [Counter(c.slot[axis] for c in changes) for axis in (0, 1)]
    return all(counts[0][c.slot[0]] > 1 or counts[1][c.slot[1]] > 1 for c in changes)


def _cost(true: str, printed: str) -> int:
    if len(true) == len(printed):
        wrong = [(a, b) for a, b in zip(true, printed, strict=True) if a != b]
        if len(wrong) == 1:
            return LOOKS_ALIKE if frozenset(wrong[0]) in _ALIKE else ONE_DIGIT
        if len(wrong) == 2 and wrong[0] == wrong[1][::-1]:
            k = next(n for n, (a, b) in enumerate(zip(true, printed, strict=True)) if a != b)
            return ONE_DIGIT if true[k + 1] != printed[k + 1] else ARBITRARY
        return ARBITRARY
    longer, shorter = (true, printed) if len(true) > len(printed) else (printed, true)
    if len(longer) == len(shorter) + 1 and any(longer[:k] + longer[k + 1 :] == shorter for k in range(len(longer))):
        return ONE_DIGIT
    return ARBITRARY


def _moved(shape: Shape, values: Sequence[int | None], new: Mapping[int, int | None]) -> tuple[RepairKind, int] | None:
    """The kind and weight of a repair that only moves numbers within one row or one column; None for any other."""
    rows, columns = ({shape.slots[s][axis] for s in new} for axis in (0, 1))
    if len(rows) > 1 and len(columns) > 1:
        return None
    if len(new) == 2:
        (a, b) = new
        if new[a] == values[b] and new[b] == values[a]:
            return "swapped", SWAPPED
    if not any(values[s] for s, (r, c) in enumerate(shape.slots) if (r in rows if len(rows) == 1 else c in columns)):
        return "zeroed", MOVED
    if len(rows) > 1 or not (row := shape.rows.get(next(iter(rows)))):
        return None
    slots = (*row.parts, row.total)
    printed = [values[s] for s in slots]
    true = [new.get(s, values[s]) for s in slots]
    # What stands at the end where the row ran out of its columns is whatever was put there.
    ends = (len(slots), len(slots) - 1) if printed[-1] == true[-1] else (len(slots),)
    if any(printed[1:n] == true[: n - 1] or printed[: n - 1] == true[1:n] for n in ends):
        return "shifted", MOVED
    return (
        ("merged", MOVED)
        if any(_is(printed, p) for p in _merged(true)) or any(_is(true, p) for p in _merged(printed))
        else None
    )


def _merged(row: Sequence[int | None]) -> Iterator[list[int | None]]:
    """The row with two neighbours run together: the cells behind them moved up, or one cell left blank."""
    for k in range(len(row) - 1):
        a, b = row[k], row[k + 1]
        if a and b is not None:
            joined = int(f"{a}{b}")
            yield [*row[:k], joined, *row[k + 2 :], None]
            yield [*row[:k], joined, None, *row[k + 2 :]]


def _is(row: Sequence[int | None], pattern: Sequence[int | None]) -> bool:
    """Whether a row is what the pattern says; where that says nothing, anything may stand."""
    return all(p is None or p == v for v, p in zip(row, pattern, strict=True))
