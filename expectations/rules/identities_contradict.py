"""Numbers that no table can hold together, though each identity alone could still be satisfied by its blanks."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="identities_contradict",
    severity="error",
    family="identities",
    reference="the identities of the form, together; blank cells are numbers that are not negative",
    title_en="Printed numbers contradict each other over several identities",
    title_zh="多项勾稽关系合看，印出的数字相互矛盾",
    message_en="{table}: whatever the blank cells hold, the printed numbers cannot satisfy these identities together: {observed}.",
    message_zh="{table}：无论空白单元格为何数，印出的数字都无法同时满足下列勾稽关系：{observed}。",
    sql="""
        SELECT f.report_id, f.table_code, NULL AS row_code, NULL AS column_code, f.observed, NULL AS expected, f.locator,
               EXISTS (FROM cells c WHERE c.report_id = f.report_id AND c.table_code = f.table_code
                       AND c.obs_status = 'U') AS is_doubtful
        FROM findings f
        WHERE f.rule_code = 'identities_contradict'
          AND NOT EXISTS (FROM broken b WHERE b.report_id = f.report_id AND b.table_code = f.table_code)
    """,
    examples=(
        Example(
            name="noticed while reconciling",
            tables={"applications": {"granted": "_ 0 0 0 0 0 9"}},
            noticed=(Expected("applications", None, None, "row_total(granted), results_total(total)"),),
            findings=(Expected("applications", None, None, "row_total(granted), results_total(total)"),),
        ),
        Example(
            name="where one identity fails by itself, that finding says more",
            tables={"applications": {"granted": "3 0 0 0 0 0 9"}},
            noticed=(Expected("applications", None, None, "row_total(granted)"),),
        ),
        Example(name="nothing noticed"),
    ),
)
