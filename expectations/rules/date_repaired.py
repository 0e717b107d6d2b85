"""A date whose written form was damaged and had to be repaired."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="date_repaired",
    severity="info",
    family="dates",
    reference="date_mentions: `printed` keeps the date as written, `repair_rule` says what was repaired and why",
    title_en="A damaged date was repaired",
    title_zh="日期残损，已修复",
    message_en="The date written {observed} is read as {expected}.",
    message_zh="日期“{observed}”读作{expected}。",
    sql="""
        SELECT report_id, NULL AS table_code, NULL AS row_code, NULL AS column_code, printed AS observed,
               CASE precision WHEN 'day' THEN strftime(start_date, '%Y-%m-%d')
                              WHEN 'month' THEN strftime(start_date, '%Y-%m')
                              ELSE strftime(start_date, '%Y') END AS expected, span AS locator
        FROM date_mentions WHERE is_repaired AND start_date IS NOT NULL
    """,
    examples=(
        Example(
            "202311日 at the start of the period",
            dates=(("*202311日", "2023-01-01", "day", "period_start", None),),
            findings=(Expected(observed="202311日", expected="2023-01-01"),),
        ),
        Example(
            "a signature without its month's character",
            dates=(("*20241", "2024-01-01", "month", "signed", None),),
            findings=(Expected(observed="20241", expected="2024-01"),),
        ),
        Example("as written", dates=(("2023年1月1日", "2023-01-01", "day", "period_start", None),)),
        Example("undecided is another finding", dates=(("*2023111日", None, "day", "other", None),)),
    ),
)
