"""Errors located: the smallest repairs of a table whose identities fail, weighed, and the only one, if there is only one.

Nothing here alters a printed number: repairs stand beside the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.reconcile.misprint import all_share_lines, weigh
from pipeline.reconcile.problem import Repair, Repairs
from pipeline.reconcile.search import (
    New,
    TooMany,
    at_least,
    of_complete_table,
    of_one_line,
    of_table_with_unknowns,
    residuals,
)
from pipeline.reconcile.shape import Shape

MOST_SOLUTIONS = 60
"""More equally small repairs than this locate nothing: none of them is listed."""
_MOST_WITH_UNKNOWNS = 3


def repairs_of(shape: Shape, values: Sequence[int | None], cap: int, *, is_certain: bool = True) -> Repairs | None:
    """The smallest repairs of what is printed (`values` by slot, None for an unknown); None where none is needed.

    `cap` bounds the search; beyond it nothing is listed and `is_complete` is False. Where numbers stand at their slots
    by a preference only (not `is_certain`), nothing is suggested: the place may be what is wrong.
    """
    if shape.ends is None:
        return Repairs((), False, {})
    known = [v for v in values if v is not None]
    has_unknowns = len(known) < len(values)
    off = {} if has_unknowns else residuals(shape, known)
    one_cause = [] if has_unknowns else _with_one_cause(shape, known, off)
    found: list[New] = []
    is_complete = True
    try:
        if has_unknowns:
            found = of_table_with_unknowns(shape, values, _MOST_WITH_UNKNOWNS)
        elif not (one_cause and at_least(off) > 2):  # no three changes are as likely as one cause
            found = of_complete_table(shape, known, off, cap)
    except TooMany:
        is_complete = bool(one_cause)
    if found and not found[0]:
        return None
    weighed = [weigh(shape, values, new) for new in found]
    listed = {r.changes for r in weighed}
    weighed += [r for r in one_cause if r.changes not in listed]
    if not weighed or len(weighed) > MOST_SOLUTIONS:
        return Repairs((), False, {})
    weighed.sort(key=lambda r: (r.weight, [(shape.index[c.slot], c.repaired or 0) for c in r.changes]))
    # An identity that no other crosses says that something is wrong, never what: so it is with a row of remedies.
    crosses = shape.frame is not None or shape.results is not None
    suggested = _suggested(weighed, has_unknowns) if is_certain and crosses else {}
    return Repairs(tuple(weighed), is_complete, suggested)


def _with_one_cause(shape: Shape, values: Sequence[int], off: Mapping[int, int]) -> list[Repair]:
    """A row or column that moved or was left empty as a whole is one error, however many of its numbers are wrong."""
    weighed = (weigh(shape, values, new) for new in of_one_line(shape, values, off))
    return [r for r in weighed if r.kind not in ("one_value", "digit")]


def _suggested(solutions: Sequence[Repair], has_unknowns: bool) -> dict[tuple[str, str], int]:
    """The numbers of the repair with the fewest errors, where it has no equal and puts one number at every slot.

    Weights order equals and decide nothing. Beside unknown cells only a single wrong number is suggested on: several
    changes leave them too much room. Nor are several arbitrary changes along one row or column misprints.
    """
    fewest = min(map(_errors, solutions))
    smallest = [r for r in solutions if _errors(r) == fewest]
    (best, *equals) = smallest
    if equals or (has_unknowns and len(best.changes) > 1):
        return {}
    if best.kind == "one_value" and len(best.changes) > 2 and all_share_lines(best.changes):
        return {}
    suggested = {c.slot: c.repaired for c in best.changes if c.repaired is not None}
    return suggested if len(suggested) == len(best.changes) else {}


def _errors(r: Repair) -> int:
    """A row or column that moved or was left empty as a whole is one error, and so are two numbers that changed places."""
    return len(r.changes) if r.kind in ("one_value", "digit") else 1
