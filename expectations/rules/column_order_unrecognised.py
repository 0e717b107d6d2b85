"""A table whose column headers are not recognised."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="column_order_unrecognised",
    severity="warning",
    family="reading",
    reference="A column is recognised by its label, never by counting",
    title_en="The column headers of a table are not recognised",
    title_zh="表头未能识别",
    message_en="{table}: the column headers are not those of the form ({observed}); its numbers are placed by no header.",
    message_zh="{table}：表头与表式不符（{observed}），数字无法依表头归列。",
    examples=(
        Example(
            "noticed while reading",
            noticed=(Expected("applications", observed="自然人 个人 合计"),),
            findings=(Expected("applications", observed="自然人 个人 合计"),),
        ),
        Example("nothing noticed"),
    ),
)
