"""Tables of every kind for the reconciliation engine, as numbers: what texts print of them, lose of them and get wrong.

Truths come from the generators of the test corpus and of `bench_placement`; both forms take turns. The same kind and
seed give the same problem. Nothing here is random beyond `random.Random(seed)`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from benchmarks import bench_placement
from pipeline import form
from pipeline.reconcile import Problem, Run, Slot
from tests.corpus import numbers, printing

Truth = dict[Slot, int]
Maker = Callable[[random.Random, str], Truth]
Kind = Callable[[random.Random, str], Problem]

FRAME = ("received_new", "carried_in", "handled_total", "carried_out")
OTHER_ROWS = ("other_uncorrected", "other_unpaid_fee", "other_other")
"""Rows of the 2021 form that the 2019 form prints as one."""

CORPUS_PATTERNS = dict(zip(printing.PATTERNS, (40, 7, 13, 6, 6, 9, 6, 5, 8), strict=True))
"""How often the random reports of the test corpus leave which cells blank (tests/corpus/truth.py)."""


def corpus(rng: random.Random, form_code: str) -> Truth:
    """A true table as in the random reports of the tests: from all zeros to tens of thousands of applications."""
    return {slot: int(n) for slot, n in numbers.applications(rng, form_code).items()}


def zeros(rng: random.Random, form_code: str) -> Truth:
    return {slot: int(n) for slot, n in numbers.applications(rng, form_code, "zero").items()}


def in_form(make: Callable[[random.Random], bench_placement.Truth], rng: random.Random, form_code: str) -> Truth:
    """A truth of `bench_placement`, which knows the 2021 form, in either form."""
    truth = make(rng)
    if form_code == "2019":
        for column in bench_placement.COLUMNS:
            truth["other", column] = sum(truth.pop((row, column)) for row in OTHER_ROWS)
    columns = form.column_codes(form_code, form.APPLICATIONS)
    return {(r, c): truth[r, c] for r in form.row_codes(form_code, form.APPLICATIONS) for c in columns}


realistic: Maker = partial(in_form, bench_placement.realistic)
rare_applicants: Maker = partial(in_form, bench_placement.rare_applicants)
scattered: Maker = partial(in_form, bench_placement.scattered)


def remedies(rng: random.Random, form_code: str) -> Truth:
    return {slot: int(n) for slot, n in numbers.remedies(rng).items()}


# What is wrong in what a source states.


def misread(digits: int, rng: random.Random) -> int:
    """A number as somebody mistypes it: a digit replaced, one added or lost, two swapped."""
    text = list(str(digits))
    at = rng.randrange(len(text))
    how = rng.randrange(4)
    if how == 0 or (how > 1 and len(text) == 1):
        text[at] = rng.choice([d for d in "0123456789" if d != text[at]])
    elif how == 1:
        text.insert(at, rng.choice("123456789"))
    elif how == 2:
        del text[at]
    else:
        at = min(at, len(text) - 2)
        text[at], text[at + 1] = text[at + 1], text[at]
    return int("".join(text))


def with_wrong_cells(truth: Truth, count: int, rng: random.Random) -> Truth:
    """`count` cells misread, of those that hold a number where there are enough of them."""
    filled = [s for s, v in truth.items() if v]
    cells = rng.sample(filled if len(filled) >= count else list(truth), count)
    return {**truth, **{s: misread(truth[s], rng) for s in cells}}


def with_balance_off(truth: Truth, rng: random.Random, form_code: str) -> Truth:
    """Rows and results right, received and carried not (29 + 2 against 34 + 2)."""
    said = dict(truth)
    column, by = rng.choice(numbers.PARTS), rng.randint(1, 5)
    row = rng.choice(form.results_of_form(form_code))
    for r in (row, "handled_total"):
        for c in (column, "total"):
            said[r, c] += by
    return said


def with_totals_zero(truth: Truth) -> Truth:
    """Totals printed as 0 beside parts."""
    return {(r, c): 0 if c == "total" else v for (r, c), v in truth.items()}


# What a text leaves of a table.


def kept(table: str, form_code: str, said: Truth, blank: set[Slot]) -> Problem:
    """The text keeps every cell at its place: blanks are known to be blank."""
    known = {s: v for s, v in said.items() if s not in blank}
    return Problem(form.identity_instances(form_code, table), known, frozenset(blank), ())


def shortened(table: str, form_code: str, said: Truth, blank: set[Slot]) -> Problem:
    """The text drops blank cells: what is left of a row stands in its order, at unknown places."""
    known: Truth = {}
    empty: set[Slot] = set()
    runs = []
    columns = form.column_codes(form_code, table)
    for row in dict.fromkeys(r for r, _ in said):
        slots = tuple((row, c) for c in columns)
        stand = [s for s in slots if s not in blank]
        if len(stand) == len(slots):
            known.update((s, said[s]) for s in slots)
        elif stand:
            runs.append(Run(slots, tuple(said[s] for s in stand)))
        else:
            empty.update(slots)
    return Problem(form.identity_instances(form_code, table), known, frozenset(empty), tuple(runs))


def some_zeros(said: Truth, share: float, rng: random.Random) -> set[Slot]:
    return {s for s, v in said.items() if not v and rng.random() < share}


def of_columns(said: Truth, *columns: str) -> set[Slot]:
    return {s for s in said if s[1] in columns}


def of_rows(said: Truth, rng: random.Random) -> set[Slot]:
    rows = list(dict.fromkeys(r for r, _ in said))
    lost = set(rng.sample(rows, rng.randint(1, 6)))
    return {s for s in said if s[0] in lost}


def pattern_of(name: str, said: Truth, rng: random.Random) -> set[Slot]:
    return printing.blanks(rng, name, {s: numbers.Decimal(v) for s, v in said.items()})


# The kinds. Each takes a generator and a form and gives one problem.


def printed(make: Maker, wrong: tuple[int, int], rng: random.Random, form_code: str) -> Problem:
    truth = make(rng, form_code)
    count = rng.randint(*wrong)
    return kept(form.APPLICATIONS, form_code, with_wrong_cells(truth, count, rng) if count else truth, set())


def zeros_blank(
    make: Maker, share: float, loses: bool, wrong: tuple[int, int], rng: random.Random, form_code: str
) -> Problem:
    """A share of the zeros blank, kept or lost; wrong cells where asked for."""
    truth = make(rng, form_code)
    count = rng.randint(*wrong)
    said = with_wrong_cells(truth, count, rng) if count else truth
    return (shortened if loses else kept)(form.APPLICATIONS, form_code, said, some_zeros(said, share, rng))


def patterned(name: str, loses: bool, rng: random.Random, form_code: str) -> Problem:
    said = corpus(rng, form_code)
    return (shortened if loses else kept)(form.APPLICATIONS, form_code, said, pattern_of(name, said, rng))


def totals_lost(rng: random.Random, form_code: str) -> Problem:
    said = realistic(rng, form_code)
    blank = of_columns(said, "total") | some_zeros(said, 1.0, rng)
    return shortened(form.APPLICATIONS, form_code, said, blank)


def totals_zero(rng: random.Random, form_code: str) -> Problem:
    said = with_totals_zero(realistic(rng, form_code))
    blank = some_zeros(said, rng.choice((0.0, 0.5)), rng) - of_columns(said, "total")
    return (shortened if rng.random() < 0.5 else kept)(form.APPLICATIONS, form_code, said, blank)


def first_column_lost(rng: random.Random, form_code: str) -> Problem:
    """A whole column lost while the zeros stay, as a PDF's text loses it."""
    said = realistic(rng, form_code)
    return shortened(form.APPLICATIONS, form_code, said, of_columns(said, "natural_person"))


def rows_lost(loses_zeros: bool, rng: random.Random, form_code: str) -> Problem:
    """Rows of which the text has nothing: their slots are not even known to be blank."""
    said = corpus(rng, form_code)
    blank = some_zeros(said, 0.5, rng) if loses_zeros else set()
    lost = of_rows(said, rng)
    return shortened(form.APPLICATIONS, form_code, {s: v for s, v in said.items() if s not in lost}, blank)


def balance_off(loses: bool, rng: random.Random, form_code: str) -> Problem:
    said = with_balance_off(realistic(rng, form_code), rng, form_code)
    blank = some_zeros(said, rng.choice((0.5, 1.0)), rng) if loses else set()
    return (shortened if loses else kept)(form.APPLICATIONS, form_code, said, blank)


def arbitrary(rng: random.Random, form_code: str) -> Problem:
    """Rows of numbers that have nothing to do with one another; some rows with more numbers than cells."""
    columns = form.column_codes(form_code, form.APPLICATIONS)
    runs = []
    for row in form.row_codes(form_code, form.APPLICATIONS):
        count = rng.choice((0, 1, 2, 3, 4, 5, 6, 9) if rng.random() < 0.1 else (1, 2, 3, 4, 5, 6))
        top = rng.choice((1, 5, 40))
        runs.append(Run(tuple((row, c) for c in columns), tuple(rng.randint(0, top) for _ in range(count))))
    return Problem(form.identity_instances(form_code, form.APPLICATIONS), {}, frozenset(), tuple(runs))


def crowded(rng: random.Random, form_code: str) -> Problem:
    """The most readings that a consistent table can have: small equal numbers everywhere, every blank lost."""
    truth = dict.fromkeys(corpus(rng, form_code), 0)
    for row in form.results_of_form(form_code):
        for column in rng.sample(numbers.PARTS, rng.randint(2, 4)):
            truth[row, column] = rng.randint(1, 2)
    for column in numbers.PARTS:
        handled = sum(truth[r, column] for r in form.results_of_form(form_code))
        truth["handled_total", column] = truth["received_new", column] = handled
    for row in dict.fromkeys(r for r, _ in truth):
        truth[row, "total"] = sum(truth[row, c] for c in numbers.PARTS)
    return shortened(form.APPLICATIONS, form_code, truth, some_zeros(truth, 1.0, rng))


def flattened(rng: random.Random, form_code: str) -> Problem:
    """Rows run together, two to five in one run of numbers, some zeros lost: where one row ends is unknown too."""
    said = realistic(rng, form_code)
    blank = some_zeros(said, rng.choice((0.1, 0.5, 1.0)), rng)
    slots, runs, start = list(said), [], 0
    width = len(form.column_codes(form_code, form.APPLICATIONS))
    while start < len(slots):
        end = start + width * rng.randint(2, 5)
        here = tuple(slots[start:end])
        runs.append(Run(here, tuple(said[s] for s in here if s not in blank)))
        start = end
    return Problem(form.identity_instances(form_code, form.APPLICATIONS), {}, frozenset(), tuple(runs))


def as_in_corpus(loses: bool, rng: random.Random, form_code: str) -> Problem:
    """A table of the random reports of the tests: blanks of every pattern by weight, one in six contradicts itself."""
    true = numbers.applications(rng, form_code)
    wrong = rng.random() < 1 / 6
    said = printing.misprint(rng, rng.choice(printing.INCONSISTENCIES), form_code, true) if wrong else true
    (name,) = rng.choices(list(CORPUS_PATTERNS), list(CORPUS_PATTERNS.values()))
    blank = printing.blanks(rng, name, true)
    table = {s: int(n) for s, n in said.items()}
    return (shortened if loses else kept)(form.APPLICATIONS, form_code, table, blank)


def remedies_table(loses: bool, share: float, wrong: int, rng: random.Random, form_code: str) -> Problem:
    said = with_wrong_cells(remedies(rng, form_code), rng.randint(0, wrong), rng)
    return (shortened if loses else kept)(form.REMEDIES, form_code, said, some_zeros(said, share, rng))


APPLICATIONS: dict[str, Kind] = {
    "fully printed, consistent": partial(printed, corpus, (0, 0)),
    "fully printed, 1 wrong cell": partial(printed, corpus, (1, 1)),
    "fully printed, 2-3 wrong cells": partial(printed, corpus, (2, 3)),
    "fully printed, balance off": partial(balance_off, False),
    "all zeros, fully printed": partial(printed, zeros, (0, 0)),
    "10 % of zeros blank": partial(zeros_blank, corpus, 0.1, False, (0, 0)),
    "50 % of zeros blank": partial(zeros_blank, corpus, 0.5, False, (0, 0)),
    "all zeros blank": partial(zeros_blank, corpus, 1.0, False, (0, 0)),
    "zeros blank, 1-3 wrong cells": partial(zeros_blank, corpus, 0.5, False, (1, 3)),
    "any cells blank": partial(patterned, "random", False),
    "totals blank": partial(patterned, "totals", False),
    "whole table blank": partial(patterned, "all", False),
    "whole columns blank": partial(patterned, "columns", False),
    "totals printed as 0": totals_zero,
    "10 % of zeros lost": partial(zeros_blank, realistic, 0.1, True, (0, 0)),
    "50 % of zeros lost": partial(zeros_blank, realistic, 0.5, True, (0, 0)),
    "all zeros lost": partial(zeros_blank, realistic, 1.0, True, (0, 0)),
    "all zeros lost, rare applicants": partial(zeros_blank, rare_applicants, 1.0, True, (0, 0)),
    "10 % of zeros lost, random tables": partial(zeros_blank, scattered, 0.1, True, (0, 0)),
    "50 % of zeros lost, random tables": partial(zeros_blank, scattered, 0.5, True, (0, 0)),
    "all zeros lost, random tables": partial(zeros_blank, scattered, 1.0, True, (0, 0)),
    "all zeros, 50 % lost": partial(zeros_blank, zeros, 0.5, True, (0, 0)),
    "any cells lost": partial(patterned, "random", True),
    "totals and zeros lost": totals_lost,
    "first column lost": first_column_lost,
    "rows lost": partial(rows_lost, False),
    "rows and 50 % of zeros lost": partial(rows_lost, True),
    "zeros lost, 1 wrong cell": partial(zeros_blank, realistic, 0.5, True, (1, 1)),
    "zeros lost, balance off": partial(balance_off, True),
}
"""Kinds of applications tables that reports have."""

HOSTILE: dict[str, Kind] = {
    "rows run together": flattened,
    "numbers without sense": arbitrary,
    "as many readings as can be": crowded,
}
"""Kinds that no report has: what the cap is for."""

MIXTURE: dict[str, Kind] = {
    "test corpus, blanks kept": partial(as_in_corpus, False),
    "test corpus, blanks lost": partial(as_in_corpus, True),
}
"""The random reports of the tests, whose traits and their shares follow what was seen in real reports, in a text that
keeps blanks and in one that loses them."""

REMEDIES: dict[str, Kind] = {
    "remedies, fully printed": partial(remedies_table, False, 0.0, 0),
    "remedies, wrong cells": partial(remedies_table, False, 0.0, 3),
    "remedies, zeros blank": partial(remedies_table, False, 1.0, 0),
    "remedies, zeros lost": partial(remedies_table, True, 1.0, 0),
    "remedies, zeros lost, wrong cells": partial(remedies_table, True, 0.5, 2),
}
"""Kinds of remedies tables."""

KINDS: dict[str, Kind] = {**APPLICATIONS, **HOSTILE, **MIXTURE, **REMEDIES}


def problem(kind: str, seed: int) -> Problem:
    """The table of a kind and seed: odd seeds in the form of 2019, even ones in that of 2021."""
    return KINDS[kind](random.Random(f"{kind} {seed}"), form.FORMS[(seed + 1) % 2])
