"""A count below zero."""

from expectations.model import ERROR, Example, Expected, Rule

RULE = Rule(
    code="count_negative",
    severity=ERROR,
    family="values",
    reference="国办公开办函〔2021〕30号, 国办公开办函〔2019〕60号: the cells count documents, decisions, applications and cases",
    title_en="A count or an amount is negative",
    title_zh="数量或金额为负数",
    message_en="{table}, {row}, {column}: {observed} is printed, and this cannot be less than 0.",
    message_zh="{table}，“{row}”，“{column}”：印为{observed}，该项不可能小于0。",
    explains_en="Every cell with a certain number, but for 本年增/减 of the form of 2019, which says by how much a number "
    "changed and may be negative.",
    explains_zh="检查所有数值确定的单元格；2019年表式的“本年增/减”列表示增减，可为负数，不在其列。",
    sql="""
        SELECT report_id, table_code, row_code, column_code, plain(value) AS observed, NULL AS expected, locator
        FROM certain WHERE value < 0 AND column_code <> 'items_change'
    """,
    examples=(
        Example(
            "minus two applications",
            tables={"applications": {"granted": "-2 0 0 0 0 0 -2"}},
            findings=(
                Expected("applications", "granted", "natural_person", "-2"),
                Expected("applications", "granted", "total", "-2"),
            ),
        ),
        Example(
            "eight services fewer than last year",
            form="2019",
            report_year=2020,
            tables={"proactive": {"licensing": "20 -8 3"}},
        ),
        Example("nothing at all", tables={"applications": {"granted": "0 0 0 0 0 0 0"}}),
        Example("doubtful numbers are left alone", tables={"applications": {"granted": "~-2 ? ? ? ? ? ?"}}),
    ),
)
