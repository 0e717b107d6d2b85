"""Two tables of one report on different forms."""

from expectations.model import INFO, Example, Expected, Rule

RULE = Rule(
    code="forms_mixed",
    severity=INFO,
    family="forms",
    reference="国办公开办函〔2021〕30号, 国办公开办函〔2019〕60号: one form for all tables of a year",
    title_en="Sections two and three are on different forms",
    title_zh="同一报告第二节与第三节使用不同表式",
    message_en="Section two is on the form of {observed}, section three on that of {expected}.",
    message_zh="第二节为{observed}年表式，第三节为{expected}年表式。",
    sql="""
        SELECT report_id, NULL AS table_code, NULL AS row_code, NULL AS column_code, form_proactive AS observed,
               form_applications AS expected, NULL AS locator
        FROM reports
        WHERE form_proactive <> form_applications AND 'none' NOT IN (form_proactive, form_applications)
    """,
    examples=(
        Example(
            "section three of 2023 with one row `other`",
            report_year=2023,
            form_applications="2019",
            tables={"proactive": {"licensing": "12"}, "applications": {"other": "0 0 0 0 0 0 0"}},
            findings=(Expected(observed="2021", expected="2019"),),
        ),
        Example(
            "both on the form of 2021",
            tables={"proactive": {"licensing": "12"}, "applications": {"granted": "0 0 0 0 0 0 0"}},
        ),
        Example(
            "one table is not there",
            tables={"proactive": {"licensing": "12"}, "applications": {"granted": "x x x x x x x"}},
        ),
    ),
)
