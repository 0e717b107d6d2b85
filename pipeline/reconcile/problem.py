"""What goes into a reconciliation and what comes out: slots, short runs, placed and deduced numbers, violations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from pipeline.form import IdentityInstance

Slot = tuple[str, str]
"""(row_code, column_code)"""

Status = Literal["unique", "preference", "open", "infeasible", "undecided"]


@dataclass(frozen=True, slots=True)
class Run:
    """Numbers of one stretch of text that lost blank cells: they stand in the order of `slots`, in which is unknown."""

    slots: tuple[Slot, ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One statutory table as numbers (all >= 0, in the unit of the form).

    `known`: printed numbers whose slot is certain; what prints "/" or the like comes as 0. `blank`: slots known to
    hold nothing. A slot in none of `known`, `blank` and `runs` is an unknown too (a row that the text lost). `stated`:
    numbers that sentences give for slots; they choose between readings of runs that are as good, and nothing else.
    """

    identities: tuple[IdentityInstance, ...]
    known: Mapping[Slot, int]
    blank: frozenset[Slot]
    runs: tuple[Run, ...]
    stated: Mapping[Slot, int] = field(default_factory=dict)


PREFERENCE, UNIQUE = "preference: ", "unique"
"""How `Placed.how` begins where a preference decided, and what it is where nothing had to."""


class Placed(NamedTuple):
    """A number of a short run at a slot.

    `number` is its index in `Problem.runs[run].numbers`; None for a zero whose exact slot is open, because lost blanks
    and printed zeros are interchangeable. `how`: "unique", or "preference: " and the preferences that decided.
    """

    value: int
    run: int
    number: int | None
    how: str


class Deduced(NamedTuple):
    """A number that every feasible solution gives to a slot, and the names of the identities that fix it.

    The other deduced slots of those identities have identities of their own beside them.
    """

    value: int
    identities: tuple[str, ...]


class RunOutcome(NamedTuple):
    """What became of a run; `readings` counts the classes of readings that stay feasible before any preference."""

    status: Status
    readings: int


@dataclass(frozen=True, slots=True)
class Violation:
    """An identity that printed numbers make impossible.

    `observed` is the left side (parts; first plus second item), `expected` the right one; None for a side that has
    unknown cells and whose printed part says nothing.
    """

    identity: IdentityInstance
    observed: int | None
    expected: int | None
    why: str


RepairKind = Literal["one_value", "digit", "swapped", "shifted", "merged", "zeroed"]


@dataclass(frozen=True, slots=True)
class Change:
    """What a repair would put at a slot in place of the printed number; None where a range of numbers would do."""

    slot: Slot
    printed: int
    repaired: int | None


@dataclass(frozen=True, slots=True)
class Repair:
    """Changes that together make every identity satisfiable; `weight` in hundredths of one arbitrary change."""

    changes: tuple[Change, ...]
    kind: RepairKind
    weight: int


@dataclass(frozen=True, slots=True)
class Repairs:
    """The smallest repairs of a table whose identities fail, by weight, then by slot.

    `is_complete` is False where the search stopped at its cap: there may be others, and nothing is suggested.
    `suggested`: where one repair alone has the fewest errors, the numbers that it would put.
    """

    solutions: tuple[Repair, ...]
    is_complete: bool
    suggested: Mapping[Slot, int]


@dataclass(frozen=True, slots=True)
class Result:
    """Outcome of `reconcile`. A slot is in `placed` or in `deduced` or in neither, never in both.

    `repairs` is None where no identity fails. `states`: what the placement used of the cap.
    """

    placed: dict[Slot, Placed]
    deduced: dict[Slot, Deduced]
    runs: tuple[RunOutcome, ...]
    violations: tuple[Violation, ...]
    infeasible: bool
    set_aside: tuple[str, ...]
    repairs: Repairs | None = None
    states: int = 0
