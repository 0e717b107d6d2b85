"""An amount in yuan with fractions of a fen, which was probably meant in another unit."""

from expectations.model import INFO, Example, Expected, Rule

RULE = Rule(
    code="amount_finer_than_fen",
    severity=INFO,
    family="values",
    reference="The smallest amount of money is 0.01 元; the form asks for 万元",
    title_en="An amount in yuan is finer than a fen: probably meant in 万元",
    title_zh="以元计的金额精度小于分，疑应为万元",
    message_en="{table}, {row}, {column}: {observed} is printed, finer than a fen; probably {expected} is meant.",
    message_zh="{table}，“{row}”，“{column}”：印为{observed}，精度小于分，疑应为{expected}。",
    sql="""
        SELECT report_id, table_code, row_code, column_code, plain(value) || '元' AS observed,
               plain(value) || '万元' AS expected, locator
        FROM certain WHERE unit = '元' AND value * 100 <> trunc(value * 100)
    """,
    examples=(
        Example(
            "43.788 yuan",
            tables={"proactive": {"fees": "43.788元"}},
            findings=(Expected("proactive", "fees", "amount", "43.788元", "43.788万元"),),
        ),
        Example("yuan and fen", tables={"proactive": {"fees": "43.78元"}}),
        Example("43.788 times ten thousand yuan", tables={"proactive": {"fees": "43.788"}}),
    ),
)
