"""Invariants of the table `repairs`: each solution satisfies the identities, and only a lone smallest one is suggested."""

from __future__ import annotations

from collections.abc import Iterator

from expectations import fragments as f
from pipeline import form
from pipeline.store.sql import quoted

_CELL = (
    "c.report_id = r.report_id AND c.table_code = r.table_code AND c.row_code = r.row_code "
    "AND c.column_code = r.column_code"
)

Named = tuple[str, str]
"""(name, query of the rows of `repairs` or `cells` that break it)"""


def of_repairs() -> Iterator[Named]:
    yield (
        "a repair names a printed cell and what is printed there",
        f"SELECT * FROM (SELECT * FROM {{batch}}) r ANTI JOIN cells c ON {_CELL} "
        "AND c.printed IS NOT NULL AND c.value IS NOT DISTINCT FROM r.value_printed",
    )
    for i in form.identities():
        along, across = ("row_code", "column_code") if i.axis == "row" else ("column_code", "row_code")
        left, right = f.one_of(i.left), f.one_of(i.right)
        # A cell with nothing printed is unknown to a repair, whatever was deduced for it.
        yield (
            f"{i.identity_code} can hold once a repair is made",
            f"""WITH solutions AS (
                    SELECT DISTINCT report_id, table_code, solution_no FROM {{batch}}
                    WHERE table_code = {quoted(i.table_code)}
                ), mended AS (
                    SELECT c.report_id, s.solution_no, c.{along} AS along, c.{across} AS across,
                           CASE WHEN r.report_id IS NOT NULL THEN r.value_repaired
                                WHEN c.printed IS NOT NULL OR c.obs_status = 'K' THEN {f.COUNTED} END AS n
                    FROM solutions s JOIN cells c USING (report_id, table_code)
                    LEFT JOIN repairs r ON {_CELL} AND r.solution_no = s.solution_no
                    WHERE c.{across} IN ({left}, {right})
                ), sums AS (
                    SELECT report_id, solution_no, along,
                           coalesce(sum(n) FILTER (across IN ({left})), 0) AS known_left,
                           coalesce(sum(n) FILTER (across IN ({right})), 0) AS known_right,
                           count(*) FILTER (across IN ({left}) AND n IS NULL) AS unknown_left,
                           count(*) FILTER (across IN ({right}) AND n IS NULL) AS unknown_right
                    FROM mended GROUP BY ALL
                    HAVING count(*) FILTER (across IN ({left})) > 0 AND count(*) FILTER (across IN ({right})) > 0
                )
                SELECT * FROM sums WHERE (unknown_right = 0 AND known_left > known_right)
                OR (unknown_left = 0 AND known_right > known_left)""",
        )


def of_cells() -> Iterator[Named]:
    yield (
        "a suggested number is that of the likeliest repair, which has no equal",
        f"""SELECT * FROM (SELECT * FROM {{batch}} WHERE value_suggested IS NOT NULL) c WHERE NOT EXISTS (
                SELECT 1 FROM repairs r WHERE {_CELL} AND r.solution_no = 1 AND r.value_repaired = c.value_suggested
                AND r.weight < ALL (SELECT o.weight FROM repairs o WHERE o.report_id = c.report_id
                                    AND o.table_code = c.table_code AND o.solution_no > 1))""",
    )
