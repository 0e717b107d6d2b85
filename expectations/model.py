"""What a rule is: a named thing with severity, reference, messages, its SQL, and examples that fire and do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Expected:
    """A finding that an example expects; places left out are null."""

    table: str | None = None
    row: str | None = None
    column: str | None = None
    observed: str | None = None
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A report as small as it can be. `findings` empty: the rule stays silent.

    `tables` gives the cells of a table, row by row in the form's column order, separated by blanks: a number is
    printed (A), `_` a blank, `?` an unplaced number, `~5` read with doubt (U), `=5` deduced for a blank (I), `!5`
    deduced for what the text lost (I), `-` does not apply (M), `K` counted in the one row `other`, `x` no table.
    Rows that are not given do not exist.
    """

    name: str
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    report_year: int | None = 2024
    form: str = "2021"
    sections: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[tuple[str, str | None, str, str, str | None], ...] = ()
    """(printed, first day, precision, role, section); a repaired date is printed with a leading `*`."""
    noticed: tuple[Expected, ...] = ()
    """What the reading stages found, for rules that only pass it on."""
    findings: tuple[Expected, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the catalogue.

    `sql` selects report_id, table_code, row_code, column_code, observed, expected, locator over the staged tables and
    the helper relations of `expectations.flags`; None where the reading stages find it themselves. A further column
    `bound` names `observed` or `expected` where that is only a lower bound. Messages may name {table}, {row}, {column},
    {observed} and {expected}; codes are replaced by their labels. {observed_at_least} and {expected_at_least} say
    "at least" before a lower bound, {observed_rows} gives the labels of the row codes that `observed` lists.
    """

    code: str
    severity: str
    family: str
    reference: str
    title_en: str
    title_zh: str
    message_en: str
    message_zh: str
    examples: tuple[Example, ...]
    sql: str | None = None
    status: str = ACTIVE
