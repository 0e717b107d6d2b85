"""A document that holds more than one report: only the first is read."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="other_report_in_document",
    severity="warning",
    family="reading",
    reference="One document, one report: a number is never read under another report's title",
    title_en="The document holds another report, which is not read",
    title_zh="文档中另有一份报告，未予读取",
    message_en="Another report begins in this document ({observed}); only the first one was read.",
    message_zh="本文档中另有一份报告（{observed}），仅读取了第一份。",
    examples=(
        Example(
            "noticed while reading",
            noticed=(Expected(observed="某某局2022年政府信息公开工作年度报告"),),
            findings=(Expected(observed="某某局2022年政府信息公开工作年度报告"),),
        ),
        Example("nothing noticed"),
    ),
)
