"""Small reports written by hand for the tests: the tables as a site's text shows them, one row a string."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline import form
from pipeline.document import parse_document
from pipeline.model import Cell, ParsedReport, SourceFile, StatutoryTable

ZEROS = "0 0 0 0 0 0 0"
# A small consistent table: 12 new, 1 carried in, 9 granted, 2 denied, 2 carried over.
NUMBERS = {
    "received_new": "10 2 0 0 0 0 12",
    "carried_in": "1 0 0 0 0 0 1",
    "granted": "8 1 0 0 0 0 9",
    "denied_third_party": "1 1 0 0 0 0 2",
    "handled_total": "9 2 0 0 0 0 11",
    "carried_out": "2 0 0 0 0 0 2",
}
HEADER = "申请人情况 自然人 法人或其他组织 总计 商业企业 科研机构 社会公益组织 法律服务机构 其他"
REMEDIES_HEADER = "行政复议 行政诉讼 结果维持 结果纠正 其他结果 尚未审结 总计 未经复议直接起诉 复议后起诉" + (
    " 结果维持 结果纠正 其他结果 尚未审结 总计" * 2
)
PROACTIVE = """第二十条第（一）项
信息内容
本年制发件数
本年废止件数
现行有效件数
规章
0
0
0
行政规范性文件
3
1
20
第二十条第（五）项
信息内容
本年处理决定数量
行政许可
41
第二十条第（六）项
信息内容
本年处理决定数量
行政处罚
5
行政强制
0
第二十条第（八）项
信息内容
本年收费金额（单位：万元）
行政事业性收费
0"""


def rows(numbers: Mapping[str, str] = NUMBERS, form_code: str = "2021") -> list[tuple[str, str, list[str]]]:
    """(row code, label, cells) of every row of the applications table in the order of the form."""
    return [
        (r, form.labels_of_row(form_code, form.APPLICATIONS, r)[0], numbers.get(r, ZEROS).split(" "))
        for r in form.row_codes(form_code, form.APPLICATIONS)
    ]


def one_cell_a_line(table: Sequence[tuple[str, str, list[str]]]) -> str:
    """As a site's text shows it; a cell "" leaves no line."""
    lines = HEADER.split(" ")
    for _, label, cells in table:
        lines += [label, *cells] if label else cells
    return "\n".join(x for x in lines if x)


def report(
    applications: str,
    *,
    proactive: str = PROACTIVE,
    remedies: str | None = None,
    overview: str = "2023年，本局按要求开展政府信息公开工作。",
    heading_three: str = "三、收到和处理政府信息公开申请情况",
) -> str:
    """A whole report around a table of section three."""
    remedies = remedies if remedies is not None else "\n".join([*REMEDIES_HEADER.split(" "), *["0"] * 15])
    return f"""云岭市青禾区水务局2023年政府信息公开工作年度报告

一、总体情况
{overview}
二、主动公开政府信息情况
{proactive}
{heading_three}
{applications}
四、政府信息公开行政复议、行政诉讼情况
{remedies}
五、存在的主要问题及改进情况
公开内容还不够丰富，下一步将加强培训。
六、其他需要报告的事项
无。
"""


def parse(text: str) -> ParsedReport:
    parsed = parse_document(text.encode(), SourceFile("report.txt", "unsorted"))
    assert isinstance(parsed, ParsedReport), parsed
    return parsed


def table(parsed: ParsedReport, code: str = form.APPLICATIONS) -> StatutoryTable:
    return next(t for t in parsed.tables if t.table_code == code)


def row(parsed: ParsedReport, row_code: str, code: str = form.APPLICATIONS) -> list[Cell]:
    return [c for c in table(parsed, code).cells if c.row_code == row_code]


def values(cells: Sequence[Cell]) -> list[int | None]:
    return [None if c.value is None else int(c.value) if c.value == int(c.value) else c.value for c in cells]  # type: ignore[misc]


def statuses(cells: Sequence[Cell]) -> str:
    return "".join(c.obs_status for c in cells)


def rules(parsed: ParsedReport) -> set[tuple[str, str | None]]:
    return {(f.rule_code, f.row_code) for t in parsed.tables for f in t.findings}
