"""A table of short rows in which no reading satisfies the identities."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="readings_infeasible",
    severity="warning",
    family="reading",
    reference="form section three: the identities of the table",
    title_en="No reading of the short rows satisfies the identities",
    title_zh="短行的任何读法都不满足勾稽关系",
    message_en="{table}: the text lost blanks, and no way to place the remaining numbers satisfies the identities "
    "(identities left aside: {observed}).",
    message_zh="{table}：文本丢失了空白单元格，任何放置方式都不满足勾稽关系（搁置的勾稽关系：{observed}条）。",
    sql="""
        SELECT report_id, table_code, row_code, column_code,
               coalesce(len(string_split(observed, ', ')), 0)::VARCHAR AS observed, expected, locator
        FROM findings WHERE rule_code = 'readings_infeasible'
    """,
    examples=(
        Example(
            "two identities that no reading satisfies",
            noticed=(Expected("applications", observed="row_total(granted), balance(total)"),),
            findings=(Expected("applications", observed="2"),),
        ),
        Example(
            "a row with more numbers than cells",
            noticed=(Expected("applications"),),
            findings=(Expected("applications", observed="0"),),
        ),
        Example("nothing noticed"),
    ),
)
