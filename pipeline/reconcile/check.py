"""Which identities the printed numbers break, and which ones a deduction may still lean on."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pipeline.reconcile.problem import Violation
from pipeline.reconcile.shape import Shape

Values = Sequence[int | None]
"""Printed number by slot; None for an unknown."""


def violations(shape: Shape, values: Values) -> dict[int, Violation]:
    """Identities whose printed numbers alone make them impossible, by number."""
    out = {}
    printed, blank = [v or 0 for v in values], [v is None for v in values]
    for n, (left, right) in enumerate(zip(shape.left, shape.right, strict=True)):
        observed, expected = sum(map(printed.__getitem__, left)), sum(map(printed.__getitem__, right))
        if observed == expected:
            continue
        left_open, right_open = any(map(blank.__getitem__, left)), any(map(blank.__getitem__, right))
        if (observed < expected and left_open) or (observed > expected and right_open):
            continue
        # Here the larger side cannot be reached: the smaller one is complete.
        if left_open or right_open:
            why = f"printed numbers on one side already make {max(observed, expected)}, the other is {min(observed, expected)}"
        else:
            why = f"{observed} against {expected}"
        out[n] = Violation(shape.identities[n], observed, expected, why)
    return out


def leaned(shape: Shape, values: Values, failed: Collection[int], *, is_located: bool = True) -> list[bool]:
    """By identity: may a deduction lean on it, when the identities `failed` do not hold?

    A failed identity has a wrong printed number somewhere. An identity that shares a printed number with it is leaned
    on only with zero slack: its printed numbers balance and its unknowns are all on one side, hence all zero. A
    difference is never filled through a number that may be wrong. Where identities fail only jointly (not
    `is_located`), the wrong number may stand anywhere, and that goes for all of them.
    """
    touched = {s for n in failed for s in (*shape.left[n], *shape.right[n]) if values[s] is not None}
    out = []
    for n in range(len(shape.identities)):
        if n in failed:
            out.append(False)
        elif is_located and touched.isdisjoint(shape.left[n]) and touched.isdisjoint(shape.right[n]):
            out.append(True)
        else:
            observed, left_open = _side(shape.left[n], values)
            expected, right_open = _side(shape.right[n], values)
            out.append(observed == expected and not (left_open and right_open))
    return out


def _side(slots: tuple[int, ...], values: Values) -> tuple[int, bool]:
    total, is_open = 0, False
    for s in slots:
        v = values[s]
        if v is None:
            is_open = True
        else:
            total += v
    return total, is_open
