"""Our own invariants as data: what must hold of every dataset, whatever its documents say.

Each is a query for the rows that break it. Great Expectations runs them (`expectations.gx`), a failure blocks publication.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from expectations import invariants_of_cells, invariants_of_indicators, invariants_of_repairs
from pipeline.schema.relations import relations
from pipeline.store.duckdb_file import built_tables

SUITES = {
    "schema_exact": (
        "Every table has exactly the documented columns, keys are unique, codes are in their lists.",
        "各表字段与文档完全一致，主键唯一，代码均在代码表内。",
    ),
    "nothing_lost": (
        "Documents in = documents out, every table has all its cells, every row refers to rows that exist.",
        "输入文档数等于输出文档数，各表单元格齐全，所有引用均存在。",
    ),
    "numbers_honest": (
        "No blank became a number, no printed number was altered, every missing number says why, every doubt is flagged.",
        "空白未变为数字，印出的数字未被改动，缺失均有原因，存疑均有标记。",
    ),
    "identities_hold": (
        "Every deduced number satisfies the identities that its derivation names.",
        "每个推算值均满足其推算依据所列的勾稽关系。",
    ),
}
"""Our suites: what they say, in English and Chinese."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """`broken_by` selects from {batch} (the table) the rows that break it."""

    suite: str
    table: str
    name: str
    broken_by: str


def _references() -> Iterator[Invariant]:
    for r in relations():
        columns = ", ".join(r.columns)
        same = " AND ".join(
            f"r.{there} = b.{here}" for here, there in zip(r.columns, r.references_columns, strict=True)
        )
        present = " AND ".join(f"{c} IS NOT NULL" for c in r.columns)
        yield Invariant(
            "nothing_lost",
            r.table,
            f"{r.table}.{columns} {'refers' if len(r.columns) == 1 else 'refer'} to {r.references_table}",
            # Neither `NOT IN`, which holds all of the table that is referred to in memory, nor `NOT EXISTS`, which DuckDB
            # takes a hundred times as long for: it lays all columns of the table by.
            f"SELECT * FROM (SELECT * FROM {{batch}}) b ANTI JOIN {r.references_table} r ON {same} WHERE {present}",
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


def _findings() -> Iterator[Invariant]:
    yield Invariant(
        "nothing_lost",
        "flags",
        "a finding has the severity of its rule, an error in doubt that of a warning, and no retired rule has any",
        "SELECT * FROM (SELECT * FROM {batch}) f WHERE NOT EXISTS (SELECT 1 FROM rules r "
        "WHERE r.rule_code = f.rule_code AND r.status <> 'retired' "
        "AND f.severity IN (r.severity, CASE r.severity WHEN 'error' THEN 'warning' END))",
    )


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


def _repairs() -> Iterator[Invariant]:
    for name, query in invariants_of_repairs.of_repairs():
        yield Invariant("identities_hold", "repairs", name, query)
    for name, query in invariants_of_repairs.of_cells():
        yield Invariant("numbers_honest", "cells", name, query)


def _indicators() -> Iterator[Invariant]:
    for name, query in invariants_of_indicators.of_values():
        yield Invariant("numbers_honest", "indicators", name, query)
    yield Invariant("nothing_lost", "indicators", *invariants_of_indicators.of_reports())


def _corrections() -> Iterator[Invariant]:
    cell = "k.report_id = c.report_id AND k.table_code = c.table_code AND k.row_code = c.row_code AND k.column_code = c.column_code"
    yield Invariant(
        "numbers_honest",
        "cells",
        "a corrected number is that of a correction of this cell",
        "SELECT * FROM (SELECT * FROM {batch} WHERE correction_id IS NOT NULL OR value_corrected IS NOT NULL) c "
        f"ANTI JOIN corrections k ON {cell} AND k.correction_id = c.correction_id AND k.value_new = c.value_corrected",
    )
    yield Invariant(
        "numbers_honest",
        "corrections",
        "a correction stands beside the number that it corrects, which stays as it is",
        f"SELECT * FROM (SELECT * FROM {{batch}}) k ANTI JOIN cells c ON {cell} "
        "AND c.correction_id = k.correction_id AND c.value IS NOT DISTINCT FROM k.value_old",
    )


def invariants() -> tuple[Invariant, ...]:
    return (
        *_references(),
        *_documents(),
        *_reports(),
        *_findings(),
        *_cells(),
        *_repairs(),
        *_corrections(),
        *_indicators(),
    )


def tables_of(suite: str) -> tuple[str, ...]:
    """Tables that one of our suites judges."""
    if suite == "schema_exact":
        return tuple(t.table for t in built_tables())
    return tuple(dict.fromkeys(i.table for i in invariants() if i.suite == suite))
