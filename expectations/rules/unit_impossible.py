"""A cell whose printed unit measures something else than the form does."""

from expectations.model import WARNING, Example, Expected, Rule

RULE = Rule(
    code="unit_impossible",
    severity=WARNING,
    family="values",
    reference="国办公开办函〔2021〕30号, 国办公开办函〔2019〕60号: what each cell counts, and in which unit",
    title_en="A unit that does not belong in this cell: money where things are counted, or a count where money belongs",
    title_zh="单位与该单元格不符：计数项印有货币单位，或金额项印有计数单位",
    message_en="{table}, {row}, {column}: printed in {observed}, where the form asks for {expected}.",
    message_zh="{table}，“{row}”，“{column}”：印出的单位为{observed}，而表式要求{expected}。",
    sql="""
        SELECT report_id, table_code, row_code, column_code, unit AS observed,
               CASE kind WHEN 'yuan' THEN '元, 万元' ELSE '件, 项' END AS expected, locator
        FROM certain WHERE printed_kind IS NOT NULL AND printed_kind <> kind
    """,
    examples=(
        Example(
            "penalties in yuan",
            tables={"proactive": {"penalties": "5000元"}},
            findings=(Expected("proactive", "penalties", "decisions", "元", "件, 项"),),
        ),
        Example(
            "fees as a number of cases",
            tables={"proactive": {"fees": "3件"}},
            findings=(Expected("proactive", "fees", "amount", "件", "元, 万元"),),
        ),
        Example("the units of the form", tables={"proactive": {"penalties": "12件", "fees": "3.5万元"}}),
        Example("other words for the same", tables={"proactive": {"penalties": "12宗"}}),
    ),
)
