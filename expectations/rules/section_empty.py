"""A narrative section with nothing under its heading."""

from expectations.model import WARNING, Example, Expected, Rule

RULE = Rule(
    code="section_empty",
    severity=WARNING,
    family="sections",
    reference="Regulation, article 50: what the report must say",
    title_en="A narrative section has a heading and nothing under it",
    title_zh="叙述章节仅有标题而无内容",
    message_en="{section}: the heading stands there, and nothing under it.",
    message_zh="“{section}”：仅有标题，没有内容。",
    explains_en="Sections one, five and six; of sections two to four `table_missing` says what is not there. The content may "
    "be a picture or an attachment.",
    explains_zh="检查第一、五、六节；第二至四节见`table_missing`。内容可能为图片或附件。",
    sql="""
        SELECT report_id, NULL AS table_code, NULL AS row_code, NULL AS column_code, NULL AS observed, NULL AS expected,
               locator, section_code
        FROM sections WHERE section_code IN ('overview', 'problems', 'other_matters') AND characters = 0
    """,
    examples=(
        Example("a bare heading", sections={"problems": ""}, findings=(Expected(),)),
        Example("one word is not nothing", sections={"problems": "无。"}),
        Example("a section that is its table", sections={"applications": ""}),
    ),
)
