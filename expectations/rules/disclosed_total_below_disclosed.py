"""Form of 2019: fewer documents public altogether than were made public in the year."""

from expectations.model import WARNING, Example, Expected, Rule

RULE = Rule(
    code="disclosed_total_below_disclosed",
    severity=WARNING,
    family="values",
    reference="国办公开办函〔2019〕60号, section two: 本年新公开数量, 对外公开总数量",
    title_en="Fewer documents public altogether than were made public in the year (form of 2019)",
    title_zh="对外公开总数量少于本年新公开数量（2019年表式）",
    message_en="{table}, {row}: {observed} public altogether, but {expected} made public in this year alone.",
    message_zh="{table}，“{row}”：对外公开总数量为{observed}，而仅本年新公开已有{expected}。",
    explains_en="What was made public during the year is part of all that is public, unless it was withdrawn again. "
    "That as many were newly made public as newly written is not asked for: older ones may be among them.",
    explains_zh="本年新公开的文件包含在对外公开总数之内，除非又被撤下。新公开数量可多于新制作数量，不作比较。",
    sql="""
        SELECT t.report_id, t.table_code, t.row_code, t.column_code, plain(t.value) AS observed,
               plain(n.value) AS expected, t.locator
        FROM certain t JOIN certain n USING (report_id, table_code, row_code)
        WHERE t.column_code = 'disclosed_total' AND n.column_code = 'disclosed' AND t.value < n.value
    """,
    examples=(
        Example(
            "seven new ones, three in all",
            form="2019",
            report_year=2019,
            tables={"proactive": {"normative_documents": "7 7 3"}},
            findings=(Expected("proactive", "normative_documents", "disclosed_total", "3", "7"),),
        ),
        Example(
            "more in all, and older ones newly disclosed",
            form="2019",
            report_year=2019,
            tables={"proactive": {"normative_documents": "5 7 30"}},
        ),
        Example("nothing", form="2019", report_year=2019, tables={"proactive": {"normative_documents": "0 0 0"}}),
        Example("left blank", form="2019", report_year=2019, tables={"proactive": {"normative_documents": "7 7 _"}}),
    ),
)
