"""Documents in force that do not follow from last year's, those issued and those repealed."""

from expectations.model import INFO, Example, Expected, Report, Rule

_LAST = Report(report="last_year", report_year=2023, tables={"proactive": {"normative_documents": "2 0 40"}})

RULE = Rule(
    code="in_force_not_continued",
    severity=INFO,
    family="series",
    reference="form section two: 现行有效件数 = last year's 现行有效件数 + 本年制发件数 − 本年废止件数",
    title_en="Documents in force are not last year's plus those issued less those repealed",
    title_zh="现行有效件数不等于上年现行有效加本年制发减本年废止",
    message_en="{table}, {row}: {observed} in force; those of {other_year} plus issued less repealed are {expected} ({other}).",
    message_zh="{table}，“{row}”：现行有效{observed}件；按{other_year}年报告加本年制发减本年废止应为{expected}件（{other}）。",
    explains_en="Soft: documents expire without being repealed, and organs are merged. All four numbers must be "
    "certain, and the organ must have exactly one report for each of the two years.",
    explains_zh="软性关系：文件可自行失效，机关可合并。四项数值均须确定，且该机关这两个年度各有且仅有一份报告。",
    sql="""
        WITH stock AS (
            SELECT report_id, table_code, row_code,
                   any_value(value) FILTER (column_code = 'issued') AS issued,
                   any_value(value) FILTER (column_code = 'repealed') AS repealed,
                   any_value(value) FILTER (column_code = 'in_force') AS in_force,
                   any_value(locator) FILTER (column_code = 'in_force') AS locator
            FROM certain WHERE column_code IN ('issued', 'repealed', 'in_force') GROUP BY ALL
        ),
        later AS MATERIALIZED (SELECT * FROM successive JOIN stock USING (report_id))
        SELECT s.report_id, s.table_code, s.row_code, 'in_force' AS column_code, plain(s.in_force) AS observed,
               plain(b.in_force + s.issued - s.repealed) AS expected, s.locator, s.other_year, s.other
        FROM later s
        JOIN stock b ON b.report_id = s.earlier_id AND b.table_code = s.table_code AND b.row_code = s.row_code
        WHERE s.in_force <> b.in_force + s.issued - s.repealed
    """,
    examples=(
        Example(
            "40, and 3 more, less 1, are not 50",
            tables={"proactive": {"normative_documents": "3 1 50"}},
            beside=(_LAST,),
            findings=(Expected("proactive", "normative_documents", "in_force", "50", "42"),),
        ),
        Example("it goes on", tables={"proactive": {"normative_documents": "3 1 42"}}, beside=(_LAST,)),
        Example("blank is not zero", tables={"proactive": {"normative_documents": "_ _ 50"}}, beside=(_LAST,)),
        Example(
            "the form before counts otherwise",
            report_year=2021,
            tables={"proactive": {"normative_documents": "3 1 50"}},
            beside=(
                Report(
                    report="last_year",
                    report_year=2020,
                    form="2019",
                    tables={"proactive": {"normative_documents": "2 2 40"}},
                ),
            ),
        ),
    ),
)
