"""A number far from what the same organ reports for its other years."""

from expectations.fragments import one_of
from expectations.model import EXPERIMENTAL, INFO, Example, Expected, Report, Rule

_CELLS = (
    "applications received_new total",
    "proactive licensing decisions",
    "proactive penalties decisions",
    "proactive coercive_measures decisions",
)
_OTHERS, _FAR, _LEAST_SPREAD, _LEAST_DIFFERENCE = 4, 5, 0.2, 20


def _years(*received: int) -> tuple[Report, ...]:
    return tuple(
        Report(report=f"of_{year}", report_year=year, tables={"applications": {"received_new": f"{n} 0 0 0 0 0 {n}"}})
        for year, n in enumerate(received, 2019)
    )


RULE = Rule(
    code="outlier_in_own_history",
    severity=INFO,
    status=EXPERIMENTAL,
    family="series",
    reference="F. R. Hampel (1974): median and median absolute deviation, which single outliers do not move",
    title_en="A number far from those that the organ reports for its other years",
    title_zh="数值与该机关其他年度相差悬殊",
    message_en="{table}, {row}, {column}: {observed}, where the median of this organ's other years is {expected}.",
    message_zh="{table}，“{row}”，“{column}”：为{observed}，而该机关其他年度的中位数为{expected}。",
    explains_en="Applications received, and decisions on licences, penalties and coercive measures. "
    f"Of x the statistic is |ln(1+x) − m| / max(1.4826·d, {_LEAST_SPREAD}), with m the median of ln(1+x) over the "
    f"organ's other years, at least {_OTHERS} of them, and d the median distance from m; it is found above {_FAR}, if x "
    f"is also {_LEAST_DIFFERENCE} or more from the median. A hint: years do differ.",
    explains_zh=f"检查新收申请总数及许可、处罚、强制处理决定数。统计量为|ln(1+x)−m|/max(1.4826·d, {_LEAST_SPREAD})，m为其他年度"
    f"（至少{_OTHERS}个）ln(1+x)的中位数，d为绝对离差中位数；大于{_FAR}且与中位数相差{_LEAST_DIFFERENCE}以上时提示。年度之间本有波动，仅供参考。",
    sql=f"""
        WITH told AS (
            SELECT y.report_id, y.issuer_id, c.table_code, c.row_code, c.column_code, c.value, c.locator,
                   ln(1 + c.value::DOUBLE) AS x
            FROM certain c JOIN yearly y USING (report_id)
            WHERE concat_ws(' ', c.table_code, c.row_code, c.column_code) IN ({one_of(_CELLS)}) AND c.value >= 0
        ),
        beside AS (
            SELECT t.report_id, t.table_code, t.row_code, t.column_code, t.value, t.locator, t.x,
                   median(o.x) AS middle, mad(o.x) AS spread
            FROM told t
            JOIN told o ON (o.issuer_id, o.table_code, o.row_code, o.column_code)
                         = (t.issuer_id, t.table_code, t.row_code, t.column_code) AND o.report_id <> t.report_id
            GROUP BY ALL HAVING count(*) >= {_OTHERS}
        )
        SELECT report_id, table_code, row_code, column_code, plain(value) AS observed,
               round(exp(middle) - 1)::BIGINT::VARCHAR AS expected, locator
        FROM beside
        WHERE abs(x - middle) / greatest(1.4826 * spread, {_LEAST_SPREAD}) > {_FAR}
          AND abs(value::DOUBLE - (exp(middle) - 1)) >= {_LEAST_DIFFERENCE}
    """,
    examples=(
        Example(
            "ten times as many as ever",
            tables={"applications": {"received_new": "520 0 0 0 0 0 520"}},
            beside=_years(48, 55, 43, 61, 50),
            findings=(Expected("applications", "received_new", "total", "520", "50"),),
        ),
        Example(
            "twice as many",
            tables={"applications": {"received_new": "101 0 0 0 0 0 101"}},
            beside=_years(48, 55, 43, 61, 50),
        ),
        Example(
            "three years are no history",
            tables={"applications": {"received_new": "520 0 0 0 0 0 520"}},
            beside=_years(48, 55, 43),
        ),
        Example(
            "few, and then some",
            tables={"applications": {"received_new": "9 0 0 0 0 0 9"}},
            beside=_years(0, 0, 0, 1, 0),
        ),
    ),
)
