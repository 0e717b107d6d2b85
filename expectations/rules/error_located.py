"""A number that alone stands in the way of every identity, and what it should be."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="error_located",
    severity="warning",
    family="identities",
    reference="I. Fellegi, D. Holt (1976): the smallest change that satisfies every identity",
    title_en="A wrong number located: only this smallest change makes the identities hold",
    title_zh="已定位的错误数字：仅此最小改动可使勾稽关系全部成立",
    message_en="{table}, {row}, {column}: {observed} is printed; in the only smallest repair that makes the identities hold (cells changed: {other}) it is {expected}. The printed number stays.",
    message_zh="{table}，“{row}”行“{column}”列：印为{observed}；在唯一使勾稽关系成立的最小修正（共改动{other}格）中为{expected}。原数保留不改。",
    sql="""
        SELECT report_id, table_code, row_code, column_code,
               plain(value) AS observed, plain(value_suggested) AS expected, locator,
               count(*) OVER (PARTITION BY report_id, table_code) AS other
        FROM cells WHERE value_suggested IS NOT NULL
    """,
    examples=(
        Example(
            "a row and a column both say 4",
            tables={"applications": {"granted": "3>4 0 0 0 0 0 4", "handled_total": "4 0 0 0 0 0 4"}},
            findings=(Expected("applications", "granted", "natural_person", "3", "4"),),
        ),
        Example("identities that hold", tables={"applications": {"granted": "4 0 0 0 0 0 4"}}),
        Example("one of two numbers is wrong", tables={"remedies": {"reconsideration": "1 0 0 0 2"}}),
    ),
)
