"""A section without its statutory table."""

from expectations.model import Example, Expected, Rule
from pipeline import form

_FORMS = {
    form.PROACTIVE: "r.form_proactive",
    form.APPLICATIONS: "r.form_applications",
    form.REMEDIES: "r.table_remedies",
}
_ROWS = ", ".join(f"('{table}', {column})" for table, column in _FORMS.items())

RULE = Rule(
    code="table_missing",
    severity="warning",
    family="tables",
    reference="国办公开办函〔2021〕30号, 国办公开办函〔2019〕60号: sections two, three and four carry a table each",
    title_en="A report of 2019 or later has no such table in its text",
    title_zh="2019年及以后的报告缺少该表格",
    message_en="{table}: the report has no such table in its text (none, an image, or an attachment). "
    "Its numbers are not available, which is neither zero nor blank.",
    message_zh="{table}：正文中没有该表格（缺失、为图片或附件），数值不可得，既非零也非留空。",
    sql=f"""
        SELECT r.report_id, f.table_code, NULL AS row_code, NULL AS column_code,
               NULL AS observed, NULL AS expected, s.locator
        FROM reports r
        JOIN documents d USING (document_id)
        CROSS JOIN LATERAL (VALUES {_ROWS}) f(table_code, form)
        LEFT JOIN sections s ON s.report_id = r.report_id AND s.section_code = f.table_code
        WHERE (r.report_year IS NULL OR r.report_year >= 2019)
          AND d.reason_code IS DISTINCT FROM 'old_style_report'
          AND f.form = 'none'
    """,
    examples=(
        Example(
            "section four is an image",
            tables={"proactive": {"licensing": "0"}, "applications": {"granted": "0 0 0 0 0 0 0"}},
            sections={"remedies": "见附图"},
            findings=(Expected("remedies"),),
        ),
        Example("before the form of 2019 there was no table", report_year=2015),
        Example(
            "all three are there",
            tables={
                "proactive": {"licensing": "0"},
                "applications": {"granted": "0 0 0 0 0 0 0"},
                "remedies": {"reconsideration": "_ _ _ _ _"},
            },
        ),
    ),
)
