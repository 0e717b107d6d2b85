"""Fewer documents in force at the end of the year than were issued during it and not repealed."""

from expectations.model import WARNING, Example, Expected, Rule

RULE = Rule(
    code="in_force_below_issued",
    severity=WARNING,
    family="values",
    reference="form section two: 本年制发件数, 本年废止件数, 现行有效件数",
    title_en="Fewer documents in force than were issued in the year and not repealed",
    title_zh="现行有效件数少于本年制发减去本年废止",
    message_en="{table}, {row}: {observed} in force, although those issued in the year less those repealed are {expected} already.",
    message_zh="{table}，“{row}”：现行有效{observed}件，而本年制发减去废止已有{expected}件。",
    explains_en="At the end of the year all documents of the year are in force but those repealed. The one way out is a "
    "document that was not yet in force, or had already expired: hence a warning, no error. "
    "All three numbers of the row must be certain.",
    explains_zh="年末现行有效件数至少应为本年制发减去本年废止；仅当文件尚未施行或当年已失效时例外，故为警告而非错误。三项数值均须确定。",
    sql="""
        SELECT report_id, table_code, row_code, 'in_force' AS column_code, plain(in_force) AS observed,
               plain(issued - repealed) AS expected, locator
        FROM (
            SELECT report_id, table_code, row_code,
                   any_value(value) FILTER (column_code = 'issued') AS issued,
                   any_value(value) FILTER (column_code = 'repealed') AS repealed,
                   any_value(value) FILTER (column_code = 'in_force') AS in_force,
                   any_value(locator) FILTER (column_code = 'in_force') AS locator
            FROM certain WHERE column_code IN ('issued', 'repealed', 'in_force') GROUP BY ALL
        )
        WHERE in_force < issued - repealed
    """,
    examples=(
        Example(
            "five issued, none in force",
            tables={"proactive": {"normative_documents": "5 0 0"}},
            findings=(Expected("proactive", "normative_documents", "in_force", "0", "5"),),
        ),
        Example("more in force", tables={"proactive": {"normative_documents": "5 2 41"}}),
        Example("old ones repealed", tables={"proactive": {"normative_documents": "5 9 0"}}),
        Example("what is in force is left blank", tables={"proactive": {"normative_documents": "5 0 _"}}),
        Example("none of anything", tables={"proactive": {"regulations": "0 0 0", "normative_documents": "_ _ _"}}),
    ),
)
