"""Numbers recognised from pictures: doubtful, unless the recogniser's certainty and the identities both vouch for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pipeline import form
from pipeline.extract.grounds import Ground
from pipeline.extract.layout import Piece

Slot = tuple[str, str]

CERTAIN_ENOUGH = 0.9
"""Certainty from which the recogniser vouches for a cell; measured by `make bench-ocr`."""


def tested_and_broken(
    certain: Mapping[Slot, Piece], instances: Iterable[form.IdentityInstance], count: Callable[[Piece], int | None]
) -> tuple[set[Slot], set[Slot]]:
    """Cells that at least one identity tests, all of whose cells are printed, and those among them where one fails."""
    tested: set[Slot] = set()
    broken: set[Slot] = set()
    for instance in instances:
        total = 0
        for row, column, sign in instance.terms:
            piece = certain.get((row, column))
            number = count(piece) if piece is not None else None
            if number is None:
                break
            total += sign * number
        else:
            slots = {(row, column) for row, column, _ in instance.terms}
            tested |= slots
            if total:
                broken |= slots
    return tested, broken


def unvouched(
    certain: Mapping[Slot, Piece], instances: Iterable[form.IdentityInstance], count: Callable[[Piece], int | None]
) -> dict[Slot, str]:
    """Printed cells that were recognised from a picture and that not both vouch for, each with the ground of the doubt.

    The identities vouch for a cell where at least one of them can be tested (all its cells are printed) and all that can
    be tested hold.
    """
    recognised = {s: p for s, p in certain.items() if p.certainty is not None}
    if not recognised:
        return {}
    tested, broken = tested_and_broken(certain, instances, count)
    out = {}
    for slot, piece in recognised.items():
        assert piece.certainty is not None
        if piece.certainty < CERTAIN_ENOUGH:
            why = f"certainty {piece.certainty:.2f}"
        elif slot in broken:
            why = "an identity fails"
        elif slot not in tested:
            why = "no identity tests it"
        else:
            continue
        out[slot] = f"{Ground.RECOGNISED}: {why}"
    return out
