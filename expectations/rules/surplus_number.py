"""A row with more numbers than the form has columns."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="surplus_number",
    severity="warning",
    family="reading",
    reference="A row is recognised by its label, a column by its header, never by counting",
    title_en="A row holds more numbers than the form has columns",
    title_zh="该行数字多于表格列数",
    message_en="{table}, {row}: more numbers than columns ({observed}); which is too many is open.",
    message_zh="{table}，“{row}”：数字（{observed}）多于列数，无法判定何者多余。",
    examples=(
        Example(
            "noticed while reading",
            noticed=(Expected("applications", "granted", None, "1 0 0 0 0 0 0 1"),),
            findings=(Expected("applications", "granted", None, "1 0 0 0 0 0 0 1"),),
        ),
        Example("nothing noticed"),
    ),
)
