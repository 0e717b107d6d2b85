"""A labelled row of numbers that the form does not have."""

from expectations.model import Example, Expected, Rule

RULE = Rule(
    code="row_not_on_form",
    severity="info",
    family="reading",
    reference="国办公开办函〔2021〕30号, 国办公开办函〔2019〕60号: the rows of the form; some places add rows of their own",
    title_en="A table has a row that the form does not have",
    title_zh="表格含表式以外的行",
    message_en="{table}: a row that the form does not have ({observed}); its numbers are not in the dataset.",
    message_zh="{table}：含表式以外的行（{observed}），其数字未收入数据集。",
    examples=(
        Example(
            "noticed while reading",
            noticed=(Expected("proactive", observed="其他主动公开文件 3"),),
            findings=(Expected("proactive", observed="其他主动公开文件 3"),),
        ),
        Example("nothing noticed"),
    ),
)
