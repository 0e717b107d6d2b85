"""The form of 2021, used for a year before it held: perhaps the year is wrong."""

from expectations.model import INFO, Example, Expected, Rule

RULE = Rule(
    code="form_premature",
    severity=INFO,
    family="forms",
    reference="国办公开办函〔2021〕30号: its form holds from the report of 2021 on",
    title_en="A table of the form of 2021 in a report on 2020 or before: is the year right?",
    title_zh="2020年及以前的报告使用2021年表式，年度疑有误",
    message_en="{table}: the form of {observed}, which did not exist when this year was reported; perhaps the year is wrong.",
    message_zh="{table}：使用{observed}年表式，而编制该年度报告时尚无此表式，报告年度可能有误。",
    sql="""
        SELECT r.report_id, f.table_code, NULL AS row_code, NULL AS column_code, f.form AS observed,
               CASE WHEN r.report_year >= 2019 THEN '2019' END AS expected, NULL AS locator
        FROM reports r
        CROSS JOIN LATERAL (VALUES ('proactive', r.form_proactive), ('applications', r.form_applications)) f(table_code, form)
        WHERE f.form = '2021' AND r.report_year <= 2020
    """,
    examples=(
        Example(
            "a report of 2020 on the form of 2021",
            report_year=2020,
            tables={"proactive": {"licensing": "12"}},
            findings=(Expected("proactive", observed="2021", expected="2019"),),
        ),
        Example("the first year of the form", report_year=2021, tables={"proactive": {"licensing": "12"}}),
        Example("the form of its time", form="2019", report_year=2020, tables={"proactive": {"licensing": "3 0 12"}}),
        Example("no year", report_year=None, tables={"proactive": {"licensing": "12"}}),
    ),
)
