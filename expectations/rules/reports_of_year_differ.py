"""Two reports of one organ for one year with different numbers."""

from expectations.model import WARNING, Example, Expected, Report, Rule

_MOST = 10

RULE = Rule(
    code="reports_of_year_differ",
    severity=WARNING,
    family="series",
    reference="Regulation, article 50: an organ reports once a year; a report that was corrected and published again stays one of its own",
    title_en="Another report of the organ for the same year has other numbers in this table",
    title_zh="该机关同一年度另有一份报告，表中数字不同",
    message_en="{table}: {observed} cells hold another number in the organ's other report for this year ({other}).",
    message_zh="{table}：有{observed}个单元格与该机关同一年度的另一份报告不同（{other}）。",
    explains_en="Cells that are certain in both. The finding stands at both reports, since which one holds is open, and at "
    "the first such cell. Left alone: reports of which only one says by its title that it is of the office itself (机关, 本级) "
    "or of the whole branch (系统), and organs with "
    f"more than {_MOST} reports for one year, which are hardly one organ.",
    explains_zh=f"比较两份报告中均确定的单元格；何者为准不作判断，故两份均记，位置为首个不同的单元格。标题注明机关、本级或系统口径不同者不比较；"
    f"同一年度超过{_MOST}份报告者不比较。",
    sql=rf"""
        WITH several AS (
            SELECT report_id, issuer_id, report_year, source_path,
                   regexp_extract(coalesce(title, ''), '(本级|机关|系统)[^机关本级系统]*$', 1) AS whose
            FROM organ_reports WHERE reports_of_year BETWEEN 2 AND {_MOST}
        ),
        pairs AS (
            SELECT a.report_id, b.report_id AS other_id, b.source_path AS other
            FROM several a
            JOIN several b ON a.issuer_id = b.issuer_id AND a.report_year = b.report_year AND a.whose = b.whose
                          AND a.report_id <> b.report_id
        ),
        own AS MATERIALIZED (SELECT * FROM pairs JOIN certain USING (report_id))
        SELECT a.report_id, a.table_code, NULL AS row_code, NULL AS column_code, count(*) AS observed, NULL AS expected,
               arg_min(a.locator, place(a.locator)) AS locator, a.other
        FROM own a
        JOIN certain b ON b.report_id = a.other_id
             AND b.table_code = a.table_code AND b.row_code = a.row_code AND b.column_code = a.column_code
        WHERE a.value <> b.value
        GROUP BY a.report_id, a.other_id, a.other, a.table_code
    """,
    examples=(
        Example(
            "published again with one number corrected",
            tables={"applications": {"received_new": "3 0 0 0 0 0 4"}},
            beside=(Report(report="again", tables={"applications": {"received_new": "3 1 0 0 0 0 4"}}),),
            findings=(
                Expected("applications", observed="1"),
                Expected("applications", observed="1", report="again"),
            ),
        ),
        Example(
            "the same numbers",
            tables={"applications": {"received_new": "3 0 0 0 0 0 3"}},
            beside=(Report(report="again", tables={"applications": {"received_new": "3 0 0 0 0 0 3"}}),),
        ),
        Example(
            "a blank contradicts nothing",
            tables={"applications": {"received_new": "3 0 0 0 0 0 3"}},
            beside=(Report(report="again", tables={"applications": {"received_new": "3 _ _ _ _ _ _"}}),),
        ),
        Example(
            "the office itself, and the whole branch",
            facts={"title": "云岭市某局机关2024年政府信息公开工作年度报告"},
            tables={"applications": {"received_new": "3 0 0 0 0 0 3"}},
            beside=(
                Report(
                    report="branch",
                    facts={"title": "云岭市某局系统2024年政府信息公开工作年度报告"},
                    tables={"applications": {"received_new": "9 0 0 0 0 0 9"}},
                ),
            ),
        ),
        Example(
            "another year",
            tables={"applications": {"received_new": "3 0 0 0 0 0 3"}},
            beside=(
                Report(
                    report="last_year", report_year=2023, tables={"applications": {"received_new": "9 0 0 0 0 0 9"}}
                ),
            ),
        ),
    ),
)
