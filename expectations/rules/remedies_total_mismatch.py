"""A kind of remedy whose total is not the sum of its four outcomes."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="remedies_total_mismatch",
    severity="error",
    family="identities",
    reference="form section four: the outcomes add up to the column 总计",
    title_en="The outcomes of reconsiderations or lawsuits do not add up to their total",
    title_zh="复议诉讼各项结果之和不等于总计",
    message_en="{table}, {row}: the total is {observed}, the outcomes add up to {expected_at_least}{expected}.",
    message_zh="{table}，“{row}”：总计为{observed}，各项结果之和{expected_at_least}为{expected}。",
    sql="""
        SELECT report_id, table_code, place AS row_code, NULL AS column_code,
               plain(right_known) AS observed, plain(left_known) AS expected, locator,
               CASE WHEN left_unknown > 0 THEN 'expected' END AS bound, is_doubtful
        FROM broken WHERE rule_code = 'remedies_total_mismatch'
    """,
    examples=(
        Example(
            "a total of 3 for 1 + 1",
            tables={"remedies": {"reconsideration": "1 1 0 0 3"}},
            findings=(Expected("remedies", "reconsideration", None, "3", "2"),),
        ),
        Example("it adds up", tables={"remedies": {"reconsideration": "4 2 4 2 12"}}),
        Example("blanks are unknown", tables={"remedies": {"litigation_direct": "_ _ _ 1 1"}}),
    ),
)
