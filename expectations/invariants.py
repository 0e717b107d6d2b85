"""Our own invariants as data: what must hold of every dataset, whatever its documents say.

Each is a query for the rows that break it. Great Expectations runs them (`expectations.gx`), a failure blocks publication.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline import form, schema
from pipeline.store.duckdb_file import built_tables
from pipeline.store.sql import quoted

SUITES = {
    "schema_exact": "Every table has exactly the documented columns, keys are unique, codes are in their lists.",
    "nothing_lost": "Documents in = documents out, and every row refers to rows that exist.",
    "numbers_honest": "No blank became a number, no printed number was altered, every missing number says why.",
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


def _honest() -> Iterator[Invariant]:
    for name, broken in (
        (
            "a value that nothing printed is deduced or inferred, and says how",
            "value IS NOT NULL AND printed IS NULL AND NOT (obs_status IN ('I', 'U') AND derivation IS NOT NULL)",
        ),
        ("value is null exactly where the status says so", "(value IS NULL) <> (obs_status IN ('O', 'M', 'K'))"),
        (
            "a missing value says why, a known one does not",
            "(missing_reason IS NULL) <> (value IS NOT NULL)",
        ),
        ("status A is printed", "obs_status = 'A' AND printed IS NULL"),
        (
            "status I is deduced, by named identities",
            "obs_status = 'I' AND (derivation IS NULL OR printed IS NOT NULL)",
        ),
        ("status U says how it was placed", "obs_status = 'U' AND derivation IS NULL"),
        ("status M means: does not apply", "(obs_status = 'M') <> (coalesce(missing_reason, '') = 'not_applicable')"),
        ("status K means: in the row `other`", "(obs_status = 'K') <> (coalesce(missing_reason, '') = 'in_other_row')"),
        ("a deduced number is not negative", "obs_status = 'I' AND value < 0"),
        (
            # Digits only: units, signs, separators and blanks inside a number are the extraction's to read, digits are not.
            "the digits of a printed number are those of its value, unless a unit was converted",
            "obs_status IN ('A', 'U') AND printed IS NOT NULL AND derivation IS NOT DISTINCT FROM NULL AND "
            "trim(regexp_replace(translate(printed, '０１２３４５６７８９．', '0123456789.'), '[^0-9.]', '', 'g'), '.') "
            "<> '' AND try_cast(trim(regexp_replace(translate(printed, '０１２３４５６７８９．', '0123456789.'), "
            "'[^0-9.]', '', 'g'), '.') AS DECIMAL(18,6)) IS DISTINCT FROM abs(value)",
        ),
        (
            "repaired and corrected numbers stay beside the value",
            "correction_id IS NULL AND value_corrected IS NOT NULL",
        ),
    ):
        yield Invariant("numbers_honest", "cells", name, f"SELECT * FROM {{batch}} WHERE {broken}")


def _identities() -> Iterator[Invariant]:
    """A deduced number must satisfy the identities that its derivation names, wherever all their terms are known."""
    for identity in form.identities():
        along, across = ("row_code", "column_code") if identity.axis == "row" else ("column_code", "row_code")
        left, right = (", ".join(quoted(c) for c in side) for side in (identity.left, identity.right))
        number = "CASE WHEN obs_status IN ('M', 'K') THEN 0 ELSE value END"
        named = f"contains(coalesce(derivation, ''), {quoted(identity.identity_code)} || '(' || {along} || ')')"
        yield Invariant(
            "identities_hold",
            "cells",
            f"{identity.identity_code} holds where it fixes a number",
            f"""SELECT report_id, {along} FROM {{batch}}
                WHERE table_code = {quoted(identity.table_code)} AND {across} IN ({left}, {right})
                GROUP BY report_id, {along}
                HAVING bool_or(obs_status = 'I' AND {named}) AND count(*) = count({number})
                   AND coalesce(sum({number}) FILTER ({across} IN ({left})), 0)
                    <> coalesce(sum({number}) FILTER ({across} IN ({right})), 0)""",
        )


def invariants() -> tuple[Invariant, ...]:
    outcomes = Invariant(
        "nothing_lost",
        "documents",
        "a document has a report exactly where it was parsed",
        "SELECT * FROM {batch} WHERE (outcome = 'parsed') <> (report_id IS NOT NULL)",
    )
    return (*_references(), outcomes, *_honest(), *_identities())


def tables_of(suite: str) -> tuple[str, ...]:
    if suite == "schema_exact":
        return tuple(t.table for t in built_tables())
    return tuple(dict.fromkeys(i.table for i in invariants() if i.suite == suite))
