"""What goes into a reconciliation and what comes out: slots, short runs, placed and deduced numbers, violations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

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
    hold nothing. A slot in none of `known`, `blank` and `runs` is an unknown too (a row that the text lost).
    """

    identities: tuple[IdentityInstance, ...]
    known: Mapping[Slot, int]
    blank: frozenset[Slot]
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A number of a short run at a slot.

    `number` is its index in `Problem.runs[run].numbers`; None for a zero whose exact slot is open, because lost blanks
    and printed zeros are interchangeable. `how`: "unique", or "preference: " and the preferences that decided.
    """

    value: int
    run: int
    number: int | None
    how: str


@dataclass(frozen=True, slots=True)
class Deduced:
    """A number that every feasible solution gives to a slot, and the names of the identities that fix it.

    The other deduced slots of those identities have identities of their own beside them.
    """

    value: int
    identities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunOutcome:
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


@dataclass(frozen=True, slots=True)
class Result:
    """Outcome of `reconcile`. A slot is in `placed` or in `deduced` or in neither, never in both."""

    placed: dict[Slot, Placed]
    deduced: dict[Slot, Deduced]
    runs: tuple[RunOutcome, ...]
    violations: tuple[Violation, ...]
    infeasible: bool
    set_aside: tuple[str, ...]
