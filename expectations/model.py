"""What a rule is: a named thing with severity, reference, messages, its SQL, and examples that fire and do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline import schema

STATUSES = schema.codelist("rule_status")
ACTIVE, EXPERIMENTAL, RETIRED = STATUSES
"""Applied; applied on trial, its findings to be read with care; kept in the catalogue, no longer applied."""

SEVERITIES = schema.codelist("severity")
ERROR, WARNING, INFO = SEVERITIES
"""From the gravest on."""

REPORT = "example"


@dataclass(frozen=True, slots=True)
class Expected:
    """A finding that an example expects; places left out are null. `report`: which of its reports it is about."""

    table: str | None = None
    row: str | None = None
    column: str | None = None
    observed: str | None = None
    expected: str | None = None
    report: str = REPORT


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report of an example, as small as it can be.

    `tables` gives the cells of a table, row by row in the form's column order, separated by blanks: a number is
    printed (A), `_` a blank, `?` an unplaced number, `~5` read with doubt (U), `=5` deduced for a blank (I), `!5`
    deduced for what the text lost (I), `-` does not apply (M), `K` counted in the one row `other`, `x` no table;
    `3>4` prints 3 where 4 is suggested. A unit behind a number is the one printed. Rows that are not given do not exist.
    """

    report: str = REPORT
    issuer: str | None = "云岭市某局"
    report_year: int | None = 2024
    form: str = "2021"
    form_applications: str | None = None
    """Where the table of section three is of another form than `form`."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Further columns of its row in `reports`."""
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sections: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[tuple[str, str | None, str, str, str | None], ...] = ()
    """(printed, first day, precision, role, section); a repaired date is printed with a leading `*`."""
    noticed: tuple[Expected, ...] = ()
    """What the reading stages found, for rules that only pass it on."""
    rows: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    """Rows of further staged tables, by table."""


@dataclass(frozen=True, slots=True)
class Example(Report):
    """A report, perhaps with others `beside` it, and what the rule finds there. `findings` empty: it stays silent."""

    name: str
    beside: tuple[Report, ...] = ()
    findings: tuple[Expected, ...] = ()

    @property
    def reports(self) -> tuple[Report, ...]:
        return (self, *self.beside)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the catalogue.

    `sql` selects report_id, table_code, row_code, column_code, observed, expected, locator over the staged tables and
    the helper relations of `expectations.relations`; None where the reading stages find it themselves. Further columns
    are optional: `bound` names `observed` or `expected` where that is only a lower bound; `section_code` the section
    meant; `other_year` and `other` the year and the name of another report that this one is compared with;
    `is_doubtful` where the finding rests on numbers read with doubt, which makes an error a warning.

    Messages may name {table}, {row}, {column}, {section}, {observed}, {expected}, {other_year} and {other}; codes are
    replaced by their labels. {observed_at_least} and {expected_at_least} say "at least" before a lower bound,
    {observed_rows} and {expected_sections} give the labels of the codes that `observed` and `expected` list.

    `explains_en` and `explains_zh` say for the catalogue's page what is compared and what is left alone; empty where
    title and message say all.
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
    explains_en: str = ""
    explains_zh: str = ""
