"""Our own invariants as data: what must hold of every dataset, whatever its documents say.

Each is a query for the rows that break it. Great Expectations runs them (`expectations.gx`), a failure blocks publication.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from expectations import invariants_of_cells
from pipeline import schema
from pipeline.store.duckdb_file import built_tables

SUITES = {
    "schema_exact": "Every table has exactly the documented columns, keys are unique, codes are in their lists.",
    "nothing_lost": "Documents in = documents out, every table has all its cells, every row refers to rows that exist.",
    "numbers_honest": "No blank became a number, no printed number was altered, every missing number says why, "
    "every doubt is flagged.",
    "identities_hold": "Every deduced number satisfies the identities that its derivation names.",
}


@dataclass(frozen=True, slots=True)
class Invariant:
    """`broken_by` selects from {batch} (the table) the rows that break it."""

    suite: str
    table: str
    name: str
    broken_by: str


def _references() -> Iterator[Invariant]:
    for table, column, target in (
        ("documents", "report_id", "reports"),
        ("documents", "duplicate_of", "documents"),
        ("reports", "document_id", "documents"),
        ("reports", "issuer_id", "issuers"),
        *(
            (t, "report_id", "reports")
            for t in ("sections", "cells", "date_mentions", "features", "flags", "indicators")
        ),
        ("flags", "rule_code", "rules"),
    ):
        key = "document_id" if target == "documents" else schema.table(target).key[0]
        yield Invariant(
            "nothing_lost",
            table,
            f"{table}.{column} refers to {target}",
            f"SELECT * FROM {{batch}} WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT {key} FROM {target})",
        )


def _reports() -> Iterator[Invariant]:
    # What a report itself prints may be absurd, and is kept: it blocks nothing.
    mentioned = "NOT EXISTS (SELECT 1 FROM date_mentions d WHERE d.report_id = r.report_id AND {})"
    start = mentioned.format("d.start_date = r.period_start AND d.role = 'period_start'")
    end = mentioned.format("d.end_date = r.period_end AND d.role = 'period_end'")
    year = mentioned.format("r.report_year IN (year(d.start_date), year(d.end_date))")
    for name, broken in (
        (
            "a period begins before it ends, unless the report says otherwise",
            f"period_start > period_end AND ({start} OR {end})",
        ),
        (
            "a report is about a year since 2000, unless it says otherwise",
            "report_year NOT BETWEEN 2000 AND 2100 "
            f"AND NOT contains(coalesce(title, ''), report_year::VARCHAR) AND {year}",
        ),
    ):
        yield Invariant("numbers_honest", "reports", name, f"SELECT * FROM (SELECT * FROM {{batch}}) r WHERE {broken}")
    yield Invariant("nothing_lost", "reports", *invariants_of_cells.grids())


def _documents() -> Iterator[Invariant]:
    for name, broken in (
        ("a document has a report exactly where it was parsed", "(outcome = 'parsed') <> (report_id IS NOT NULL)"),
        ("a duplicate says of what, nothing else does", "(outcome = 'duplicate') <> (duplicate_of IS NOT NULL)"),
    ):
        yield Invariant("nothing_lost", "documents", name, f"SELECT * FROM {{batch}} WHERE {broken}")


def _cells() -> Iterator[Invariant]:
    for name, broken in invariants_of_cells.honest():
        yield Invariant("numbers_honest", "cells", name, f"SELECT * FROM {{batch}} WHERE {broken}")
    yield Invariant("numbers_honest", "cells", *invariants_of_cells.counted_elsewhere())
    for name, query in invariants_of_cells.flagged():
        yield Invariant("numbers_honest", "cells", name, query)
    for name, query in invariants_of_cells.deduced():
        yield Invariant("identities_hold", "cells", name, query)


def invariants() -> tuple[Invariant, ...]:
    return (*_references(), *_documents(), *_reports(), *_cells())


def tables_of(suite: str) -> tuple[str, ...]:
    if suite == "schema_exact":
        return tuple(t.table for t in built_tables())
    return tuple(dict.fromkeys(i.table for i in invariants() if i.suite == suite))
