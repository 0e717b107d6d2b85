"""A column of the applications table whose intake differs from what was handled and carried over."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="balance_mismatch",
    severity="error",
    family="identities",
    reference="form section three: 第一项加第二项之和，等于第三项加第四项之和",
    title_en="New and carried-in applications do not equal those handled and carried over",
    title_zh="新收与上年结转之和不等于办结与结转下年之和",
    message_en="{table}, {column}: new and carried in are {observed_at_least}{observed}, handled and carried over {expected_at_least}{expected}.",
    message_zh="{table}，“{column}”列：新收加上年结转{observed_at_least}为{observed}，总计加结转下年{expected_at_least}为{expected}。",
    sql="""
        SELECT report_id, table_code, NULL AS row_code, place AS column_code,
               plain(left_known) AS observed, plain(right_known) AS expected, locator,
               CASE WHEN left_unknown > 0 THEN 'observed' WHEN right_unknown > 0 THEN 'expected' END AS bound, is_doubtful
        FROM broken WHERE rule_code = 'balance_mismatch'
    """,
    examples=(
        Example(
            "29 new and 2 carried in against 34 handled and 2 carried over",
            tables={
                "applications": {
                    "received_new": "29 _ _ _ _ _ 29",
                    "carried_in": "2 _ _ _ _ _ 2",
                    "handled_total": "34 _ _ _ _ _ 34",
                    "carried_out": "2 _ _ _ _ _ 2",
                }
            },
            findings=(
                Expected("applications", None, "natural_person", "31", "36"),
                Expected("applications", None, "total", "31", "36"),
            ),
        ),
        Example(
            "it balances",
            tables={
                "applications": {
                    "received_new": "29 0 0 0 0 0 29",
                    "carried_in": "2 0 0 0 0 0 2",
                    "handled_total": "30 0 0 0 0 0 30",
                    "carried_out": "1 0 0 0 0 0 1",
                }
            },
        ),
        Example(
            "a blank may hold the rest",
            tables={
                "applications": {
                    "received_new": "29 _ _ _ _ _ 29",
                    "carried_in": "_ _ _ _ _ _ _",
                    "handled_total": "34 _ _ _ _ _ 34",
                    "carried_out": "2 _ _ _ _ _ 2",
                }
            },
        ),
        Example(
            "a blank table balances nothing",
            tables={
                "applications": {
                    "received_new": "_ _ _ _ _ _ _",
                    "carried_in": "_ _ _ _ _ _ _",
                    "handled_total": "_ _ _ _ _ _ _",
                    "carried_out": "_ _ _ _ _ _ _",
                }
            },
        ),
    ),
)
