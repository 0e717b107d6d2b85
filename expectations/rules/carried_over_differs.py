"""Applications carried in from last year that are not as many as last year's report carried over."""

from expectations.model import WARNING, Example, Expected, Report, Rule

_LAST = {"handled_total": "5 0 0 0 0 0 5", "carried_out": "3 0 0 0 0 0 3"}

RULE = Rule(
    code="carried_over_differs",
    severity=WARNING,
    family="series",
    reference="form section three: 结转下年度继续办理 of one year is 上年结转 of the next",
    title_en="Applications carried in differ from those that last year's report carried over",
    title_zh="上年结转数与上一年度报告的结转下年度继续办理数不一致",
    message_en="{table}, {column}: {observed} carried in, but the report of {other_year} carried over {expected} ({other}).",
    message_zh="{table}，“{column}”列：上年结转为{observed}，而{other_year}年报告结转下年度继续办理为{expected}（{other}）。",
    explains_en="Column by column, where both numbers are certain and the organ has exactly one report for each of the "
    "two years. The finding stands at the later report; which of the two is wrong is open.",
    explains_zh="逐列比较；两数均须确定，且该机关这两个年度各有且仅有一份报告。问题记在后一年报告，孰误不作判断。",
    sql="""
        SELECT y.report_id, i.table_code, i.row_code, i.column_code, plain(i.value) AS observed,
               plain(o.value) AS expected, i.locator, y.other_year, y.other
        FROM successive y
        JOIN certain i ON i.report_id = y.report_id AND i.row_code = 'carried_in'
        JOIN certain o ON o.report_id = y.earlier_id AND o.row_code = 'carried_out'
             AND o.table_code = i.table_code AND o.column_code = i.column_code
        WHERE i.value <> o.value
    """,
    examples=(
        Example(
            "three carried over, two carried in",
            tables={"applications": {"carried_in": "2 0 0 0 0 0 2"}},
            beside=(Report(report="last_year", report_year=2023, tables={"applications": _LAST}),),
            findings=(
                Expected("applications", "carried_in", "natural_person", "2", "3"),
                Expected("applications", "carried_in", "total", "2", "3"),
            ),
        ),
        Example(
            "three carried over, three carried in",
            tables={"applications": {"carried_in": "3 0 0 0 0 0 3"}},
            beside=(Report(report="last_year", report_year=2023, tables={"applications": _LAST}),),
        ),
        Example(
            "a blank is not zero",
            tables={"applications": {"carried_in": "_ _ _ _ _ _ _"}},
            beside=(Report(report="last_year", report_year=2023, tables={"applications": _LAST}),),
        ),
        Example(
            "a year between",
            tables={"applications": {"carried_in": "2 0 0 0 0 0 2"}},
            beside=(Report(report="earlier", report_year=2022, tables={"applications": _LAST}),),
        ),
        Example(
            "another organ",
            tables={"applications": {"carried_in": "2 0 0 0 0 0 2"}},
            beside=(Report(report="last_year", issuer="松岩市某局", report_year=2023, tables={"applications": _LAST}),),
        ),
        Example(
            "two reports for last year",
            tables={"applications": {"carried_in": "2 0 0 0 0 0 2"}},
            beside=(
                Report(report="one", report_year=2023, tables={"applications": _LAST}),
                Report(report="two", report_year=2023, tables={"applications": {"carried_out": "2 0 0 0 0 0 2"}}),
            ),
        ),
        Example(
            "a name that many organs bear",
            issuer="太平镇人民政府",
            tables={"applications": {"carried_in": "2 0 0 0 0 0 2"}},
            beside=(
                Report(report="last_year", issuer="太平镇人民政府", report_year=2023, tables={"applications": _LAST}),
            ),
        ),
    ),
)
