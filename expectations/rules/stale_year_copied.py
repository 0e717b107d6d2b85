"""A sentence of last year's report with last year's date in it."""

from expectations.model import WARNING, Example, Expected, Report, Rule

_STALE = "2023年，我局更新公开指南并重新划分公开目录"
_SHARES = {
    "section_code": "overview",
    "shingles": 80,
    "numbers": 0,
    "copies_count": 0,
    "stale_year_mentions": 1,
    "stale_year_copied": 1,
    "stale_sentence": _STALE,
}
_SECTIONS = {"overview": f"{_STALE}。"}
_LAST_YEAR = Report(report="last_year", report_year=2023, sections=_SECTIONS)

RULE = Rule(
    code="stale_year_copied",
    severity=WARNING,
    family="dates",
    reference="Regulation, article 50: the report is about the year",
    title_en="A sentence was copied from last year's report with its year",
    title_zh="沿用上年报告的句子，连年份也未更改",
    message_en="{section}: the sentence “{observed}” stands likewise in the report of {other_year}; this one is about {expected}.",
    message_zh="“{section}”：“{observed}”一句与{other_year}年报告相同，而本报告年度为{expected}年。",
    explains_en="A sentence that opens with an earlier year as its own (2023年，…), in a paragraph that nowhere names the year of "
    "the report, and that the same organ's report of last year has with the same year. The first such sentence of a "
    "section is named. Comparisons (与2023年相比) and titles of documents are left alone.",
    explains_zh="句首以更早年度为本年度（如“2023年，……”），所在段落未出现报告年度，且本机关上一年度报告中有同样的句子和年份。"
    "每节指出第一句。与往年比较（与2023年相比）及文件名称不计。",
    # The sentence opens with its year, and so stands where that date was found: the n-th of that year in the section, as
    # often as the year was written before. Where dates and text do not agree on their number, the section is named.
    sql="""
        WITH stale AS (
            SELECT u.report_id, u.section_code, u.stale_sentence, r.report_year, s.locator,
                   replace(s.text, ' ', '') AS said, replace(u.stale_sentence, ' ', '') AS sentence,
                   regexp_extract(u.stale_sentence, '((?:19|20)\\d\\d)\\s*年', 1) AS year
            FROM reuse u
            JOIN reports r ON r.report_id = u.report_id
            JOIN sections s ON s.report_id = u.report_id AND s.section_code = u.section_code
            WHERE u.stale_year_copied > 0
        ),
        counted AS (
            SELECT *, len(string_split(said, year || '年')) - 1 AS times,
                   len(string_split(string_split(said, sentence)[1], year || '年')) AS place
            FROM stale
        ),
        dated AS (
            SELECT report_id, section_code, span, year(start_date)::VARCHAR AS year,
                   row_number() OVER (PARTITION BY report_id, section_code, year(start_date) ORDER BY mention_no) AS place,
                   count(*) OVER (PARTITION BY report_id, section_code, year(start_date)) AS times
            FROM date_mentions WHERE start_date IS NOT NULL
        )
        SELECT c.report_id, NULL AS table_code, NULL AS row_code, NULL AS column_code,
               CASE WHEN length(c.stale_sentence) > 60 THEN substr(c.stale_sentence, 1, 60) || '…'
                    ELSE c.stale_sentence END AS observed,
               c.report_year::VARCHAR AS expected, coalesce(d.span, c.locator) AS locator, c.section_code,
               c.report_year - 1 AS other_year
        FROM counted c
        LEFT JOIN dated d USING (report_id, section_code, year, place, times)
    """,
    examples=(
        Example(
            "last year's sentence with its year",
            sections=_SECTIONS,
            rows={"reuse": (_SHARES,)},
            beside=(_LAST_YEAR,),
            findings=(Expected(observed=_STALE, expected="2024"),),
        ),
        Example(
            "with dates told: the sentence's own is named",
            sections=_SECTIONS,
            dates=(("2023年", "2023-01-01", "year", "other", "overview"),),
            rows={"reuse": (_SHARES,)},
            beside=(_LAST_YEAR,),
            findings=(Expected(observed=_STALE, expected="2024"),),
        ),
        Example(
            "a slip of its own: last year's report has no such sentence",
            sections=_SECTIONS,
            rows={"reuse": (_SHARES | {"stale_year_copied": 0},)},
            beside=(_LAST_YEAR,),
        ),
        Example(
            "no report of last year to compare with",
            sections=_SECTIONS,
            rows={"reuse": (_SHARES | {"stale_year_copied": None},)},
        ),
    ),
)
