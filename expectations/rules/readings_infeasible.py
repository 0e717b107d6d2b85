"""A table of short rows in which no reading satisfies the identities."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="readings_infeasible",
    severity="warning",
    family="reading",
    reference="form section three: the identities of the table",
    title_en="No reading of the short rows satisfies the identities",
    title_zh="短行的任何读法都不满足勾稽关系",
    message_en="{table}: the text lost blanks, and no way to place the remaining numbers satisfies the identities; they stay open.",
    message_zh="{table}：文本丢失了空白单元格，任何放置方式都不满足勾稽关系，数字位置未定。",
    examples=(
        Example(
            "noticed while reading",
            noticed=(Expected("applications"),),
            findings=(Expected("applications"),),
        ),
        Example("nothing noticed"),
    ),
)
