"""Holds claims against the statutory tables of the same report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from pipeline import form
from pipeline.model import Cell, Claim, ComparedClaim, StatutoryTable
from pipeline.narrate.claim_words import cell_sets

_CERTAIN = {"A", "I"}
_ORGANIZATIONS = "organizations"
_YUAN = "yuan"

_Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Sum:
    """Cells added up. `value` is None where one of them is not certain."""

    places: tuple[_Place, ...]
    value: Decimal | None
    unit: str

    def code(self, part: int) -> str | None:
        """Table, row or column of all cells; None where they differ."""
        (code, *more) = dict.fromkeys(p[part] for p in self.places)
        return None if more else code


def compare_claims(
    section_code: str,
    text: str,
    claims: Sequence[Claim],
    tables: Sequence[StatutoryTable],
    locator: Callable[[int, int], str],
) -> tuple[ComparedClaim, ...]:
    """Claims of one section beside the cells that they speak of; `locator` leads from a span of `text` to the source.

    Where several sets of cells are admissible a claim agrees if any of them holds its value, and that one is named; it
    disagrees only where each of them is certain (status A or I; M counts as 0) and none holds it, and then the primary one
    is named. A claim that is compared with nothing has no table.
    """
    cells = {(c.table_code, c.row_code, c.column_code): c for t in tables for c in t.cells if t.form != "none"}
    out = []
    for claim in claims:
        a, b = claim.sentence_span
        sums = tuple(_sums(claim, cells))
        named, agrees = _judged(claim, sums)
        out.append(
            ComparedClaim(
                claim=claim,
                section_code=section_code,
                sentence=text[a:b].strip(),
                table_code=named.code(0) if named else None,
                row_code=named.code(1) if named else None,
                column_code=named.code(2) if named else None,
                compared_with=" + ".join("/".join(p) for p in named.places) if named else None,
                value_in_table=named.value if named else None,
                agrees=agrees,
                locator=locator(*claim.span),
            )
        )
    return tuple(out)


def _judged(claim: Claim, sums: Sequence[_Sum]) -> tuple[_Sum | None, bool | None]:
    if not sums:
        return None, None
    for s in sums:
        if s.value is not None and s.value * _factor(s.unit, claim) == claim.value * _factor(claim.unit, claim):
            return s, True
    if any(s.value is None for s in sums):
        # The open one says why nothing is decided.
        return next(s for s in sums if s.value is None), None
    return sums[0], False


def _factor(unit: str | None, claim: Claim) -> int:
    """Amounts of money are held against each other in yuan; counts are in pieces already."""
    known = form.units().get(unit or "")
    return known.factor if known is not None and known.base == _YUAN and claim.unit and claim.unit.endswith("元") else 1


def _sums(claim: Claim, cells: dict[_Place, Cell]) -> Iterator[_Sum]:
    if claim.reading is None:
        return
    reading, _, group = claim.reading.partition("@")
    for terms in cell_sets()[reading]:
        places = tuple(p for term in terms for p in _places(term, claim.column_code, group, cells))
        if not all(any(_belongs(term, p) for p in places) for term in terms):
            continue
        counted = [cells[p] for p in places]
        certain = all((c.obs_status in _CERTAIN and c.value is not None) or c.obs_status == "M" for c in counted)
        value = sum((c.value or Decimal(0) for c in counted), Decimal(0)) if certain else None
        yield _Sum(places, value, counted[0].unit or "")


def _belongs(term: tuple[str, ...], place: _Place) -> bool:
    row = term[1]
    return place[0] == term[0] and (place[1].startswith(row[:-1]) if row.endswith("*") else place[1] == row)


def _places(term: tuple[str, ...], column: str | None, group: str, cells: dict[_Place, Cell]) -> Iterator[_Place]:
    """Cells of a term; a cell that is counted in the row `other` (status K) is no cell of its own."""
    table = term[0]
    if len(term) > 2:
        columns: tuple[str, ...] = (term[2],)
    elif group == _ORGANIZATIONS:
        columns = organization_columns()
    else:
        columns = (column or "total",)
    for place, cell in cells.items():
        if place[2] in columns and _belongs(term, place) and cell.obs_status != "K" and table == place[0]:
            yield place


@cache
def organization_columns() -> tuple[str, ...]:
    """法人或其他组织: every applicant but natural persons."""
    (row,) = (i for i in form.identities(form.APPLICATIONS) if i.axis == "row")
    return tuple(c for c in row.left if c != "natural_person")


def stated_cells(claims: Iterable[Claim], tables: Iterable[StatutoryTable]) -> dict[str, dict[tuple[str, str], int]]:
    """By table: what the claims say of single cells, in whole numbers. What two of them state differently is left out."""
    cells = {(c.table_code, c.row_code, c.column_code): c for t in tables for c in t.cells if t.form != "none"}
    said: dict[_Place, set[Decimal]] = {}
    for claim in claims:
        primary = next(_sums(claim, cells), None)
        if primary is not None and len(primary.places) == 1 and claim.value == claim.value.to_integral_value():
            said.setdefault(primary.places[0], set()).add(claim.value)
    out: dict[str, dict[tuple[str, str], int]] = {}
    for (table, row, column), values in sorted(said.items()):
        if len(values) == 1:
            out.setdefault(table, {})[row, column] = int(min(values))
    return out
