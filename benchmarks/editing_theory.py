"""What the identities alone allow, computed without the pipeline's own solver.

The identities are a linear code over the integers: `H x = 0` for every true table `x`. Its minimum distance says how
many wrong cells are always noticed; for a given sheet, linear programming says whether anything can be noticed and which
blanks are fixed, and a search over sets of cells says whether the fewest changes that satisfy every identity are unique.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np

from benchmarks.editing_errors import Sheet
from pipeline import form
from pipeline.reconcile import Slot
from tests.reconcile.reconcile_tables import Oracle

MOST_IDENTITIES_OF_A_CELL = 3


@cache
def matrix(form_code: str, table_code: str) -> tuple[list[Slot], np.ndarray]:
    """Cells of a table and its identities, one row each, entries -1, 0, 1."""
    slots = [(c.row_code, c.column_code) for c in form.cell_defs(form_code, table_code)]
    at = {s: n for n, s in enumerate(slots)}
    instances = form.identity_instances(form_code, table_code)
    h = np.zeros((len(instances), len(slots)), dtype=np.int64)
    for n, i in enumerate(instances):
        for row, column, sign in i.terms:
            h[n, at[row, column]] = sign
    return slots, h


@dataclass(frozen=True, slots=True)
class Code:
    """cells, identities, how many of these are independent, fewest cells of an error that breaks none of them."""

    cells: int
    identities: int
    rank: int
    distance: int


def code_of(form_code: str, table_code: str) -> Code:
    """The code of a table's identities, exactly: sets of cells are independent where their Gram determinant is not 0."""
    slots, h = matrix(form_code, table_code)
    return Code(len(slots), len(h), len(reduced(h)[1]), _distance(h))


def _distance(h: np.ndarray) -> int:
    """The size of the smallest dependent set of columns: all sets of up to three are tried, of four those of the first
    rows until one is found; 5 where there is none."""
    gram = h.T @ h
    n = len(gram)
    if not gram.diagonal().all():
        return 1
    i, j = np.triu_indices(n, 1)
    if not (gram[i, i] * gram[j, j] - gram[i, j] ** 2).all():
        return 2
    for first in range(n - 2):
        i, j = (x + first + 1 for x in np.triu_indices(n - first - 1, 1))
        a, b, c = gram[first, first], gram[i, i], gram[j, j]
        d, e, f = gram[first, i], gram[first, j], gram[i, j]
        if not (a * b * c + 2 * d * e * f - a * f * f - b * e * e - c * d * d).all():
            return 3
    fours = combinations(range(min(n, 40)), 4)
    return 4 if any(len(reduced(h[:, list(s)])[1]) < 4 for s in fours) else 5


def reduced(h: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """Reduced row echelon form and its pivot columns. Exact: every entry stays -1, 0 or 1, as in any network matrix."""
    m = h.copy()
    pivots: list[int] = []
    for column in range(m.shape[1]):
        row = len(pivots)
        found = np.flatnonzero(m[row:, column])
        if not len(found):
            continue
        m[[row, row + found[0]]] = m[[row + found[0], row]]
        m[row] *= m[row, column]
        others = m[:, column].copy()
        others[row] = 0
        m -= np.outer(others, m[row])
        pivots.append(column)
        if len(pivots) == len(m):
            break
    if np.abs(m).max(initial=0) > 1:
        raise ValueError("the identities are no network matrix: elimination in -1, 0, 1 is not exact")
    return m[: len(pivots)], pivots


def fixed_by_equalities(sheet: Sheet) -> int:
    """Cells without a number that the equations alone fix: pivots that depend on no free cell."""
    slots, h = matrix(sheet.form, sheet.table_code)
    missing = set(sheet.unprinted)
    m, _ = reduced(h[:, [n for n, s in enumerate(slots) if s in missing]])
    return int((np.count_nonzero(m, axis=1) == 1).sum())


def fixed_by_program(sheet: Sheet) -> int:
    """Cells without a number that have one value in every non-negative solution. Only where no number is wrong."""
    oracle = Oracle(form.identity_instances(sheet.form, sheet.table_code), sheet.numbers)
    missing = sheet.unprinted
    return len(missing) - len(oracle.not_fixed(missing, sheet.truth))


def can_be_noticed(sheet: Sheet) -> bool:
    """Whether no table without negative numbers satisfies every identity and prints what the sheet prints."""
    if not sheet.unprinted:
        slots, h = matrix(sheet.form, sheet.table_code)
        return bool((h @ np.array([sheet.numbers[s] for s in slots])).any())
    oracle = Oracle(form.identity_instances(sheet.form, sheet.table_code), sheet.numbers)
    return oracle.solve([0.0] * len(oracle.unknown)) is None


def fewest_changes(sheet: Sheet, most: int = 3) -> list[dict[Slot, int]] | None:
    """Every smallest set of changes (cell to new number) that satisfies all identities, of at most `most` <= 3 cells, in
    a fully printed sheet; None where more would have to change. Weights play no part: every cell counts one."""
    slots, h = matrix(sheet.form, sheet.table_code)
    printed = np.array([sheet.numbers[s] for s in slots], dtype=np.int64)
    syndrome = -(h @ printed)
    for size in range(1, most + 1):
        found = {
            tuple(sorted(change.items()))
            for change in _solutions(h, syndrome, size, {})
            if all(printed[cell] + by >= 0 for cell, by in change.items())
        }
        if found:
            return [{slots[cell]: int(printed[cell] + by) for cell, by in change} for change in sorted(found)]
    return None


def _solutions(h: np.ndarray, left: np.ndarray, size: int, chosen: dict[int, int]) -> Iterator[dict[int, int]]:
    """Changes of `size` more cells that clear what is `left`.

    Some cell of every identity that is off has to change. The last cell clears what is left alone. Of the last two, some
    identity sees only one: the value of that one is what is left there, so that trying these values misses nothing.
    """
    off = np.flatnonzero(left)
    if not len(off) or len(off) > MOST_IDENTITIES_OF_A_CELL * size:
        return
    if size == 1:
        for cell in np.flatnonzero((h[off] != 0).all(axis=0)):
            by = int(left[off[0]] * h[off[0], cell])
            if cell not in chosen and np.array_equal(h[:, cell] * by, left):
                yield {**chosen, int(cell): by}
        return
    for cell in np.flatnonzero((h[off] != 0).any(axis=0)):
        for by in {int(left[i] * h[i, cell]) for i in off if h[i, cell]}:
            if cell not in chosen:
                yield from _solutions(h, left - h[:, cell] * by, size - 1, {**chosen, int(cell): by})
