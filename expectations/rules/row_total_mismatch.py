"""A row of the applications table whose total is not the sum of its six applicant columns."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="row_total_mismatch",
    severity="error",
    family="identities",
    reference="form section three: the applicant columns add up to the column 总计",
    title_en="The applicant columns of a row do not add up to its total",
    title_zh="申请人各列之和不等于总计",
    message_en="{table}, {row}: the total is {observed}, its parts add up to {expected_at_least}{expected}.",
    message_zh="{table}，“{row}”：总计为{observed}，各列之和{expected_at_least}为{expected}。",
    sql="""
        SELECT report_id, table_code, place AS row_code, NULL AS column_code,
               plain(right_known) AS observed, plain(left_known) AS expected, locator,
               CASE WHEN left_unknown > 0 THEN 'expected' END AS bound, is_doubtful
        FROM broken WHERE rule_code = 'row_total_mismatch'
    """,
    examples=(
        Example(
            "one too few in the total",
            tables={"applications": {"granted": "3 1 0 0 0 0 3"}},
            findings=(Expected("applications", "granted", None, "3", "4"),),
        ),
        Example(
            "the known parts alone exceed the total",
            tables={"applications": {"granted": "10 1 _ _ _ _ 0"}},
            findings=(Expected("applications", "granted", None, "0", "11"),),
        ),
        Example("it adds up", tables={"applications": {"granted": "3 1 0 0 0 0 4"}}),
        Example("a blank may hold the rest", tables={"applications": {"granted": "3 _ 0 0 0 0 4"}}),
        Example("a blank total says nothing", tables={"applications": {"granted": "3 1 0 0 0 0 _"}}),
        Example("what does not apply counts as 0", tables={"applications": {"granted": "3 - - - - - 3"}}),
    ),
)
