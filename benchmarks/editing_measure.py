"""One row of the editing benchmark: tables of one kind with errors of one kind, edited, scored, held against theory."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

from benchmarks import editing_theory as theory
from benchmarks.editing_errors import Sheet, clean
from benchmarks.editing_kinds import KIND_OF, TABLES_OF, Kind, Tables
from benchmarks.editing_score import score, score_templates
from pipeline import form
from pipeline.reconcile import reconcile

ATTEMPTS = 50


def sheets(tables: Tables, kind: Kind, count: int) -> Iterator[Sheet]:
    """So many sheets with this error, the same each time. A table that the error cannot change is drawn again."""
    for n in range(count):
        rng = random.Random(f"{tables.name} {kind.label} {n}")
        for _ in range(ATTEMPTS):
            sheet = kind.inject(clean(tables.form, tables.table_code, tables.draw(rng)), rng)
            if sheet is not None:
                yield sheet
                break


def measure(tables_name: str, kind_label: str, count: int, samples: int) -> Counter[str]:
    """Counts of `score` and `score_templates` over the sheets, and what theory allows.

    unnoticeable (no editor could see the error: some table satisfies every identity and prints the same), missed
    (noticeable and not noticed), over `noticeable_of` sheets; of the first `samples` sheets: fewest_unique (the fewest
    changes are unique and true) of fewest_of; fixed (cells that every solution gives one value), fixed_by_equalities,
    fixed_filled (deduced rightly) of fixed_of cells.
    """
    tables, kind = TABLES_OF[tables_name], KIND_OF[kind_label]
    n: Counter[str] = Counter()
    for number, sheet in enumerate(sheets(tables, kind, count)):
        result = reconcile(sheet.problem())
        one = score(sheet, result)
        n += one + score_templates(sheet)
        if kind.has_errors and not sheet.short:
            n["noticeable_of"] += 1
            noticeable = theory.can_be_noticed(sheet)
            n["unnoticeable"] += not noticeable
            n["missed"] += noticeable and bool(one["undetected"])
        if number < samples:
            n += _limits(sheet, kind, tables, one)
    return n


def _limits(sheet: Sheet, kind: Kind, tables: Tables, one: Counter[str]) -> Counter[str]:
    n: Counter[str] = Counter()
    if kind.has_errors and not sheet.unprinted and tables.table_code == form.APPLICATIONS and one["wrong"] <= 3:
        fewest = theory.fewest_changes(sheet)
        n["fewest_of"] = 1
        n["fewest_unique"] = fewest == [sheet.wrong]
    elif not kind.has_errors and not sheet.short:
        n["fixed_of"] = len(sheet.unprinted)
        n["fixed"] = theory.fixed_by_program(sheet)
        n["fixed_by_equalities"] = theory.fixed_by_equalities(sheet)
        n["fixed_filled"] = one["deduced_right"]
    return n
