"""A narrative section that repeats an earlier year's with its figures."""

from expectations.fragments import FIGURES_ENOUGH
from expectations.model import WARNING, Example, Expected, Report, Rule

_PAIR = {
    "section_code": "overview",
    "other_report_id": "last_year",
    "relation": "previous_year",
    "containment": 1.0,
    "containment_other": 1.0,
    "jaccard": 1.0,
    "jaccard_raw": 0.99,
    "is_identical": True,
    "is_identical_raw": False,
    "numbers_unchanged": True,
}
_SHARES = {
    "section_code": "overview",
    "shingles": 60,
    "numbers": 3,
    "copies_count": 0,
    "stale_year_mentions": 0,
}
_TEXT = "年，全年发布信息118条，回应网民留言26件，举办开放活动4场，编印服务手册并送到社区，更新公开指南和目录，组织一线人员轮训。"
_SECTIONS = {"overview": f"2024{_TEXT}"}
_LAST_YEAR = Report(report="last_year", report_year=2023, sections={"overview": f"2023{_TEXT}"})

RULE = Rule(
    code="section_and_numbers_identical_to_last_year",
    severity=WARNING,
    family="series",
    reference="Regulation, article 50: the report is about the year",
    title_en="A narrative section repeats that of an earlier year with all its figures",
    title_zh="叙述章节与以前年度逐字相同，所列数字也完全相同",
    message_en="{section}: word for word that of the report of {other_year}, and all {observed} figures are the same ({other}).",
    message_zh="“{section}”：与{other_year}年报告逐字相同，所列{observed}个数字也全部相同（{other}）。",
    explains_en="As `section_identical_to_last_year`, and the section states the same figures in the same order: "
    f"{FIGURES_ENOUGH} at least, years and numbers of documents aside. Only the year, or nothing, was changed.",
    explains_zh=f"在 `section_identical_to_last_year` 的基础上，所列数字及其次序也相同，且不少于{FIGURES_ENOUGH}个（年份与文号除外）："
    "只改了年份，甚至一字未改。",
    sql=f"""
        SELECT p.report_id, NULL AS table_code, NULL AS row_code, NULL AS column_code, u.numbers AS observed,
               NULL AS expected, s.locator, p.section_code, o.report_year AS other_year, o.source_path AS other
        FROM reuse_pairs p
        JOIN reuse u ON u.report_id = p.report_id AND u.section_code = p.section_code
        JOIN reports r ON r.report_id = p.report_id
        JOIN reports o ON o.report_id = p.other_report_id AND o.report_year < r.report_year
        JOIN sections s ON s.report_id = p.report_id AND s.section_code = p.section_code
        WHERE p.is_identical AND p.relation IN ('previous_year', 'same_organ')
          AND p.numbers_unchanged AND u.numbers >= {FIGURES_ENOUGH}
        QUALIFY row_number() OVER (PARTITION BY p.report_id, p.section_code
                                   ORDER BY o.report_year DESC, p.other_report_id) = 1
    """,
    examples=(
        Example(
            "last year's section with another year in front",
            sections=_SECTIONS,
            rows={"reuse_pairs": (_PAIR,), "reuse": (_SHARES,)},
            beside=(_LAST_YEAR,),
            findings=(Expected(observed="3"),),
        ),
        Example(
            "the same words about new figures",
            sections=_SECTIONS,
            rows={"reuse_pairs": (_PAIR | {"numbers_unchanged": False},), "reuse": (_SHARES,)},
            beside=(_LAST_YEAR,),
        ),
        Example(
            "one figure, which may well repeat",
            sections=_SECTIONS,
            rows={"reuse_pairs": (_PAIR,), "reuse": (_SHARES | {"numbers": 1},)},
            beside=(_LAST_YEAR,),
        ),
        Example(
            "the same figures in other words",
            sections=_SECTIONS,
            rows={"reuse_pairs": (_PAIR | {"is_identical": False, "jaccard": 0.7},), "reuse": (_SHARES,)},
            beside=(_LAST_YEAR,),
        ),
    ),
)
