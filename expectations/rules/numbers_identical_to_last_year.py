"""A table with the very numbers of an earlier year."""

from expectations.model import WARNING, Example, Expected, Report, Rule

_ENOUGH = 5
_NUMBERS = {
    "received_new": "31 4 0 0 0 0 35",
    "granted": "20 3 0 0 0 0 23",
    "handled_total": "31 4 0 0 0 0 35",
}
_SMALL = {"received_new": "2 0 0 0 0 0 2", "granted": "2 0 0 0 0 0 2", "handled_total": "2 0 0 0 0 0 2"}

RULE = Rule(
    code="numbers_identical_to_last_year",
    severity=WARNING,
    family="series",
    reference="Regulation, article 50: the report is about the year",
    title_en="A table has the very numbers of an earlier year",
    title_zh="表格数字与以前年度完全相同",
    message_en="{table}: all numbers are those of the report of {other_year} ({observed} different ones; {other}).",
    message_zh="{table}：全部数字与{other_year}年报告相同（共{observed}个不同的数；{other}）。",
    explains_en=f"All certain numbers other than 0 of sections two and three, each in its cell, with at least {_ENOUGH} "
    "different ones among them: few and small numbers repeat by chance, and zeros every year.",
    explains_zh=f"比较第二、三节中数值确定且不为0的全部单元格，其中不同的数至少{_ENOUGH}个：数少或为零者可能偶然相同。",
    sql=f"""
        WITH prints AS (
            SELECT report_id, table_code, count(DISTINCT value) AS different,
                   md5(string_agg(row_code || ' ' || column_code || ' ' || value, ';' ORDER BY row_code, column_code)) AS held
            FROM certain WHERE value <> 0 AND table_code <> 'remedies'
            GROUP BY ALL HAVING count(DISTINCT value) >= {_ENOUGH}
        ),
        compared AS (
            SELECT y.report_id, p.table_code, p.different, lag(y.report_year) OVER same AS other_year,
                   lag(y.source_path) OVER same AS other
            FROM yearly y JOIN prints p USING (report_id)
            WINDOW same AS (PARTITION BY y.issuer_id, p.table_code, p.held ORDER BY y.report_year)
        )
        SELECT report_id, table_code, NULL AS row_code, NULL AS column_code, different AS observed, NULL AS expected,
               NULL AS locator, other_year, other
        FROM compared WHERE other_year IS NOT NULL
    """,
    examples=(
        Example(
            "last year's table again",
            tables={"applications": _NUMBERS},
            beside=(Report(report="last_year", report_year=2023, tables={"applications": _NUMBERS}),),
            findings=(Expected("applications", observed="6"),),
        ),
        Example(
            "one number differs",
            tables={"applications": _NUMBERS | {"carried_in": "1 0 0 0 0 0 1"}},
            beside=(Report(report="last_year", report_year=2023, tables={"applications": _NUMBERS}),),
        ),
        Example(
            "small numbers repeat by chance",
            tables={"applications": _SMALL},
            beside=(Report(report="last_year", report_year=2023, tables={"applications": _SMALL}),),
        ),
        Example(
            "nothing in both years",
            tables={"applications": {"received_new": "0 0 0 0 0 0 0"}},
            beside=(
                Report(
                    report="last_year", report_year=2023, tables={"applications": {"received_new": "0 0 0 0 0 0 0"}}
                ),
            ),
        ),
    ),
)
