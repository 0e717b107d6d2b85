"""Form of 2019: more services cut than there were."""

from expectations.model import WARNING, Example, Expected, Rule

RULE = Rule(
    code="items_fall_below_zero",
    severity=WARNING,
    family="values",
    reference="国办公开办函〔2019〕60号, section two: 上一年项目数量, 本年增/减",
    title_en="More items were cut than there were the year before (form of 2019)",
    title_zh="本年减少的项目多于上一年项目数量（2019年表式）",
    message_en="{table}, {row}: the change is {observed}, although there were only {expected} items the year before.",
    message_zh="{table}，“{row}”：本年增/减为{observed}，而上一年项目数量仅为{expected}。",
    sql="""
        SELECT c.report_id, c.table_code, c.row_code, c.column_code, plain(c.value) AS observed,
               plain(b.value) AS expected, c.locator
        FROM certain c JOIN certain b USING (report_id, table_code, row_code)
        WHERE c.column_code = 'items_change' AND b.column_code = 'items_prior_year'
          AND b.value >= 0 AND b.value + c.value < 0
    """,
    examples=(
        Example(
            "eight of three were cut",
            form="2019",
            report_year=2020,
            tables={"proactive": {"licensing": "3 -8 0"}},
            findings=(Expected("proactive", "licensing", "items_change", "-8", "3"),),
        ),
        Example("all were cut", form="2019", report_year=2020, tables={"proactive": {"licensing": "8 -8 0"}}),
        Example("left blank", form="2019", report_year=2020, tables={"proactive": {"licensing": "_ -8 0"}}),
    ),
)
