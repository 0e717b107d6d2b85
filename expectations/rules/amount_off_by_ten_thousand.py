"""Fees ten thousand times those of the organ's other years, or a ten-thousandth: 元 taken for 万元 or the reverse."""

from expectations.model import EXPERIMENTAL, INFO, Example, Expected, Report, Rule

_LOW, _HIGH, _OTHERS = 3000, 30000, 2


def _years(*fees: str) -> tuple[Report, ...]:
    return tuple(
        Report(report=f"of_{year}", report_year=year, tables={"proactive": {"fees": amount}})
        for year, amount in enumerate(fees, 2021)
    )


RULE = Rule(
    code="amount_off_by_ten_thousand",
    severity=INFO,
    status=EXPERIMENTAL,
    family="series",
    reference="form section two: 本年收费金额（单位：万元）",
    title_en="An amount about ten thousand times, or a ten-thousandth of, those of the organ's other years: 元 or 万元?",
    title_zh="金额约为该机关其他年度的一万倍或万分之一：元与万元疑有混淆",
    message_en="{table}, {row}, {column}: {observed} 万元; the organ's other years suggest {expected} 万元, and 元 mixed up with 万元.",
    message_zh="{table}，“{row}”，“{column}”：{observed}万元；据该机关其他年度推测应为{expected}万元，疑将元与万元混淆。",
    explains_en=f"Against the median of the organ's other years with fees, at least {_OTHERS} of them: {_LOW:,} to "
    f"{_HIGH:,} times as much, or as little. A hint.",
    explains_zh=f"与该机关其他有收费年度（至少{_OTHERS}个）的中位数相比，相差{_LOW}至{_HIGH}倍时提示。",
    sql=f"""
        WITH told AS (
            SELECT y.report_id, y.issuer_id, c.table_code, c.row_code, c.column_code, c.value, c.locator
            FROM certain c JOIN yearly y USING (report_id)
            WHERE c.row_code = 'fees' AND c.kind = 'yuan' AND c.unit = '万元' AND c.value > 0
        ),
        beside AS (
            SELECT t.report_id, t.table_code, t.row_code, t.column_code, t.value, t.locator,
                   median(o.value::DOUBLE) AS middle
            FROM told t
            JOIN told o ON o.issuer_id = t.issuer_id AND o.row_code = t.row_code AND o.column_code = t.column_code
                       AND o.report_id <> t.report_id
            GROUP BY ALL HAVING count(*) >= {_OTHERS}
        ),
        compared AS (SELECT *, value::DOUBLE / middle AS times FROM beside)
        SELECT report_id, table_code, row_code, column_code, plain(value) AS observed,
               plain(CASE WHEN times > 1 THEN value::DOUBLE / 10000 ELSE value::DOUBLE * 10000 END::DECIMAL(18, 6)) AS expected, locator
        FROM compared
        WHERE times BETWEEN {_LOW} AND {_HIGH} OR 1 / times BETWEEN {_LOW} AND {_HIGH}
    """,
    examples=(
        Example(
            "yuan under the heading 万元",
            tables={"proactive": {"fees": "438000"}},
            beside=_years("41.2", "39", "45.5"),
            findings=(Expected("proactive", "fees", "amount", "438000", "43.8"),),
        ),
        Example(
            "万元 taken for yuan and converted once more",
            tables={"proactive": {"fees": "0.0043"}},
            beside=_years("41.2", "39", "45.5"),
            findings=(Expected("proactive", "fees", "amount", "0.0043", "43"),),
        ),
        Example("twice as much", tables={"proactive": {"fees": "83.1"}}, beside=_years("41.2", "39", "45.5")),
        Example("no fees this year", tables={"proactive": {"fees": "0"}}, beside=_years("41.2", "39", "45.5")),
        Example("one other year", tables={"proactive": {"fees": "438000"}}, beside=_years("41.2")),
    ),
)
