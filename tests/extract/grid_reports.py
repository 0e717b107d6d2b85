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


def page(table: str) -> str:
    """A page with a report whose section three holds `table`."""
    return f"""<html><head><meta charset=utf-8></head><body><h1>云岭市水务局2023年政府信息公开工作年度报告</h1>
<p>一、总体情况</p><p>本年度主动公开政府信息18条，回应了群众关切。</p>
<p>二、主动公开政府信息情况</p><p>三、收到和处理政府信息公开申请情况</p>{table}
<p>四、政府信息公开行政复议、行政诉讼情况</p><p>五、存在的主要问题及改进情况</p><p>公开内容还不够丰富。</p>
<p>六、其他需要报告的事项</p><p>无。</p></body></html>"""


def parse_page(html: str) -> ParsedReport:
    got = parse_document(html.encode(), SourceFile("a.html", "unsorted"))
    assert isinstance(got, ParsedReport)
    return got
