"""Pages in old charsets: upper-case tags left open, GB18030 declared as gb2312, wrongly or not at all, a BOM."""

from __future__ import annotations

import codecs

from tests.corpus.formats.blocks import Block, Heading, MetadataBlock, MissingTable, Report, Table
from tests.corpus.formats.html_markup import escape, page
from tests.corpus.formats.html_site import plain_body
from tests.corpus.formats.registry import Written, file_format
from tests.corpus.grid import Sheet


def open_table(sheet: Sheet, blank: str) -> str:
    """A table whose cells and rows are never closed."""
    out = ["<TABLE border=1 cellSpacing=0 borderColor=#000000 width=680 align=center><TBODY>"]
    for row in sheet.rows():
        out.append("<TR height=28>")
        for cell in row:
            span = f" rowSpan={cell.row_span}" if cell.row_span > 1 else ""
            span += f" colSpan={cell.column_span}" if cell.column_span > 1 else ""
            text = escape(cell.text) or (blank if cell.key else "")
            out.append(f"<TD{span} vAlign=center><P align=center><FONT size=3 face=宋体>{text}</FONT>")
    out.append("</TBODY></TABLE>")
    return "\n".join(out)


def open_block(block: Block, blank: str) -> str:
    if isinstance(block, MetadataBlock):
        return "<BR>\n".join(f"<FONT color=#666666>{k}：</FONT>{escape(v)}" for k, v in block.pairs) + "<HR SIZE=1>"
    if isinstance(block, Table):
        return open_table(block.sheet, blank)
    if isinstance(block, MissingTable):
        return "<P align=center><IMG border=0 src=images/2.gif>"
    if isinstance(block, Heading):
        anchor = "<A name=_GoBack></A>" if block.has_bookmark else ""
        return f"<P>{anchor}<B><FONT size=4 face=黑体>{escape(block.text)}</FONT></B>"
    if block.kind == "title":
        return f"<CENTER><FONT color=red size=5>{escape(block.text)}</FONT></CENTER>"
    align = " align=right" if block.kind == "signature" else ""
    return f"<P{align}>&nbsp;&nbsp;&nbsp;&nbsp;<FONT size=3>{escape(block.text)}</FONT>"


@file_format("html_gbk", ".html")
def html_gbk(report: Report) -> Written:
    """Old markup with tags left open, declared gb2312, encoded GB18030."""
    blank = "&nbsp;" if report.options.blank_text else ""
    body = "\n".join(open_block(b, blank) for b in report.blocks)
    text = (
        '<HTML><HEAD>\n<META http-equiv=Content-Type content="text/html; charset=gb2312">\n'
        f"<TITLE>{escape(report.truth.title)}</TITLE>\n</HEAD>\n<BODY bgColor=#ffffff topMargin=0>\n"
        "<TABLE width=760 align=center><TR><TD><A href=index.asp>首页</A> <A href=xxgk.asp>信息公开</A></TABLE>\n"
        f"{body}\n<HR>\n<CENTER>技术支持：信息中心 您是第 10086 位访客</CENTER></BODY></HTML>\n"
    )
    return Written(text.replace("\n", "\r\n").encode("gb18030"))


def simple(report: Report, charset: str | None) -> str:
    return page(report.truth.title, plain_body(report, report.rng("simple")), charset=charset)


@file_format("html_undeclared", ".html")
def html_undeclared(report: Report) -> Written:
    """No charset declared, encoded GB18030."""
    return Written(simple(report, None).encode("gb18030"))


@file_format("html_wrong_charset", ".html")
def html_wrong_charset(report: Report) -> Written:
    """Declared utf-8 but encoded GB18030, or the reverse."""
    if report.truth.seed % 2:
        return Written(simple(report, "utf-8").encode("gb18030"))
    return Written(simple(report, "gb2312").encode("utf-8"))


@file_format("html_bom", ".html")
def html_bom(report: Report) -> Written:
    """A byte order mark, with a declaration that contradicts it: the mark is right."""
    text = simple(report, "gb2312" if report.truth.seed % 3 == 0 else None)
    if report.truth.seed % 3 == 1:
        return Written(codecs.BOM_UTF16_LE + text.encode("utf-16-le"))
    return Written(codecs.BOM_UTF8 + text.encode("utf-8"))
