"""A report published after the day by which the Regulation wants it."""

from expectations.model import INFO, Example, Expected, Rule

_DEPARTMENT = {"issuer_kind": "department"}

RULE = Rule(
    code="published_late",
    severity=INFO,
    family="dates",
    reference="Regulation of 2019, article 49: departments by 31 January, governments by 31 March; of 2008, article 31: "
    "all by 31 March",
    title_en="The report was published after the legal date",
    title_zh="报告的公开日期晚于法定期限",
    message_en="Published on {observed}; the Regulation asks for {expected} at the latest.",
    message_zh="公开日期为{observed}，而条例要求不晚于{expected}。",
    explains_en="31 January holds for departments, from the report of 2019 on; for all other organs, and where the kind of "
    "organ is not known, 31 March. The day is the one that the page states: a site that was rebuilt states a later one.",
    explains_zh="自2019年度报告起，政府部门为1月31日；其他机关及类别不明者均按3月31日。公开日期以页面所载为准，网站改版可能使之推后。",
    sql="""
        WITH due AS (
            SELECT report_id, published_on,
                   CASE WHEN issuer_kind = 'department' AND report_year >= 2019 THEN make_date(report_year + 1, 1, 31)
                        ELSE make_date(report_year + 1, 3, 31) END AS latest
            FROM reports
        )
        SELECT d.report_id, NULL AS table_code, NULL AS row_code, NULL AS column_code, d.published_on AS observed,
               d.latest AS expected, arg_min(m.span, place(m.span)) AS locator
        FROM due d
        LEFT JOIN date_mentions m ON m.report_id = d.report_id AND m.role = 'published' AND m.start_date = d.published_on
        WHERE d.published_on > d.latest
        GROUP BY ALL
    """,
    examples=(
        Example(
            "a bureau in February",
            facts={"published_on": "2025-02-12", **_DEPARTMENT},
            findings=(Expected(observed="2025-02-12", expected="2025-01-31"),),
        ),
        Example(
            "a government in April",
            facts={"published_on": "2025-04-01", "issuer_kind": "government"},
            findings=(Expected(observed="2025-04-01", expected="2025-03-31"),),
        ),
        Example("a government in March", facts={"published_on": "2025-03-31", "issuer_kind": "government"}),
        Example("a bureau in January", facts={"published_on": "2025-01-31", **_DEPARTMENT}),
        Example(
            "a bureau under the Regulation of 2008",
            report_year=2017,
            facts={"published_on": "2018-03-20", **_DEPARTMENT},
        ),
        Example("no day of publication", facts=_DEPARTMENT),
    ),
)
