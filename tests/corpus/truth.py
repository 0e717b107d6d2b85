"""A ground-truth report: an invented organ, a year, what each table cell prints and what is true, dates, prose."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, replace

from pipeline import form
from tests.corpus import numbers, places, printing, prose
from tests.corpus.printing import CellTruth, Table

__all__ = ["CellTruth", "TableTruth", "Truth", "random_truth", "table_truth"]


@dataclass(frozen=True, slots=True)
class TableTruth:
    """One statutory table: its form, its cells in the order of the form, whether its identities hold as said."""

    table_code: str
    form: str
    cells: Table
    is_consistent: bool = True

    @property
    def printed_cells(self) -> int:
        return sum(not c.is_blank for c in self.cells.values())


@dataclass(frozen=True, slots=True)
class Truth:
    """A report as its author had it in mind, before any layout."""

    seed: int
    organ: places.Organ
    year: int
    tables: dict[str, TableTruth]
    paragraphs: dict[str, tuple[str, ...]]
    published_on: dt.date
    index_number: str

    @property
    def is_consistent(self) -> bool:
        return all(t.is_consistent for t in self.tables.values())

    @property
    def title(self) -> str:
        return f"{self.organ.name}{self.year}年政府信息公开工作年度报告"

    def with_tables(self, *tables: TableTruth) -> Truth:
        """The same report with some tables replaced, and the prose written anew from their numbers."""
        out = replace(self, tables={**self.tables, **{t.table_code: t for t in tables}})
        return replace(out, paragraphs=write_prose(out))


def write_prose(truth: Truth) -> dict[str, tuple[str, ...]]:
    cells = truth.tables[form.APPLICATIONS].cells
    figures = tuple(
        None if (c := cells[row, "total"]).number is None else int(c.number)  # type: ignore[arg-type]
        for row in ("received_new", "carried_out")
    )
    return prose.write(random.Random(f"prose{truth.seed}"), truth.organ, truth.year, *figures)


def table_truth(
    rng: random.Random,
    table_code: str,
    form_code: str,
    *,
    size: str | None = None,
    pattern: str | None = None,
    inconsistency: str | None = None,
    marks: str | None = None,
    decorate: bool = False,
) -> TableTruth:
    """A random table; `pattern` says what it leaves blank, `inconsistency` how it contradicts itself."""
    if table_code == form.PROACTIVE:
        true = numbers.proactive(rng, form_code, size)
    elif table_code == form.REMEDIES:
        true = numbers.remedies(rng, size)
    else:
        true = numbers.applications(rng, form_code, size)
    return printed_table(
        rng,
        table_code,
        form_code,
        true,
        pattern=pattern,
        inconsistency=inconsistency,
        marks=marks,
        decorate=decorate,
    )


PATTERNS: dict[str, tuple[tuple[str, ...], tuple[int, ...]]] = {
    form.PROACTIVE: (("none", "all", "only_nonzero", "random", "rows"), (60, 8, 12, 10, 10)),
    form.APPLICATIONS: (printing.PATTERNS, (40, 7, 13, 6, 6, 9, 6, 5, 8)),
    form.REMEDIES: (("none", "all", "only_nonzero", "totals", "random", "zero_rows"), (55, 10, 12, 5, 10, 8)),
}
"""What a table leaves blank, and how often, in per cent."""


def printed_table(
    rng: random.Random,
    table_code: str,
    form_code: str,
    true: numbers.Numbers,
    *,
    pattern: str | None = None,
    inconsistency: str | None = None,
    marks: str | None = None,
    decorate: bool = False,
) -> TableTruth:
    """The table that prints some true numbers, with blanks, marks and misprints as `table_truth` draws them."""
    pattern = pattern or rng.choices(*PATTERNS[table_code])[0]
    said = printing.misprint(rng, inconsistency, form_code, true) if inconsistency else true
    cells = printing.dress(rng, form_code, table_code, true, said, pattern=pattern, marks=marks, decorate=decorate)
    return TableTruth(table_code, form_code, cells, said == true)


def random_truth(seed: int, *, consistent: bool | None = None) -> Truth:
    """A random report; one in six contradicts itself unless `consistent` says which."""
    rng = random.Random(seed)
    year = rng.choice((2019, 2020, 2021, 2021, 2022, 2022, 2023, 2023, 2024, 2024))
    proactive_form = "2019" if year < 2021 or rng.random() < 0.05 else "2021"
    # Real reports of 2023 and 2024 print （六） as one row inside the form of 2021.
    applications_form = "2019" if proactive_form == "2019" or rng.random() < 0.08 else "2021"
    wrong = rng.random() < 1 / 6 if consistent is None else not consistent
    inconsistency = rng.choice(printing.INCONSISTENCIES) if wrong else None
    marks = rng.choice(printing.MARKS) if rng.random() < 0.12 else None
    decorate = rng.random() < 0.25
    tables = {
        form.PROACTIVE: table_truth(rng, form.PROACTIVE, proactive_form, marks=marks, decorate=decorate),
        form.APPLICATIONS: table_truth(
            rng, form.APPLICATIONS, applications_form, inconsistency=inconsistency, marks=marks, decorate=decorate
        ),
        form.REMEDIES: table_truth(rng, form.REMEDIES, "2021", marks=marks, decorate=decorate),
    }
    return make(seed, places.random_organ(rng), year, tables)


def make(seed: int, organ: places.Organ, year: int, tables: dict[str, TableTruth]) -> Truth:
    """A report with the given tables; dates, index number and prose follow from the seed."""
    rng = random.Random(f"frame{seed}")
    published = dt.date(year + 1, 1, 10) + dt.timedelta(days=rng.randint(0, 75))
    index = f"{rng.randint(10_000_000, 99_999_999):08d}{rng.choice('0123456789X')}/{year + 1}-{rng.randint(1, 400):05d}"
    truth = Truth(seed, organ, year, tables, {}, published, index)
    return replace(truth, paragraphs=write_prose(truth))
