"""A government whose own report counts fewer applications than the organs under it."""

from expectations.fragments import one_of
from expectations.model import EXPERIMENTAL, INFO, Example, Expected, Report, Rule

_UNDER = ("department", "subdistrict", "town")
_PLACE = "320281"


def _organ(name: str, received: int, kind: str = "department", year: int = 2024) -> Report:
    return Report(
        report=name,
        issuer=f"澜塘市{name}",
        report_year=year,
        facts={"issuer_kind": kind, "division_code": _PLACE},
        tables={"applications": {"received_new": f"{received} 0 0 0 0 0 {received}"}},
    )


def _government(name: str, beside: tuple[Report, ...], findings: tuple[Expected, ...] = ()) -> Example:
    return Example(
        name,
        issuer="澜塘市人民政府",
        facts={"issuer_kind": "government", "division_code": _PLACE},
        tables={"applications": {"received_new": "30 0 0 0 0 0 30"}},
        beside=beside,
        findings=findings,
    )


RULE = Rule(
    code="organs_exceed_government",
    severity=INFO,
    status=EXPERIMENTAL,
    family="organs",
    reference="Regulation, article 49: a government's report is about its whole division",
    title_en="A government reports fewer new applications than the organs of its division together",
    title_zh="政府报告的新收申请数少于本行政区划各机关之和",
    message_en="{table}, {row}, {column}: {observed} for the whole division, while {other} of its organs alone report {expected} together.",
    message_zh="{table}，“{row}”，“{column}”：全行政区划为{observed}，而其中{other}个机关合计已为{expected}。",
    explains_en="The government's number against the sum over departments, towns and subdistricts of the same division "
    "and year, each with exactly one report. Only a larger sum says something, since never all organs are in a dataset. "
    "Government offices, zones and branches led from above are left out of the sum: they may report for others, or be no "
    "part. A hint: some governments report for their office alone.",
    explains_zh="将政府报告的数与同一区划、同一年度各部门、乡镇、街道（各仅一份报告）之和比较；数据集不含全部机关，仅和更大时有意义。"
    "政府办公厅（室）、开发区与垂直管理机构不计入。仅为提示：有的政府仅报告其办公室的情况。",
    sql=f"""
        WITH told AS (
            SELECT y.report_id, y.division_code, y.report_year, y.issuer_kind, c.value, c.locator
            FROM certain c JOIN yearly y USING (report_id)
            WHERE c.row_code = 'received_new' AND c.column_code = 'total' AND y.division_code IS NOT NULL
        ),
        sums AS (
            SELECT division_code, report_year, sum(value) AS received, count(*) AS organs
            FROM told WHERE issuer_kind IN ({one_of(_UNDER)}) GROUP BY ALL
        )
        SELECT g.report_id, 'applications' AS table_code, 'received_new' AS row_code, 'total' AS column_code,
               plain(g.value) AS observed, plain(s.received) AS expected, g.locator, s.organs AS other
        FROM told g JOIN sums s USING (division_code, report_year)
        WHERE g.issuer_kind = 'government' AND s.received > g.value
    """,
    examples=(
        _government(
            "three organs have more",
            (_organ("教育局", 25), _organ("民政局", 4), _organ("白榆镇人民政府", 3, "town")),
            (Expected("applications", "received_new", "total", "30", "32"),),
        ),
        _government("two organs have fewer", (_organ("教育局", 25), _organ("民政局", 4))),
        _government("a zone is counted apart", (_organ("开发区管理委员会", 99, "development_zone"),)),
        _government("another year", (_organ("教育局", 99, year=2023),)),
    ),
)
