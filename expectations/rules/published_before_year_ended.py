"""A report published before the year that it reports on was over."""

from expectations.model import WARNING, Example, Expected, Rule

RULE = Rule(
    code="published_before_year_ended",
    severity=WARNING,
    family="dates",
    reference="Regulation, article 49: the report of a year is published in the next",
    title_en="The report was published before its year was over",
    title_zh="报告在所属年度结束之前发布",
    message_en="Published on {observed}, before {expected}: either date or year is wrong, or the numbers are not those of a whole year.",
    message_zh="公开日期为{observed}，早于{expected}：日期或年度有误，或数字不是全年数。",
    sql="""
        SELECT r.report_id, NULL AS table_code, NULL AS row_code, NULL AS column_code, r.published_on AS observed,
               make_date(r.report_year, 12, 31) AS expected, arg_min(m.span, place(m.span)) AS locator
        FROM reports r
        LEFT JOIN date_mentions m ON m.report_id = r.report_id AND m.role = 'published' AND m.start_date = r.published_on
        WHERE r.published_on < make_date(r.report_year, 12, 31)
        GROUP BY ALL
    """,
    examples=(
        Example(
            "a report of 2024, published in June of that year",
            facts={"published_on": "2024-06-12"},
            findings=(Expected(observed="2024-06-12", expected="2024-12-31"),),
        ),
        Example("published in January", facts={"published_on": "2025-01-20"}),
        Example("no day of publication"),
        Example("no year", report_year=None, facts={"published_on": "2024-06-12"}),
    ),
)
