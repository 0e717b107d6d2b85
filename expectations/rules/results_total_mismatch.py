"""A column of the applications table whose results do not add up to all that was handled."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="results_total_mismatch",
    severity="error",
    family="identities",
    reference="form section three: the results add up to （七）总计",
    title_en="The results of a column do not add up to the printed total of results",
    title_zh="办理结果各项之和不等于（七）总计",
    message_en="{table}, {column}: the total of results is {observed}, the results add up to {expected_at_least}{expected}.",
    message_zh="{table}，“{column}”列：（七）总计为{observed}，各项结果之和{expected_at_least}为{expected}。",
    sql="""
        SELECT report_id, table_code, NULL AS row_code, place AS column_code,
               plain(right_known) AS observed, plain(left_known) AS expected, locator,
               CASE WHEN left_unknown > 0 THEN 'expected' END AS bound, is_doubtful
        FROM broken WHERE rule_code = 'results_total_mismatch'
    """,
    examples=(
        Example(
            "5 granted and 10 in part, 16 in all",
            tables={
                "applications": {
                    "granted": "5 0 0 0 0 0 5",
                    "partial": "10 0 0 0 0 0 10",
                    "handled_total": "16 0 0 0 0 0 15",
                }
            },
            findings=(Expected("applications", None, "natural_person", "16", "15"),),
        ),
        Example(
            "the row `other` stands in place of its three",
            tables={
                "applications": {
                    "granted": "5 0 0 0 0 0 5",
                    "other_uncorrected": "K K K K K K K",
                    "other_unpaid_fee": "K K K K K K K",
                    "other_other": "K K K K K K K",
                    "other": "2 0 0 0 0 0 2",
                    "handled_total": "7 0 0 0 0 0 7",
                }
            },
        ),
        Example(
            "blanks are unknown",
            tables={
                "applications": {
                    "granted": "5 _ _ _ _ _ 5",
                    "partial": "_ _ _ _ _ _ _",
                    "handled_total": "6 _ _ _ _ _ 6",
                }
            },
        ),
    ),
)
