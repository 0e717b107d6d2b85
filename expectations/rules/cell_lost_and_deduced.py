"""A number that the text lost and the identities give back."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="cell_lost_and_deduced",
    severity="warning",
    family="placement",
    reference="The text lost this number; `derivation` names the identities that fix it",
    title_en="A number that the text lost was deduced from the identities",
    title_zh="文本丢失的数字已由勾稽关系推出",
    message_en="{table}, {row}, {column}: the text lost what stood here; the identities give {expected}.",
    message_zh="{table}，“{row}”，“{column}”：文本丢失了此处内容，由勾稽关系推得{expected}。",
    # In a row of which other numbers stand safely the lost cell is known: it is named. In a short row nothing but the
    # row is known to have lost blanks.
    sql="""
        WITH kept AS (
            SELECT report_id, table_code, row_code, bool_or(obs_status IN ('A', 'M')) AS keeps_positions
            FROM cells GROUP BY ALL
        ),
        lost AS (
            SELECT c.*, k.keeps_positions
            FROM cells c JOIN kept k USING (report_id, table_code, row_code)
            WHERE c.obs_status = 'I' AND c.absence = 'lost'
        )
        SELECT report_id, table_code, row_code, column_code, NULL AS observed, plain(value) AS expected, locator
        FROM lost WHERE keeps_positions
        UNION ALL
        SELECT report_id, table_code, row_code, NULL, NULL,
               coalesce(string_agg(column_code || ' ' || plain(value), ', ' ORDER BY column_code) FILTER (value <> 0), '0'),
               arg_min(locator, place(locator))
        FROM lost WHERE NOT keeps_positions
        GROUP BY report_id, table_code, row_code
    """,
    examples=(
        Example(
            "a first column that the text lost",
            tables={"applications": {"received_new": "!3 0 0 0 0 0 3"}},
            findings=(Expected("applications", "received_new", "natural_person", None, "3"),),
        ),
        Example(
            "three zeros of seven: all are zero",
            tables={"applications": {"granted": "!0 !0 !0 !0 !0 !0 !0"}},
            findings=(Expected("applications", "granted", None, None, "0"),),
        ),
        Example(
            name="a short row of which all is deduced",
            tables={"applications": {"granted": "!3 !1 !0 !0 !0 !0 !4"}},
            findings=(Expected("applications", "granted", None, None, "enterprise 1, natural_person 3, total 4"),),
        ),
        Example("a blank of the source is not lost", tables={"applications": {"granted": "3 =0 =0 =0 =0 =0 3"}}),
    ),
)
