"""The target of `pipeline/reconcile`: tables drawn from bytes, and what linear programming says of them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pipeline import form
from pipeline.reconcile import MOST, UNIQUE, Problem, Run, Slot, reconcile
from tests.corpus import oracle
from tests.fuzz.draw import Draw
from tests.fuzz.target import Target, must
from tests.reconcile.reconcile_tables import Truth, identities_of, lose, random_truth, violated_now

_TABLES = (form.APPLICATIONS, form.REMEDIES)
_LARGEST = (1, 9, 40, 1_000, 50_000)


def _table(draw: Draw) -> tuple[str, str, Truth]:
    """A form, a table, and numbers that satisfy its identities."""
    form_code, table_code = draw.choice(form.FORMS), draw.choice(_TABLES)
    # The generator of the tests asks of its random numbers what a Draw has too.
    rng: Any = draw
    density = draw.choice((0.05, 0.2, 0.5, 1.0))
    return form_code, table_code, random_truth(form_code, table_code, rng, density, draw.choice(_LARGEST))


def blanks(data: bytes) -> None:
    """Cells of a sound table lost: what is deduced is what cannot be otherwise, all of it, and nothing else."""
    draw = Draw(data)
    form_code, table_code, truth = _table(draw)
    share = draw.choice((0.05, 0.2, 0.5, 0.9))
    lost = frozenset(s for s in truth if draw.random() < share)
    _against_oracle(form_code, table_code, {s: v for s, v in truth.items() if s not in lost}, lost, truth)


def misprints(data: bytes) -> None:
    """Numbers of a table changed, cells lost: what fails is said, and a table of which nothing is lost is never silent."""
    draw = Draw(data)
    form_code, table_code, truth = _table(draw)
    printed = dict(truth)
    for _ in range(1 + draw.number(4)):
        slot = draw.choice(sorted(printed))
        printed[slot] = draw.choice((0, 1, printed[slot] * 10, printed[slot] + 1, draw.number(100)))
    lost = frozenset(s for s in truth if draw.random() < 0.2) if draw.number(2) else frozenset[Slot]()
    known = {s: v for s, v in printed.items() if s not in lost}
    identities = identities_of(form_code, table_code)
    if not lost:
        result = reconcile(Problem(identities, known, lost, ()))
        broken = violated_now(identities, known)
        must(sorted(v.identity.name for v in result.violations) == sorted(broken), "identities that fail in silence")
    _against_oracle(form_code, table_code, known, lost, None)


def _against_oracle(form_code: str, table_code: str, known: Truth, lost: frozenset[Slot], truth: Truth | None) -> None:
    result = reconcile(Problem(identities_of(form_code, table_code), known, lost, ()))
    numbers: dict[Slot, Decimal | None] = {s: Decimal(v) for s, v in known.items()} | dict.fromkeys(lost)
    answer = oracle.solve(form_code, table_code, numbers)
    deduced = {s: Decimal(d.value) for s, d in result.deduced.items()}
    must(not result.placed, "numbers placed where there are no short rows")
    must(all(s in lost for s in deduced), "a deduced cell that is printed")
    must(bool(answer.failing) == bool(result.violations), "a failing identity of which nothing is said")
    must(not answer.is_infeasible or result.infeasible, "a contradiction of which nothing is said")
    if truth is not None:
        wrong = {s: (v, truth[s]) for s, v in deduced.items() if v != truth[s]}
        must(not wrong, "a deduced number that is wrong", wrong)
    if not (answer.failing or answer.is_infeasible):
        wrong = {s: v for s, v in deduced.items() if answer.fixed.get(s) != v}
        must(not wrong, "a deduced number that could be another", wrong)
        missed = {s: v for s, v in answer.fixed.items() if s not in deduced and s in lost}
        must(answer.is_untested or not missed, "a fixed number that is not deduced", missed)


def short_rows(data: bytes) -> None:
    """Rows of a sound table that lost zeros: a number placed for certain, or deduced, is the right one."""
    draw = Draw(data)
    form_code, table_code, truth = _table(draw)
    rng: Any = draw
    printed, _ = lose(truth, form.column_codes(form_code, table_code), rng, draw.choice((0.0, 0.3, 0.8, 1.0)))
    known: Truth = {}
    blank: set[Slot] = set()
    runs = []
    for row, numbers in printed:
        slots = tuple(s for s in truth if s[0] == row)
        if len(numbers) == len(slots):
            known.update(zip(slots, numbers, strict=True))
        elif numbers:
            runs.append(Run(slots, tuple(numbers)))
        else:
            blank.update(slots)
    result = reconcile(Problem(identities_of(form_code, table_code), known, frozenset(blank), tuple(runs)))
    must(not result.violations and not result.infeasible, "a sound table that is said to fail", result.set_aside)
    wrong = {s: (p.value, truth[s]) for s, p in result.placed.items() if p.how == UNIQUE and p.value != truth[s]}
    must(not wrong, "a number placed for certain that is wrong", wrong)
    wrong = {s: (d.value, truth[s]) for s, d in result.deduced.items() if d.value != truth[s]}
    must(not wrong, "a deduced number that is wrong", wrong)


def anything(data: bytes) -> None:
    """Any numbers in any rows, stated ones among them: an answer whose parts fit together."""
    draw = Draw(data)
    form_code, table_code = draw.choice(form.FORMS), draw.choice(_TABLES)
    below = draw.choice((2, 10, 1_000, 1 << 30, MOST))
    known: Truth = {}
    blank: set[Slot] = set()
    runs = []
    columns = form.column_codes(form_code, table_code)
    for row in form.row_codes(form_code, table_code):
        slots = tuple((row, c) for c in columns)
        kind = draw.number(5)
        if kind == 0:
            known.update({s: draw.number(below) for s in slots})
        elif kind == 1:
            blank.update(slots)
        elif kind == 2:
            runs.append(Run(slots, tuple(draw.number(below) for _ in range(draw.number(len(slots) + 1)))))
        elif kind == 3:
            known.update(dict.fromkeys(slots, 0))
    stated = {draw.choice(sorted(known)): draw.number(below) for _ in range(draw.number(3))} if known else {}
    problem = Problem(identities_of(form_code, table_code), known, frozenset(blank), tuple(runs), stated)
    result = reconcile(problem)
    must(not (result.placed.keys() & result.deduced.keys()), "a cell both placed and deduced")
    must(len(result.runs) == len(runs), "a run without an outcome")
    for slot, p in result.placed.items():
        run = runs[p.run]
        must(slot in run.slots, "a number placed outside its row", (slot, p))
        must(p.number is None or run.numbers[p.number] == p.value, "a number altered", (slot, p))
    for slot, d in result.deduced.items():
        must(d.value >= 0 and slot not in known, "a deduced number below zero or beside a printed one", (slot, d))
    for r in result.repairs.solutions if result.repairs else ():
        for c in r.changes:
            must(c.repaired is None or c.repaired >= 0, "a repair below zero", c)


def _seeds() -> Iterator[bytes]:
    for first in range(8):
        yield bytes([first % 2, first // 2 % 2, first % 4, first % 5]) + bytes(
            (37 * i * i + 11 * first) % 256 for i in range(500)
        )


TARGETS = tuple(
    Target(f"reconcile_{run.__name__}", run, _seeds, most_bytes=2_000)
    for run in (blanks, misprints, short_rows, anything)
)
