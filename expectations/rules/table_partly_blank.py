"""A statutory table in which some cells are filled and others left blank without the identities explaining them."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="table_partly_blank",
    severity="warning",
    family="tables",
    reference="国办公开办函〔2021〕30号: every cell is to be filled, with 0 where there was nothing",
    title_en="Some cells of a table are left blank and no identity says what they hold",
    title_zh="表格部分留空，且无法由勾稽关系推出",
    message_en="{table}: some cells are filled, others are blank, and nothing says what they hold: {observed_rows}.",
    message_zh="{table}：部分单元格留空且无法推出，涉及：{observed_rows}。",
    sql="""
        SELECT c.report_id, c.table_code, NULL AS row_code, NULL AS column_code,
               string_agg(DISTINCT c.row_code, ', ' ORDER BY c.row_code) FILTER (c.missing_reason = 'blank') AS observed,
               NULL AS expected, arg_min(c.locator, place(c.locator)) FILTER (c.missing_reason = 'blank') AS locator
        FROM cells c
        GROUP BY c.report_id, c.table_code
        HAVING bool_or(c.value IS NOT NULL OR c.printed IS NOT NULL) AND bool_or(c.missing_reason = 'blank')
    """,
    examples=(
        Example(
            "two rows left blank",
            tables={"proactive": {"regulations": "_ _ _", "licensing": "0", "penalties": "1"}},
            findings=(Expected("proactive", observed="regulations"),),
        ),
        Example("the identities say what the blanks hold", tables={"remedies": {"reconsideration": "1 =0 =0 =0 1"}}),
        Example("all blank is another finding", tables={"proactive": {"regulations": "_ _ _"}}),
        Example("all filled", tables={"proactive": {"regulations": "0 0 0", "licensing": "-"}}),
    ),
)
