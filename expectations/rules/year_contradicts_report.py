"""A report that speaks of another year as its own."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="year_contradicts_report",
    severity="warning",
    family="dates",
    reference="Regulation, article 50: the report is about the year before its publication",
    title_en="The report speaks of another year as if it were its own",
    title_zh="正文所述年度与报告年度不符",
    message_en="The text speaks of {observed} where the report is about {expected}: perhaps carried over from last year.",
    message_zh="正文写作{observed}年，而报告年度为{expected}年，可能沿用了上年文字。",
    # Past years are often named in good faith (2022年以来, 与2023年相比, titles of documents). What gives a carried-over
    # section away: it opens with an earlier year as its subject (2023年，…) and never names the year of the report.
    sql="""
        WITH opened AS (
            SELECT s.report_id, s.section_code, r.report_year, s.text, s.locator,
                   try_cast(regexp_extract(s.text,
                       '^(?:\\s|[（(]?[一二三四五六七八九十0-9]+[）)、.．]|\\[bookmark[^\\]]*\\])*((?:19|20)\\d\\d)\\s*年度?[，,]', 1)
                       AS INTEGER) AS opening_year
            FROM sections s JOIN reports r USING (report_id)
            WHERE s.section_code IN ('overview', 'problems', 'other_matters')
        ),
        carried AS (
            SELECT * FROM opened
            WHERE opening_year < report_year
              AND NOT contains(replace(text, ' ', ''), report_year::VARCHAR || '年')
        )
        SELECT c.report_id, NULL AS table_code, NULL AS row_code, NULL AS column_code,
               c.opening_year::VARCHAR AS observed, c.report_year::VARCHAR AS expected,
               coalesce(any_value(m.span ORDER BY m.mention_no), any_value(c.locator)) AS locator
        FROM carried c
        LEFT JOIN date_mentions m ON m.report_id = c.report_id AND m.section_code = c.section_code
             AND m.precision = 'year' AND year(m.start_date) = c.opening_year
        GROUP BY c.report_id, c.section_code, c.opening_year, c.report_year
        UNION ALL
        SELECT r.report_id, NULL, NULL, NULL, year(m.start_date)::VARCHAR, r.report_year::VARCHAR, m.span
        FROM date_mentions m JOIN reports r USING (report_id)
        WHERE m.role = 'period_end' AND year(m.start_date) <> r.report_year
    """,
    examples=(
        Example(
            "section five carried over from last year",
            sections={"problems": "2023年，开发区的政府信息公开工作收获了一定成果。然而仍存在诸多差距。"},
            dates=(("2023年", "2023-01-01", "year", "other", "problems"),),
            findings=(Expected(observed="2023", expected="2024"),),
        ),
        Example(
            "a period that ends in another year",
            dates=(("2023年12月31日", "2023-12-31", "day", "period_end", None),),
            findings=(Expected(observed="2023", expected="2024"),),
        ),
        Example("plans for the next year", sections={"problems": "2025年，我们将深入贯彻落实。"}),
        Example("last year as a comparison", sections={"overview": "2023年，我局收到申请3件，2024年收到5件。"}),
        Example("since a past year", sections={"overview": "2019年以来，我局不断完善制度。"}),
        Example("a document of last year", sections={"overview": "落实《2023年政务公开工作要点》，全面公开。"}),
        Example("its own year", sections={"problems": "2024年，仍存在以下不足。"}),
    ),
)
