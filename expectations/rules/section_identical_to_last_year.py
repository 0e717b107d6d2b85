"""A narrative section that repeats an earlier year's word for word."""

from expectations.fragments import FIGURES_ENOUGH
from expectations.model import WARNING, Example, Expected, Report, Rule

_PAIR = {
    "section_code": "problems",
    "other_report_id": "last_year",
    "relation": "previous_year",
    "containment": 1.0,
    "containment_other": 1.0,
    "jaccard": 1.0,
    "jaccard_raw": 0.95,
    "is_identical": True,
    "is_identical_raw": False,
}
_SHARES = {"section_code": "problems", "shingles": 45, "numbers": 4, "copies_count": 0}
_TEXT = "培训不够系统，栏目更新偏慢，解读方式单一。下一步将按季度组织学习，建立更新提醒清单，采用图表和短视频解读。"
_LAST_YEAR = Report(report="last_year", report_year=2023, sections={"problems": f"2023年，{_TEXT}"})
_SECTIONS = {"problems": f"2024年，{_TEXT}"}

RULE = Rule(
    code="section_identical_to_last_year",
    severity=WARNING,
    family="series",
    reference="Regulation, article 50: the report is about the year; problems and improvements are those of the year",
    title_en="A narrative section repeats that of an earlier year word for word, numbers aside",
    title_zh="叙述章节与以前年度逐字相同（数字除外）",
    message_en="{section}: word for word that of the report of {other_year}, numbers aside ({observed} characters; {other}).",
    message_zh="“{section}”：除数字外与{other_year}年报告逐字相同（{observed}字；{other}）。",
    explains_en="Sections one, five and six as `reuse_pairs` compares them: numbers, dates, names, headings and the formulas "
    "that every report prints are masked, and what is left must be long enough (30 shingles). The nearest earlier year "
    f"with this text is named. Where its figures, {FIGURES_ENOUGH} at least, are the same, too, that is another finding.",
    explains_zh="比较第一、五、六节，方法同 `reuse_pairs`：数字、日期、名称、标题与通用套语均遮蔽，余下文字须足够长（30个片段）。"
    "指出文字相同的最近年度。数字（至少"
    f"{FIGURES_ENOUGH}个）亦相同者另作一项发现。",
    sql=f"""
        SELECT p.report_id, NULL AS table_code, NULL AS row_code, NULL AS column_code, s.characters AS observed,
               NULL AS expected, s.locator, p.section_code, o.report_year AS other_year, o.source_path AS other
        FROM reuse_pairs p
        JOIN reports r ON r.report_id = p.report_id
        JOIN reports o ON o.report_id = p.other_report_id AND o.report_year < r.report_year
        JOIN sections s ON s.report_id = p.report_id AND s.section_code = p.section_code
        LEFT JOIN reuse u ON u.report_id = p.report_id AND u.section_code = p.section_code
        WHERE p.is_identical AND p.relation IN ('previous_year', 'same_organ')
          AND NOT (p.numbers_unchanged IS TRUE AND coalesce(u.numbers, {FIGURES_ENOUGH}) >= {FIGURES_ENOUGH})
        QUALIFY row_number() OVER (PARTITION BY p.report_id, p.section_code
                                   ORDER BY o.report_year DESC, p.other_report_id) = 1
    """,
    examples=(
        Example(
            "the problems of last year, dated anew",
            sections=_SECTIONS,
            rows={"reuse_pairs": (_PAIR,)},
            beside=(_LAST_YEAR,),
            findings=(Expected(observed=str(len("".join(_SECTIONS["problems"].split())))),),
        ),
        Example(
            "a word changed",
            sections=_SECTIONS,
            rows={"reuse_pairs": (_PAIR | {"is_identical": False, "containment": 0.97, "jaccard": 0.93},)},
            beside=(_LAST_YEAR,),
        ),
        Example(
            "its figures are the same, too: another finding",
            sections=_SECTIONS,
            rows={"reuse_pairs": (_PAIR | {"numbers_unchanged": True},), "reuse": (_SHARES,)},
            beside=(_LAST_YEAR,),
        ),
        Example(
            "its one figure is the same, as may well be",
            sections=_SECTIONS,
            rows={"reuse_pairs": (_PAIR | {"numbers_unchanged": True},), "reuse": (_SHARES | {"numbers": 1},)},
            beside=(_LAST_YEAR,),
            findings=(Expected(observed=str(len("".join(_SECTIONS["problems"].split())))),),
        ),
        Example(
            "another organ's text",
            sections=_SECTIONS,
            rows={"reuse_pairs": (_PAIR | {"relation": "other"},)},
            beside=(_LAST_YEAR,),
        ),
    ),
)
