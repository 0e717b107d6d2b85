"""A table that stands in the report without one of the form's rows."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="row_missing",
    severity="warning",
    family="reading",
    reference="国办公开办函〔2021〕30号, 国办公开办函〔2019〕60号: the rows of the form",
    title_en="A row of the form was not found in the table",
    title_zh="表格中未见表式规定的一行",
    message_en="{table}, {row}: no row with this label was found; its numbers are not available.",
    message_zh="{table}，“{row}”：未见该行标签，数值不可得。",
    examples=(
        Example(
            "noticed while reading",
            noticed=(Expected("applications", "granted"),),
            findings=(Expected("applications", "granted"),),
        ),
        Example("nothing noticed"),
    ),
)
