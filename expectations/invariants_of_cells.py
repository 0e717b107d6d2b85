"""Invariants of the table `cells`: grids, numbers against what is printed, and deductions against their identities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from expectations import fragments as f
from pipeline import form
from pipeline.store.sql import quoted

_LATEST = form.FORMS[-1]
_PLACED = f.begins("derivation", (f.PREFERENCE, f.UNIQUE))
_FROM, _TO = (f"regexp_extract(derivation, {quoted(f.CONVERSION)}, {n})" for n in (1, 2))
_CONVERTED = f"regexp_matches(coalesce(derivation, ''), {quoted(f.CONVERSION)})"
_PRINTS = "obs_status IN ('A', 'U') AND printed IS NOT NULL"

Named = tuple[str, str]
"""(name, condition or query of what breaks it)"""


def honest() -> Iterator[Named]:
    """(name, condition on a row of `cells` that breaks it)."""
    yield from (
        (
            "a value that nothing printed is deduced or inferred, and says how",
            "value IS NOT NULL AND printed IS NULL AND NOT (obs_status IN ('I', 'U') AND derivation IS NOT NULL)",
        ),
        ("value is null exactly where the status says so", "(value IS NULL) <> (obs_status IN ('O', 'M', 'K'))"),
        ("a missing value says why, a known one does not", "(missing_reason IS NULL) <> (value IS NOT NULL)"),
        ("status A is printed", "obs_status = 'A' AND printed IS NULL"),
        (
            "status A is derived from nothing but a unit",
            "obs_status = 'A' AND NOT starts_with(coalesce(derivation, 'converted from '), 'converted from ')",
        ),
        (
            "status I is deduced, by named identities",
            "obs_status = 'I' AND (derivation IS NULL OR printed IS NOT NULL)",
        ),
        (
            "status U says how it was placed",
            f"obs_status = 'U' AND (derivation IS NULL OR NOT {f.begins('derivation', f.GROUNDS)})",
        ),
        (
            "status U without print is a zero among lost blanks",
            "obs_status = 'U' AND printed IS NULL AND "
            f"NOT (value = 0 AND coalesce(absence, '') = 'lost' AND coalesce({_PLACED}, false))",
        ),
        ("status M means: does not apply", "(obs_status = 'M') <> (coalesce(missing_reason, '') = 'not_applicable')"),
        ("status K means: in the row `other`", "(obs_status = 'K') <> (coalesce(missing_reason, '') = 'in_other_row')"),
        ("a deduced number is not negative", "obs_status = 'I' AND value < 0"),
        (
            # Separators and blanks inside a number are the extraction's to read; digits and the sign are not. A number
            # of a short row counts in the unit of the form; a mark in one is a zero there.
            "the digits of a printed number are those of its value, unless a unit was converted",
            f"{_PRINTS} AND NOT {_CONVERTED} AND NOT coalesce({f.PRINTED_NUMBER} = value, false) "
            f"AND NOT (obs_status = 'U' AND coalesce({_PLACED}, false) AND CASE WHEN {f.HAS_DIGITS} THEN "
            f"coalesce({f.PRINTED_NUMBER}::DOUBLE * {f.factor(f.PRINTED_UNIT)} = value::DOUBLE, false) ELSE value = 0 END)",
        ),
        (
            "a converted number is the printed one in the unit of the form",
            f"{_PRINTS} AND {_CONVERTED} AND NOT coalesce(unit = {_TO} AND {f.base(_FROM)} = {f.base(_TO)} "
            f"AND {f.PRINTED_UNIT} IN ('', {_FROM}) "
            f"AND abs({f.PRINTED_NUMBER}::DOUBLE * {f.factor(_FROM)} / {f.factor(_TO)} - value::DOUBLE) < 1e-6, false)",
        ),
        (
            "repaired and corrected numbers stay beside the value",
            "correction_id IS NULL AND value_corrected IS NOT NULL",
        ),
    )


def counted_elsewhere() -> Named:
    return (
        "status K stands beside a row `other`",
        "SELECT * FROM (SELECT * FROM {batch} WHERE obs_status = 'K') k "
        "ANTI JOIN (SELECT * FROM cells WHERE row_code = 'other') o USING (report_id, table_code, column_code)",
    )


def deduced() -> Iterator[Named]:
    """What a deduced number rests on: identities of the form, one of them its own, all of which can hold."""
    real, own = [], []
    for table in form.TABLES:
        names = {i.name for fm in form.FORMS for i in form.identity_instances(fm, table)}
        if names:
            real.append(f"(table_code = {quoted(table)} AND list_has_all([{f.one_of(tuple(sorted(names)))}], tokens))")
    for i in form.identities():
        along, across = _axes(i)
        own.append(
            f"(table_code = {quoted(i.table_code)} AND {across} IN ({f.one_of(i.left + i.right)}) "
            f"AND list_contains(tokens, {quoted(i.identity_code + '(')} || {along} || ')'))"
        )
    # A cut through several rows and columns fixes a number by all of their identities: one of them at least is its own.
    yield (
        "a deduced number names identities of the form, its own among them",
        "SELECT * FROM (SELECT *, string_split(derivation, '; ') AS tokens FROM {batch} WHERE obs_status = 'I') "
        f"WHERE NOT coalesce(({' OR '.join(real)}) AND ({' OR '.join(own)}), false)",
    )
    for i in form.identities():
        along, across = _axes(i)
        name = f"{quoted(i.identity_code + '(')} || {along} || ')'"
        left, right = f.one_of(i.left), f.one_of(i.right)
        yield (
            f"{i.identity_code} holds where it fixes a number",
            f"""SELECT * FROM (
                    SELECT report_id, {name} AS named,
                           coalesce(sum(n) FILTER ({across} IN ({left})), 0) AS known_left,
                           coalesce(sum(n) FILTER ({across} IN ({right})), 0) AS known_right,
                           count(*) FILTER ({across} IN ({left}) AND n IS NULL) AS unknown_left,
                           count(*) FILTER ({across} IN ({right}) AND n IS NULL) AS unknown_right
                    FROM (SELECT *, {f.COUNTED} AS n FROM {{batch}})
                    WHERE table_code = {quoted(i.table_code)} AND {across} IN ({left}, {right})
                    GROUP BY report_id, {along}
                ) WHERE ((unknown_right = 0 AND known_left > known_right) OR (unknown_left = 0 AND known_right > known_left))
                AND (report_id, named) IN (SELECT report_id, unnest(string_split(derivation, '; ')) FROM {{batch}}
                     WHERE obs_status = 'I' AND table_code = {quoted(i.table_code)})""",
        )


def _axes(identity: form.Identity) -> tuple[str, str]:
    return ("row_code", "column_code") if identity.axis == "row" else ("column_code", "row_code")


def grids() -> Named:
    """Of `reports`: every table has exactly the cells of its form; one that is missing has all of some form, or none.

    A set of cells is a bit of each of its cells. As no cell stands twice (the key), a table that lists as many cells as the
    set has, all with its bit, lists exactly those.
    """
    present, absent = [], []
    sets: list[tuple[str, frozenset[tuple[str, str]]]] = []

    def listed(table: str, cells: frozenset[tuple[str, str]]) -> str:
        """The condition that a table lists exactly these cells."""
        if (table, cells) not in sets:
            sets.append((table, cells))
        n, size = sets.index((table, cells)), len(cells)
        return f"table_code = {quoted(table)} AND listed = {size} AND of_set_{n} = {size}"

    for table in form.TABLES:
        single = set(form.row_codes(_LATEST, table)) - set(form.row_codes(form.FORMS[0], table))
        for fm in form.FORMS:
            own = frozenset((c.row_code, c.column_code) for c in form.cell_defs(fm, table))
            absent.append(f"({listed(table, own)})")
            if table == form.APPLICATIONS and fm != _LATEST:
                # Its one row `other` stands in place of three, which are listed as K.
                own |= {(r, c) for r in single for c in form.column_codes(fm, table)}
            present.append(f"(w.form = {quoted(fm)} AND {listed(table, own)})")
    bits: Counter[tuple[str, str, str]] = Counter()
    for n, (table, own) in enumerate(sets):
        bits.update({(table, *cell): 1 << n for cell in own})
    cells = ", ".join(f"({', '.join(map(quoted, cell))}, {of})" for cell, of in sorted(bits.items()))
    counts = ", ".join(f"count(*) FILTER (bits >> {n} & 1 = 1) AS of_set_{n}" for n in range(len(sets)))
    return (
        "every table of a report has exactly the cells of its form",
        f"""WITH have AS (
                SELECT report_id, table_code, count(*) FILTER (missing_reason = 'no_table') AS missing, count(*) AS listed,
                       {counts}
                FROM cells LEFT JOIN (VALUES {cells}) AS s(table_code, row_code, column_code, bits)
                     USING (table_code, row_code, column_code)
                GROUP BY report_id, table_code
            ), want AS (
                SELECT report_id, unnest([{f.one_of(form.TABLES)}]) AS table_code, unnest([form_proactive, form_applications,
                       CASE table_remedies WHEN 'none' THEN 'none' ELSE {quoted(_LATEST)} END]) AS form
                FROM {{batch}}
            )
            SELECT * FROM want w LEFT JOIN have h USING (report_id, table_code)
            WHERE NOT CASE WHEN w.form <> 'none' THEN coalesce(({" OR ".join(present)}) AND missing = 0, false)
                 WHEN listed IS NULL THEN true
                 ELSE ({" OR ".join(absent)}) AND missing = listed END""",
    )


def flagged() -> Iterator[Named]:
    """Of `cells`: what is doubtful or open is flagged, by a flag that names its row."""
    for what, condition in (
        ("a row with a doubtful number is flagged", "obs_status = 'U'"),
        ("a row with an unplaced number is flagged", "missing_reason = 'unplaced'"),
    ):
        yield (
            what,
            f"SELECT DISTINCT report_id, table_code, row_code FROM (SELECT * FROM {{batch}} WHERE {condition}) c "
            "ANTI JOIN flags g USING (report_id, table_code, row_code)",
        )
