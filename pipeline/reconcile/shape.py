"""The identities of a table as integer-indexed arrays, and the structure that placement and flow rest on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pipeline.form import IdentityInstance
from pipeline.reconcile.problem import Slot


@dataclass(frozen=True, slots=True)
class RowShape:
    """A row identity: slots of the parts, in the order of the form, and the slot of their total."""

    identity: int
    parts: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A column identity over all its columns: the rows with their signs, and the identity of each column."""

    rows: tuple[tuple[str, int], ...]
    at: dict[str, int]


@dataclass(frozen=True, slots=True)
class Ends:
    """A slot as an arc of a network: the identity at either end (-1: none), which ground stands in for a missing one,
    and whether the arc leads from the first end to the second."""

    first: int
    second: int
    first_ground: int
    second_ground: int
    forward: bool


GROUND, BLOCK_GROUND = 0, 1
"""Nodes that stand for no identity. The second closes the block of results: it is the hub row's own identity."""


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """Slots and identities by number. `results` is the pattern whose only total is the row `hub`; `frame` the other.

    `ends` is None where the identities have not the structure of the form; then there is no exact flow step.
    """

    identities: tuple[IdentityInstance, ...]
    names: tuple[str, ...]
    slots: tuple[Slot, ...]
    index: dict[Slot, int]
    left: tuple[tuple[int, ...], ...]
    right: tuple[tuple[int, ...], ...]
    uses: tuple[tuple[int, ...], ...]
    rows: dict[str, RowShape]
    frame: Pattern | None
    results: Pattern | None
    hub: str | None
    result_rows: frozenset[str]
    ends: tuple[Ends, ...] | None
    hub_identity: int
    block: frozenset[int]


_compiled: dict[int, tuple[tuple[IdentityInstance, ...], Shape]] = {}


def shape_of(identities: tuple[IdentityInstance, ...], extra: tuple[Slot, ...] = ()) -> Shape:
    """Compile identities; `extra` are slots that no identity mentions."""
    if extra:
        return _compile(identities, extra)
    # To hash the identities of a form takes longer than to look them up by which tuple they are.
    known = _compiled.get(id(identities))
    if known is None or known[0] is not identities:
        if len(_compiled) >= _MOST_SHAPES:
            _compiled.clear()
        known = _compiled[id(identities)] = identities, _compile(identities, ())
    return known[1]


_MOST_SHAPES = 64


@lru_cache(maxsize=_MOST_SHAPES)
def _compile(identities: tuple[IdentityInstance, ...], extra: tuple[Slot, ...]) -> Shape:
    slots = tuple(dict.fromkeys([*((r, c) for i in identities for r, c, _ in i.terms), *extra]))
    index = {s: n for n, s in enumerate(slots)}
    left = tuple(tuple(index[r, c] for r, c, s in i.terms if s > 0) for i in identities)
    right = tuple(tuple(index[r, c] for r, c, s in i.terms if s < 0) for i in identities)
    uses: list[list[int]] = [[] for _ in slots]
    for n, (a, b) in enumerate(zip(left, right, strict=True)):
        for s in (*a, *b):
            uses[s].append(n)
    rows: dict[str, RowShape] = {}
    patterns: dict[tuple[tuple[str, int], ...], dict[str, int]] = {}
    regular = True
    for n, i in enumerate(identities):
        in_rows, in_columns = {r for r, _, _ in i.terms}, {c for _, c, _ in i.terms}
        if len(in_rows) == 1 and len(right[n]) == 1 and next(iter(in_rows)) not in rows:
            rows[next(iter(in_rows))] = RowShape(n, left[n], right[n][0])
        elif len(in_columns) == 1 and len(in_rows) == len(i.terms):
            at = patterns.setdefault(tuple((r, s) for r, _, s in i.terms), {})
            regular &= next(iter(in_columns)) not in at
            at[next(iter(in_columns))] = n
        else:
            regular = False
    frame, results, hub = _roles([Pattern(k, v) for k, v in patterns.items()])
    regular &= len(patterns) == (frame is not None) + (results is not None)
    if not regular:
        frame = results = hub = None
    result_rows = frozenset(r for r, _ in results.rows if r != hub) if results else frozenset()
    block = frozenset(
        [*(rows[r].identity for r in result_rows if r in rows), *(results.at.values() if results else ())]
    )
    return Shape(
        identities,
        tuple(i.name for i in identities),
        slots,
        index,
        left,
        right,
        tuple(map(tuple, uses)),
        rows,
        frame,
        results,
        hub,
        result_rows,
        _ends(slots, rows, frame, results, hub) if regular else None,
        rows[hub].identity if hub is not None and hub in rows else -1,
        block,
    )


def _roles(patterns: list[Pattern]) -> tuple[Pattern | None, Pattern | None, str | None]:
    """(frame, results, hub): the results add up to one row; the frame shares that row and no other."""

    def totals(p: Pattern) -> list[str]:
        return [r for r, s in p.rows if s < 0]

    if len(patterns) == 1:
        (only,) = patterns
        return (None, only, totals(only)[0]) if len(totals(only)) == 1 else (only, None, None)
    if len(patterns) == 2:
        for results, frame in (patterns, patterns[::-1]):
            shared = {r for r, _ in results.rows} & {r for r, _ in frame.rows}
            if len(totals(results)) == 1 and shared == set(totals(results)):
                return frame, results, totals(results)[0]
    return None, None, None


def _ends(
    slots: tuple[Slot, ...],
    rows: dict[str, RowShape],
    frame: Pattern | None,
    results: Pattern | None,
    hub: str | None,
) -> tuple[Ends, ...] | None:
    """Every slot as an arc between the two identities that it belongs to, with opposite signs at its ends.

    A hub slot belongs to three. But the hub's row identity is, up to sign, the sum of all other identities of its
    block, so it can stand as the block's own ground node; then each slot has two ends, the matrix is that of a
    network, and the range of every unknown is integral.
    """
    totals = {x.total for x in rows.values()}
    column_sign: dict[str, int] = {}
    for r in rows.values():
        for s in (*r.parts, r.total):
            sign = -1 if s in totals else 1
            if column_sign.setdefault(slots[s][1], sign) != sign:
                return None
    in_frame, in_results = dict(frame.rows if frame else ()), dict(results.rows if results else ())
    hub_sign = in_frame.get(hub, 1) if hub is not None else 1
    turn = hub_sign * in_results[hub] if hub is not None else 1
    out = []
    for row, column in slots:
        sign = column_sign.get(column, 1)
        row_identity = rows[row].identity if row in rows else -1
        in_frame_column = frame.at.get(column, -1) if frame else -1
        in_results_column = results.at.get(column, -1) if results else -1
        if row == hub:
            out.append(Ends(in_frame_column, in_results_column, GROUND, BLOCK_GROUND, hub_sign * sign > 0))
        elif row in in_results:
            forward = turn * in_results[row] * sign > 0
            out.append(Ends(row_identity, in_results_column, BLOCK_GROUND, BLOCK_GROUND, forward))
        else:
            column_identity = in_frame_column if row in in_frame else -1
            out.append(Ends(row_identity, column_identity, GROUND, GROUND, -in_frame.get(row, 1) * sign > 0))
    return tuple(out)
