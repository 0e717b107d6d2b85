"""A statutory table that stands in the report with all its cells left blank."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="table_blank",
    severity="warning",
    family="tables",
    reference="国办公开办函〔2021〕30号: every cell is to be filled, with 0 where there was nothing",
    title_en="A table has no number at all",
    title_zh="表格全部留空",
    message_en="{table}: the table is there, but no cell holds a number. Blank is not zero: nothing is known.",
    message_zh="{table}：有表格，但没有任何数字。留空不等于零，数值未知。",
    sql="""
        SELECT report_id, table_code, NULL AS row_code, NULL AS column_code,
               NULL AS observed, NULL AS expected, arg_min(locator, place(locator)) AS locator
        FROM cells
        GROUP BY report_id, table_code
        HAVING bool_and(value IS NULL AND printed IS NULL AND missing_reason <> 'unplaced')
           AND bool_or(missing_reason IN ('blank', 'lost'))
    """,
    examples=(
        Example(
            "a table of blanks",
            tables={"remedies": {"reconsideration": "_ _ _ _ _", "litigation_direct": "_ _ _ _ _"}},
            findings=(Expected("remedies"),),
        ),
        Example("one number is enough", tables={"remedies": {"reconsideration": "_ _ _ _ 0"}}),
        Example("'does not apply' is an answer", tables={"remedies": {"reconsideration": "- - - - -"}}),
        Example("no table is another finding", tables={"remedies": {"reconsideration": "x x x x x"}}),
        Example("open is not blank", tables={"remedies": {"reconsideration": "? ? ? ? ?"}}),
    ),
)
