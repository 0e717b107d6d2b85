"""A statistical period that is not the calendar year of the report."""

from expectations.model import WARNING, Example, Expected, Rule

RULE = Rule(
    code="period_not_calendar_year",
    severity=WARNING,
    family="dates",
    reference="国办公开办函〔2021〕30号: the statistical period is 1 January to 31 December",
    title_en="The statistical period is not the calendar year",
    title_zh="统计期限不是完整的日历年度",
    message_en="The period that the report states is {observed}, not {expected}: its numbers may not be those of a year.",
    message_zh="报告所述统计期限为{observed}，而非{expected}，其数字可能不是全年数。",
    explains_en="The days that the report states; a period of which only the end is stated is judged by its end. "
    "That the end lies in another year than the report's is found by `year_contradicts_report`.",
    explains_zh="依报告写明的起止日判断；仅写截止日的，只看截止日。截止日不在报告年度的，见`year_contradicts_report`。",
    sql="""
        WITH stated AS (
            SELECT r.report_id, r.period_start, r.period_end, year(coalesce(r.period_end, make_date(r.report_year, 12, 31))) AS y
            FROM reports r WHERE r.period_start IS NOT NULL OR r.period_end IS NOT NULL
        )
        SELECT s.report_id, NULL AS table_code, NULL AS row_code, NULL AS column_code,
               coalesce(s.period_start::VARCHAR, '') || '–' || coalesce(s.period_end::VARCHAR, '') AS observed,
               y || '-01-01–' || y || '-12-31' AS expected, arg_min(m.span, place(m.span)) AS locator
        FROM stated s
        LEFT JOIN date_mentions m ON m.report_id = s.report_id AND (
             (m.role = 'period_start' AND m.start_date = s.period_start AND s.period_start <> make_date(y, 1, 1))
          OR (m.role = 'period_end' AND m.end_date = s.period_end AND s.period_end <> make_date(y, 12, 31)))
        WHERE s.period_start <> make_date(y, 1, 1) OR s.period_end <> make_date(y, 12, 31)
        GROUP BY s.report_id, s.period_start, s.period_end, y
    """,
    examples=(
        Example(
            "until the end of November",
            facts={"period_start": "2024-01-01", "period_end": "2024-11-30"},
            findings=(Expected(observed="2024-01-01–2024-11-30", expected="2024-01-01–2024-12-31"),),
        ),
        Example(
            "from last November",
            facts={"period_start": "2023-11-01", "period_end": "2024-12-31"},
            findings=(Expected(observed="2023-11-01–2024-12-31", expected="2024-01-01–2024-12-31"),),
        ),
        Example("the calendar year", facts={"period_start": "2024-01-01", "period_end": "2024-12-31"}),
        Example("only the end is stated", facts={"period_end": "2024-12-31"}),
        Example("no period is stated"),
        Example(
            "another year's calendar year is another finding",
            facts={"period_start": "2023-01-01", "period_end": "2023-12-31"},
        ),
    ),
)
