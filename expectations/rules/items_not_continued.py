"""Form of 2019: last year's items are not those of last year's report."""

from expectations.model import INFO, Example, Expected, Report, Rule


def _last(licensing: str) -> Report:
    return Report(report="last_year", report_year=2019, form="2019", tables={"proactive": {"licensing": licensing}})


RULE = Rule(
    code="items_not_continued",
    severity=INFO,
    family="series",
    reference="国办公开办函〔2019〕60号, section two: 上一年项目数量 = 上一年项目数量 + 本年增/减 of last year's report",
    title_en="Items of the year before are not those that last year's report ends with (form of 2019)",
    title_zh="上一年项目数量与上一年度报告不衔接（2019年表式）",
    message_en="{table}, {row}: {observed} items the year before; the report of {other_year} ends with {expected} ({other}).",
    message_zh="{table}，“{row}”：上一年项目数量为{observed}；{other_year}年报告期末应为{expected}（{other}）。",
    explains_en="Soft: the lists of powers are reorganised between the reports. A change printed without its sign "
    "(减 left out) fits too, and is left alone.",
    explains_zh="软性关系：权责清单可能调整。增减数未印负号者亦视为相符。",
    sql="""
        WITH stock AS (
            SELECT report_id, table_code, row_code,
                   any_value(value) FILTER (column_code = 'items_prior_year') AS before,
                   any_value(value) FILTER (column_code = 'items_change') AS change,
                   any_value(locator) FILTER (column_code = 'items_prior_year') AS locator
            FROM certain WHERE column_code IN ('items_prior_year', 'items_change') GROUP BY ALL
        ),
        later AS MATERIALIZED (SELECT * FROM successive JOIN stock USING (report_id))
        SELECT s.report_id, s.table_code, s.row_code, 'items_prior_year' AS column_code, plain(s.before) AS observed,
               plain(b.before + b.change) AS expected, s.locator, s.other_year, s.other
        FROM later s
        JOIN stock b ON b.report_id = s.earlier_id AND b.table_code = s.table_code AND b.row_code = s.row_code
        WHERE s.before <> b.before + b.change AND s.before <> b.before - b.change
    """,
    examples=(
        Example(
            "20 and 3 more are not 30",
            form="2019",
            report_year=2020,
            tables={"proactive": {"licensing": "30 0 5"}},
            beside=(_last("20 3 9"),),
            findings=(Expected("proactive", "licensing", "items_prior_year", "30", "23"),),
        ),
        Example(
            "it goes on",
            form="2019",
            report_year=2020,
            tables={"proactive": {"licensing": "23 0 5"}},
            beside=(_last("20 3 9"),),
        ),
        Example(
            "a decrease printed without its sign",
            form="2019",
            report_year=2020,
            tables={"proactive": {"licensing": "17 0 5"}},
            beside=(_last("20 3 9"),),
        ),
    ),
)
