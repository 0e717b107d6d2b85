"""A report whose year is not known."""

from expectations.model import WARNING, Example, Expected, Rule

RULE = Rule(
    code="report_year_unknown",
    severity=WARNING,
    family="dates",
    reference="A value that the document does not give is null, never guessed",
    title_en="Neither title nor period nor text says which year the report is about",
    title_zh="标题、统计期限与正文均未说明报告年度",
    message_en="The year of this report is not known: no series of its organ and no comparison over years includes it.",
    message_zh="本报告所属年度未知：无法列入该机关的年度序列，也不参与跨年比较。",
    sql="""
        SELECT report_id, NULL AS table_code, NULL AS row_code, NULL AS column_code, NULL AS observed,
               NULL AS expected, NULL AS locator
        FROM reports WHERE report_year IS NULL
    """,
    examples=(
        Example("no year anywhere", report_year=None, findings=(Expected(),)),
        Example("the report of 2024"),
    ),
)
