"""Years between two reports of an organ for which the dataset has none."""

from expectations.model import INFO, Example, Expected, Report, Rule

RULE = Rule(
    code="years_missing",
    severity=INFO,
    family="series",
    reference="Regulation, article 49: a report every year",
    title_en="Between this report and the organ's one before, years are missing in the dataset",
    title_zh="与该机关前一份报告之间缺少若干年度的报告",
    message_en="The organ's report before this one is of {other_year}; none of {expected} is in the dataset ({other}).",
    message_zh="该机关的前一份报告为{other_year}年；数据集中没有{expected}年的报告（{other}）。",
    explains_en="It may never have been published, not been collected, or not been recognised: see `documents`. "
    "Years before the first report and after the last say nothing.",
    explains_zh="可能未发布、未采集或未能识别，见`documents`。首份报告之前、末份之后的年度不计。",
    sql="""
        WITH years AS (
            SELECT report_id, issuer_id, report_year,
                   lag(report_year) OVER organ AS other_year, lag(source_path) OVER organ AS other
            FROM (SELECT issuer_id, report_year, min(report_id) AS report_id, min(source_path) AS source_path
                  FROM organ_reports GROUP BY ALL)
            WINDOW organ AS (PARTITION BY issuer_id ORDER BY report_year)
        )
        SELECT report_id, NULL AS table_code, NULL AS row_code, NULL AS column_code, report_year AS observed,
               CASE WHEN report_year - other_year = 2 THEN (other_year + 1)::VARCHAR
                    ELSE (other_year + 1) || '–' || (report_year - 1) END AS expected,
               NULL AS locator, other_year, other
        FROM years WHERE report_year > other_year + 1
    """,
    examples=(
        Example(
            "2021, then 2024",
            beside=(Report(report="earlier", report_year=2021),),
            findings=(Expected(observed="2024", expected="2022–2023"),),
        ),
        Example(
            "2022, then 2024",
            beside=(Report(report="earlier", report_year=2022),),
            findings=(Expected(observed="2024", expected="2023"),),
        ),
        Example("year after year", beside=(Report(report="earlier", report_year=2023),)),
        Example("another organ's", beside=(Report(report="earlier", issuer="松岩市某局", report_year=2021),)),
        Example("a single report"),
    ),
)
