"""A report without one of the statutory outline's narrative sections."""

from expectations.model import WARNING, Example, Expected, Rule

_ALL = {
    "overview": "本年度主动公开各类文件。",
    "problems": "解读形式单一。",
    "other_matters": "未收取信息处理费。",
}

RULE = Rule(
    code="section_missing",
    severity=WARNING,
    family="sections",
    reference="Regulation, article 50; 国办公开办函〔2019〕60号, 国办公开办函〔2021〕30号: the six sections of the report",
    title_en="A narrative section of the outline was not found",
    title_zh="缺少提纲规定的叙述章节",
    message_en="Not found in the report: {expected_sections}.",
    message_zh="报告中未见：{expected_sections}。",
    explains_en="Sections one, five and six of reports on 2019 and later; of sections two to four `table_missing` says what "
    "is not there. A report that breaks off, or of which pages were not read, is left alone. A heading in unusual words "
    "can be the reason too.",
    explains_zh="检查2019年及以后报告的第一、五、六节；第二至四节见`table_missing`。不完整或部分页面未读取的报告不检查。标题措辞特殊亦可能导致未识别。",
    sql="""
        WITH whole AS (
            SELECT r.report_id FROM reports r JOIN documents d USING (document_id)
            WHERE r.report_year >= 2019
              AND (d.reason_code IS NULL OR d.reason_code NOT IN ('old_style_report', 'truncated', 'pages_unread'))
        ),
        missing AS (
            SELECT w.report_id, o.code, o.ordinal
            FROM whole w
            CROSS JOIN (VALUES ('overview', 1), ('problems', 5), ('other_matters', 6)) o(code, ordinal)
            LEFT JOIN sections s ON s.report_id = w.report_id AND s.section_code = o.code
            WHERE s.report_id IS NULL
        )
        SELECT report_id, NULL AS table_code, NULL AS row_code, NULL AS column_code, NULL AS observed,
               string_agg(code, ', ' ORDER BY ordinal) AS expected, NULL AS locator
        FROM missing GROUP BY report_id
    """,
    examples=(
        Example(
            "no problems, nothing else to report",
            sections={"overview": _ALL["overview"]},
            findings=(Expected(expected="problems, other_matters"),),
        ),
        Example("all are there", sections=_ALL),
        Example("before the outline of 2019", report_year=2015, sections={"overview": _ALL["overview"]}),
    ),
)
