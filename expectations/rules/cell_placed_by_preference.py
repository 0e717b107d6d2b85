"""A row whose numbers were given their cells by inference."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="cell_placed_by_preference",
    severity="warning",
    family="placement",
    reference="The text lost the blanks between the cells of this row; `derivation` of its cells says how they were placed",
    title_en="A row's numbers were placed by inference: the only reading, or a preferred one",
    title_zh="该行数字所在的列由推断得出",
    message_en="{table}, {row}: cells of this row are inferred, not certain (printed numbers placed so: {observed}); "
    "`derivation` says how.",
    message_zh="{table}，“{row}”：本行单元格系推断，并非确定（如此归列的印出数字：{observed}个），依据见`derivation`。",
    sql="""
        SELECT report_id, table_code, row_code, NULL AS column_code,
               count(printed)::VARCHAR AS observed, NULL AS expected, arg_min(locator, place(locator)) AS locator
        FROM cells WHERE obs_status = 'U'
        GROUP BY report_id, table_code, row_code
    """,
    examples=(
        Example(
            "3 and 3: natural person and total",
            tables={"applications": {"granted": "~3 !0 !0 !0 !0 !0 ~3"}},
            findings=(Expected("applications", "granted", None, "2"),),
        ),
        Example("a complete row is certain", tables={"applications": {"granted": "3 0 0 0 0 0 3"}}),
    ),
)
