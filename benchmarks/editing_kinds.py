"""The kinds of error that the editing benchmark measures, by number, and the tables that it puts them into."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import editing_errors as e
from pipeline import form
from tests.corpus import numbers
from tests.reconcile.reconcile_tables import random_truth

Truth = dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Kind:
    """An error and how often (`number`: of errors, or the share of cells that are blank). `has_errors`: some printed
    number is wrong."""

    name: str
    number: str
    inject: e.Injector
    has_errors: bool = True

    @property
    def label(self) -> str:
        return f"{self.name} {self.number}"


def _counted(name: str, injector: e.Injector, counts: tuple[int, ...], has_errors: bool = True) -> list[Kind]:
    return [Kind(name, str(k), e.times(k, injector), has_errors) for k in counts]


def _shares(name: str, shares: tuple[int, ...], inject: Callable[[float], e.Injector], has_errors: bool) -> list[Kind]:
    return [Kind(name, f"{s} %", inject(s / 100), has_errors) for s in shares]


KINDS: tuple[Kind, ...] = (
    *_counted("digit typo", e.digit_typo, (1, 2, 3, 4)),
    *_counted("any other value", e.other_value, (1, 2, 3, 4)),
    *_counted("swap in row", e.swap_in_row, (1, 2)),
    *_counted("swap in column", e.swap_in_column, (1, 2)),
    *_counted("shifted row", e.shifted_row, (1, 2)),
    *_counted("merged digits", e.merged_digits, (1, 2)),
    *_counted("split digits", e.split_digits, (1, 2)),
    Kind("typo, row dropped", "1", e.then(e.digit_typo, e.dropped_row)),
    Kind("typo, column dropped", "1", e.then(e.digit_typo, e.dropped_column)),
    Kind("typo, totals lost", "1", e.then(e.digit_typo, e.lost_totals)),
    *_shares("typo, zeros blank", (10, 50, 100), lambda s: e.then(e.digit_typo, e.blanks(s, zeros=True)), True),
    *_shares("typo, cells blank", (10, 30), lambda s: e.then(e.digit_typo, e.blanks(s, zeros=False)), True),
    *_shares("typo, zeros lost", (10, 50, 100), lambda s: e.then(e.digit_typo, e.lost_cells(s, zeros=True)), True),
    *_counted("dropped row", e.dropped_row, (1, 2, 3), False),
    *_counted("dropped column", e.dropped_column, (1, 2), False),
    Kind("lost totals", "rows", e.lost_totals, False),
    Kind("lost totals", "all", e.lost_all_totals, False),
    *(Kind("blank cells", str(k), e.blank_cells(k), False) for k in (1, 2, 3)),
    *_shares("zeros blank", (10, 50, 100), lambda s: e.blanks(s, zeros=True), False),
    *_shares("cells blank", (10, 30, 60), lambda s: e.blanks(s, zeros=False), False),
    *_shares("lost zeros", (10, 50, 100), lambda s: e.lost_cells(s, zeros=True), False),
    *_shares("lost cells", (10, 30), lambda s: e.lost_cells(s, zeros=False), False),
)
KIND_OF = {k.label: k for k in KINDS}


@dataclass(frozen=True, slots=True)
class Tables:
    """A kind of table: its form, and how a true one is drawn."""

    name: str
    form: str
    table_code: str
    draw: Callable[[random.Random], Truth]


def _realistic(form_code: str) -> Callable[[random.Random], Truth]:
    return lambda rng: {k: int(n) for k, n in numbers.applications(rng, form_code).items()}


def _random(form_code: str) -> Callable[[random.Random], Truth]:
    return lambda rng: random_truth(form_code, form.APPLICATIONS, rng, rng.choice((0.1, 0.3, 0.6, 1.0)))


TABLES: tuple[Tables, ...] = (
    Tables("applications, form 2021, realistic", "2021", form.APPLICATIONS, _realistic("2021")),
    Tables("applications, form 2021, random", "2021", form.APPLICATIONS, _random("2021")),
    Tables("applications, form 2019, realistic", "2019", form.APPLICATIONS, _realistic("2019")),
    Tables("applications, form 2019, random", "2019", form.APPLICATIONS, _random("2019")),
    Tables("remedies", "2021", form.REMEDIES, lambda rng: {k: int(n) for k, n in numbers.remedies(rng).items()}),
)
TABLES_OF = {t.name: t for t in TABLES}
