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
    sql="""
        SELECT u.report_id, NULL AS table_code, NULL AS row_code, NULL AS column_code,
               CASE WHEN length(u.stale_sentence) > 60 THEN substr(u.stale_sentence, 1, 60) || '…'
                    ELSE u.stale_sentence END AS observed,
               r.report_year::VARCHAR AS expected, s.locator, u.section_code, r.report_year - 1 AS other_year
        FROM reuse u
        JOIN reports r ON r.report_id = u.report_id
        JOIN sections s ON s.report_id = u.report_id AND s.section_code = u.section_code
        WHERE u.stale_year_copied > 0
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
