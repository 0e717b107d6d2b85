"""Small reports as web pages: the applications table as HTML rows that a test can damage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline import form
from pipeline.document import parse_document
from pipeline.model import ParsedReport, SourceFile
from tests.extract.reports import NUMBERS, ZEROS

HEADER = """<tr><td colspan=3 rowspan=3></td><td colspan=7>申请人情况</td></tr>
<tr><td rowspan=2>自然人</td><td colspan=5>法人或其他组织</td><td rowspan=2>总计</td></tr>
<tr><td>商业企业</td><td>科研机构</td><td>社会公益组织</td><td>法律服务机构</td><td>其他</td></tr>"""


@dataclass(frozen=True)
class Row:
    """A row of the table: its label, the columns that the label takes, its cells as HTML."""

    code: str
    label: str
    cells: tuple[str, ...]
    span: int = 3

    @property
    def html(self) -> str:
        return f"<tr><td colspan={self.span}>{self.label}</td>{''.join(self.cells)}</tr>"

    def printing(self, *texts: str) -> Row:
        return replace(self, cells=tuple(f"<td>{t}</td>" for t in texts))


def grid_rows(numbers: dict[str, str] = NUMBERS) -> list[Row]:
    """Every row of the form, as a page prints it, its label over three columns."""
    labels = {r: form.labels_of_row("2021", form.APPLICATIONS, r)[0] for r in form.row_codes("2021", form.APPLICATIONS)}
    return [Row(r, x, tuple(f"<td>{n}</td>" for n in numbers.get(r, ZEROS).split(" "))) for r, x in labels.items()]


def damaged(**changes: Row) -> list[Row]:
    """The rows of the form with some replaced, by code."""
    return [changes.get(r.code, r) for r in grid_rows()]


def of(code: str) -> Row:
    return next(r for r in grid_rows() if r.code == code)


def table_html(rows: Sequence[Row], header: str = HEADER) -> str:
    return f"<table border=1>{header}{''.join(r.html for r in rows)}</table>"


def cells(*texts: str, span: int = 1) -> str:
    """Cells of a row, each over `span` columns."""
    return "".join(f"<td colspan={span}>{t}</td>" for t in texts)


def proactive_html(
    *,
    documents: str = "3 1 20",
    licensing: str = cells("行政许可") + cells("41", span=3),
    fees: str = "12.5",
    counted: str = "信息内容 本年制发件数 本年废止件数 现行有效件数",
    decided: str = cells("信息内容") + cells("本年处理决定数量", span=3),
    amount: str = "本年收费金额（单位：万元）",
    fees_label: str = "行政事业性收费",
    note: str = "",
) -> str:
    """The table of section two of form 2021: `documents` and `counted` as texts between blanks, "_" for a blank cell."""

    def row(texts: str) -> str:
        return cells(*(t.replace("_", "") for t in texts.split(" ")))

    rows = [
        row(counted),
        row(f"行政规范性文件 {documents}"),
        decided,
        licensing,
        decided,
        cells("行政处罚") + cells("5", span=3),
        cells("行政强制") + cells("0", span=3),
        cells("信息内容") + cells(amount, span=3),
        cells(fees_label) + cells(fees, span=3),
        *([cells(note, span=4)] if note else []),
    ]
    return "<table>" + "".join(f"<tr>{r}</tr>" for r in rows) + "</table>"


RESULTS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
GROUPS = ("行政复议", "未经复议直接起诉", "复议后起诉")


def remedies_html(
    *rows: str, groups: Sequence[str] = GROUPS, results: Sequence[str] = RESULTS, before: str = ""
) -> str:
    """The table of section four, its groups in any order, each row as texts between blanks, "_" for a blank cell; `before`
    is the label of one more column, left of all."""
    top = cells("行政复议", span=5) + cells("行政诉讼", span=10)
    if groups[-1] == GROUPS[0]:
        top = cells("行政诉讼", span=10) + cells("行政复议", span=5)
    under = "".join(
        "".join(f"<td rowspan=2>{r}</td>" for r in results) if g == GROUPS[0] else cells(g, span=5) for g in groups
    )
    left = f"<td rowspan=3>{before}</td>" if before else ""
    header = f"<tr>{left}{top}</tr><tr>{under}</tr><tr>{cells(*results * 2)}</tr>"
    body = "".join(f"<tr>{cells(*(t.replace('_', '') for t in r.split(' ')))}</tr>" for r in rows)
    return f"<table>{header}{body}</table>"


def page(table: str = "", *, proactive: str = "", remedies: str = "") -> str:
    """A page with a report whose section three holds `table`, section two and four the others."""
    return f"""<html><head><meta charset=utf-8></head><body><h1>云岭市水务局2023年政府信息公开工作年度报告</h1>
<p>一、总体情况</p><p>本年度主动公开政府信息18条，回应了群众关切。</p>
<p>二、主动公开政府信息情况</p>{proactive}<p>三、收到和处理政府信息公开申请情况</p>{table}
<p>四、政府信息公开行政复议、行政诉讼情况</p>{remedies}<p>五、存在的主要问题及改进情况</p><p>公开内容还不够丰富。</p>
<p>六、其他需要报告的事项</p><p>无。</p></body></html>"""


def parse_page(html: str) -> ParsedReport:
    got = parse_document(html.encode(), SourceFile("a.html", "unsorted"))
    assert isinstance(got, ParsedReport)
    return got
