"""Fees beyond what any place collects: probably yuan, printed where the form asks for 万元."""

from expectations.model import EXPERIMENTAL, INFO, Example, Expected, Rule

RULE = Rule(
    code="amount_implausibly_large",
    severity=INFO,
    status=EXPERIMENTAL,
    family="values",
    reference="form section two: 本年收费金额（单位：万元）",
    title_en="Fees of 100 billion yuan or more in one year: probably yuan, not 万元",
    title_zh="全年收费达一千亿元以上，疑以元计而非万元",
    message_en="{table}, {row}, {column}: {observed} 万元 is printed; if yuan was meant, it is {expected} 万元.",
    message_zh="{table}，“{row}”，“{column}”：印为{observed}万元；若以元计，应为{expected}万元。",
    explains_en="A hint: 10,000,000 万元 is more than a province collects in a year.",
    explains_zh="仅为提示：一千万万元已超过一省全年的收费。",
    sql="""
        SELECT report_id, table_code, row_code, column_code, plain(value) AS observed,
               plain((value / 10000)::DECIMAL(18, 6)) AS expected, locator
        FROM certain WHERE row_code = 'fees' AND kind = 'yuan' AND unit = '万元' AND value >= 10000000
    """,
    examples=(
        Example(
            "251 million yuan, printed under 万元",
            tables={"proactive": {"fees": "251000000"}},
            findings=(Expected("proactive", "fees", "amount", "251000000", "25100"),),
        ),
        Example("a large city", tables={"proactive": {"fees": "251000"}}),
    ),
)
