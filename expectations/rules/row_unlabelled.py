"""Numbers without a label that the form knows."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="row_unlabelled",
    severity="warning",
    family="reading",
    reference="A row is recognised by its label, never by counting",
    title_en="Numbers stand without a recognisable row label",
    title_zh="有数字而无可识别的行标签",
    message_en="{table}: the numbers {observed} stand without a label that the form knows; they are given to no row.",
    message_zh="{table}：数字“{observed}”没有可识别的行标签，未归入任何一行。",
    examples=(
        Example(
            "noticed while reading",
            noticed=(Expected("applications", observed="1 0 0 0 0 0 1"),),
            findings=(Expected("applications", observed="1 0 0 0 0 0 1"),),
        ),
        Example("nothing noticed"),
    ),
)
