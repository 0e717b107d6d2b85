"""A table whose identities fail in a way that several smallest changes could mend, or none that was found."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="errors_not_located",
    severity="info",
    family="identities",
    reference="I. Fellegi, D. Holt (1976): the smallest change that satisfies every identity",
    title_en="The identities fail, and which number is wrong cannot be told",
    title_zh="勾稽关系不成立，无法判定哪个数字有误",
    message_en="{table}: which number is wrong cannot be told from the identities; smallest sets of changes found: {observed}.",
    message_zh="{table}：仅凭勾稽关系无法判定哪个数字有误；找到的最小改动方案数：{observed}。",
    sql="""
        WITH failing AS (
            SELECT report_id, table_code, locator FROM broken
            UNION ALL SELECT report_id, table_code, NULL FROM repairs
            UNION ALL SELECT report_id, table_code, locator FROM findings WHERE rule_code = 'identities_contradict'
        ),
        listed AS (SELECT report_id, table_code, max(solution_no) AS solutions FROM repairs GROUP BY ALL),
        located AS (SELECT DISTINCT report_id, table_code FROM cells WHERE value_suggested IS NOT NULL)
        SELECT f.report_id, f.table_code, NULL AS row_code, NULL AS column_code,
               coalesce(any_value(r.solutions), 0) AS observed, '1' AS expected,
               arg_min(f.locator, place(f.locator)) FILTER (f.locator IS NOT NULL) AS locator
        FROM failing f
        LEFT JOIN listed r ON r.report_id = f.report_id AND r.table_code = f.table_code
        ANTI JOIN located l ON l.report_id = f.report_id AND l.table_code = f.table_code
        GROUP BY f.report_id, f.table_code
    """,
    examples=(
        Example(
            "one of two numbers is wrong",
            tables={"remedies": {"reconsideration": "1 0 0 0 2"}},
            findings=(Expected("remedies", None, None, "0", "1"),),
        ),
        Example(
            "a located error",
            tables={"applications": {"granted": "3>4 0 0 0 0 0 4", "handled_total": "4 0 0 0 0 0 4"}},
        ),
        Example("identities that hold", tables={"remedies": {"reconsideration": "1 0 0 0 1"}}),
    ),
)
