"""A count that is no whole number."""

from expectations.model import ERROR, Example, Expected, Rule

RULE = Rule(
    code="count_fractional",
    severity=ERROR,
    family="values",
    reference="国办公开办函〔2021〕30号, 国办公开办函〔2019〕60号: the cells count documents, decisions, applications and cases",
    title_en="A count is a fraction",
    title_zh="数量不是整数",
    message_en="{table}, {row}, {column}: {observed} is printed, and what is counted here comes whole.",
    message_zh="{table}，“{row}”，“{column}”：印为{observed}，该项应为整数。",
    explains_en="Every certain number that counts something. Amounts of money may be fractions; a number with a unit of "
    "money in a cell that counts is another finding.",
    explains_zh="检查所有数值确定的计数单元格；金额可为小数；计数单元格中印有货币单位的，另有规则。",
    sql="""
        SELECT report_id, table_code, row_code, column_code, plain(value) AS observed, NULL AS expected, locator
        FROM certain
        WHERE kind = 'count' AND value <> trunc(value) AND printed_kind IS DISTINCT FROM 'yuan'
    """,
    examples=(
        Example(
            "12.5 penalties",
            tables={"proactive": {"penalties": "12.5"}},
            findings=(Expected("proactive", "penalties", "decisions", "12.5"),),
        ),
        Example("half of ten thousand yuan", tables={"proactive": {"penalties": "12", "fees": "0.5"}}),
        Example("a fraction that is none", tables={"proactive": {"penalties": "12.0"}}),
        Example("an amount where a count belongs", tables={"proactive": {"penalties": "12.5万元"}}),
    ),
)
