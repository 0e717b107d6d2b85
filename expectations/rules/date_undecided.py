"""A damaged date that can be read in more than one way."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="date_undecided",
    severity="warning",
    family="dates",
    reference="date_mentions: where nothing decides between readings, the dates stay null",
    title_en="A damaged date has more than one reading and nothing decides",
    title_zh="日期残损，有多种读法且无从判定",
    message_en="The date written {observed} can be read in more than one way; none is taken.",
    message_zh="日期“{observed}”有多种读法，无从判定，未取任何一种。",
    sql="""
        SELECT report_id, NULL AS table_code, NULL AS row_code, NULL AS column_code, printed AS observed,
               NULL AS expected, span AS locator
        FROM date_mentions WHERE start_date IS NULL
    """,
    examples=(
        Example(
            "11 January or 1 November",
            dates=(("*2023111日", None, "day", "other", None),),
            findings=(Expected(observed="2023111日"),),
        ),
        Example("one reading", dates=(("*202311日", "2023-01-01", "day", "period_start", None),)),
    ),
)
