"""What a page shows, as dataclasses: put together by `pipeline.dossier.page`, printed by its templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.dossier.evidence import Evidence, Shown
from pipeline.dossier.facts import Cell, Claim, Date, Facts, Flag, Section
from pipeline.dossier.printed import Label, Slot
from pipeline.dossier.source import Unavailable
from pipeline.dossier.words import Both


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell as shown. `shown` is what is printed, or the deduced number; "" where there is neither: `reason` says why.

    `details` are what appears when it is pointed at. `proof` is where it stands in the source, `flags` name it.
    """

    anchor: str
    cell: Cell
    row: Both
    column: Both
    shown: str
    reason: Both | None
    details: tuple[tuple[Both, Both], ...]
    proof: Evidence | None
    flags: tuple[Flag, ...]

    @property
    def is_inferred(self) -> bool:
        """Whether the number shown is not printed here."""
        return self.cell.printed is None

    @property
    def severity(self) -> str:
        return self.flags[0].severity if self.flags else ""


@dataclass(frozen=True, slots=True)
class LabelView:
    """A label of the form in both languages, with the findings that name its whole row or column."""

    label: Label
    text: Both
    anchor: str | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Cells of a table that have the same to say, by row or by column, whichever are fewer."""

    details: tuple[tuple[Both, Both], ...]
    groups: tuple[tuple[Both, tuple[CellView, ...]], ...]


@dataclass(frozen=True, slots=True)
class TableView:
    """A statutory table as the form prints it; `others` are its cells that stand on no row of this form."""

    table_code: str
    name: Both
    form: Both
    is_absent: bool
    head: tuple[tuple[LabelView | CellView | Slot, ...], ...]
    body: tuple[tuple[LabelView | CellView | Slot, ...], ...]
    spans: Mapping[str, int]
    others: tuple[tuple[Both, tuple[CellView, ...]], ...]
    notes: tuple[tuple[str, Both, tuple[Note, ...]], ...]
    """By status: its code, its meaning, and what is to be said of such cells."""
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class FlagView:
    """A finding; `anchor` is the cell, row, column or table that it names, `proof` where it stands in the source."""

    flag: Flag
    anchor: str | None
    proof: Evidence | None


@dataclass(frozen=True, slots=True)
class RuleView:
    """The findings of one rule."""

    rule_code: str
    severity: str
    title: Both
    reference: str
    findings: tuple[FlagView, ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """One smallest set of changes."""

    table: Both
    number: int
    kind: Both
    weight: str
    changes: tuple[tuple[str, Both, str, Both], ...]
    """(anchor of the cell, its name, printed, repaired)"""


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that a page shows. Lists come with how many of their rows are left out."""

    facts: Facts
    title: Both
    identity: tuple[tuple[Both, Both], ...]
    tables: tuple[TableView, ...]
    flags: tuple[RuleView, ...]
    flags_left: int
    dates: tuple[tuple[Date, Both, Both, Evidence | None], ...]
    dates_left: int
    claims: tuple[tuple[Claim, Both, Both, Both, Evidence | None], ...]
    claims_left: int
    solutions: tuple[Solution, ...]
    changes_left: int
    source: Shown | None
    unavailable: Unavailable | None
    sections: tuple[tuple[Both, Section], ...]
    back: Mapping[str, Both]
    """What an anchor of the page is called, for the way back from the source."""


def cell_anchor(table: str, row: str, column: str) -> str:
    return f"c-{table}-{row}-{column}"
