"""A row that stands twice with different numbers."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="row_repeated",
    severity="warning",
    family="reading",
    reference="Each row of the form stands once",
    title_en="A row stands twice with different numbers",
    title_zh="同一行出现两次且数字不同",
    message_en="{table}, {row}: the row stands twice with different numbers ({observed}, {expected}).",
    message_zh="{table}，“{row}”：该行出现两次且数字不同（{observed}；{expected}）。",
    examples=(
        Example(
            "noticed while reading",
            noticed=(Expected("applications", "granted", None, "1", "2"),),
            findings=(Expected("applications", "granted", None, "1", "2"),),
        ),
        Example("nothing noticed"),
    ),
)
