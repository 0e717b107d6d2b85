"""A row whose numbers are printed, but not in which cell."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="cell_unplaced",
    severity="warning",
    family="placement",
    reference="The text lost the blanks between the cells of this row; see the contract, `missing_reason` unplaced",
    title_en="A row prints numbers whose cells are open",
    title_zh="该行印有数字，但所在单元格不定",
    message_en="{table}, {row}: numbers are printed here, but the text lost the blanks beside them; "
    "{observed} cells stay open.",
    message_zh="{table}，“{row}”：印有数字，但文本丢失了空白单元格，{observed}个单元格无法确定。",
    sql="""
        SELECT report_id, table_code, row_code, NULL AS column_code,
               count(*)::VARCHAR AS observed, NULL AS expected, arg_min(locator, place(locator)) AS locator
        FROM cells WHERE missing_reason = 'unplaced'
        GROUP BY report_id, table_code, row_code
    """,
    examples=(
        Example(
            "two numbers for seven cells",
            tables={"applications": {"granted": "? ? ? ? ? ? ?"}},
            findings=(Expected("applications", "granted", None, "7"),),
        ),
        Example("blank is not open", tables={"applications": {"granted": "_ _ _ _ _ _ _"}}),
    ),
)
