"""The form of 2019, used for a year for which the form of 2021 holds."""

from expectations.model import INFO, Example, Expected, Rule

_OLD = {"proactive": {"licensing": "3 0 12"}}

RULE = Rule(
    code="form_outdated",
    severity=INFO,
    family="forms",
    reference="国办公开办函〔2021〕30号: its form holds from the report of 2021 on",
    title_en="A table of the form of 2019 in a report on 2021 or later",
    title_zh="2021年及以后的报告仍使用2019年表式",
    message_en="{table}: the form of {observed}, where that of {expected} holds for the year; see `form` before you compare columns.",
    message_zh="{table}：使用{observed}年表式，而该年度应使用{expected}年表式；比较各列之前请先看表式。",
    sql="""
        SELECT r.report_id, f.table_code, NULL AS row_code, NULL AS column_code, f.form AS observed, '2021' AS expected,
               NULL AS locator
        FROM reports r
        CROSS JOIN LATERAL (VALUES ('proactive', r.form_proactive), ('applications', r.form_applications)) f(table_code, form)
        WHERE f.form = '2019' AND r.report_year >= 2021
    """,
    examples=(
        Example(
            "section two of 2023 on the old form",
            form="2019",
            report_year=2023,
            tables=_OLD,
            findings=(Expected("proactive", observed="2019", expected="2021"),),
        ),
        Example("the old form in its time", form="2019", report_year=2020, tables=_OLD),
        Example("the new form", report_year=2021, tables={"proactive": {"licensing": "12"}}),
        Example("no table", report_year=2023, tables={"applications": {"granted": "x x x x x x x"}}),
    ),
)
