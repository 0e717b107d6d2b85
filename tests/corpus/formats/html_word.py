"""Word's web export: a paragraph in every cell, numbers over several runs, conditional comments, wrapped source."""

from __future__ import annotations

import random
import re

from tests.corpus.formats.blocks import Block, Heading, MetadataBlock, MissingTable, Report, Table
from tests.corpus.formats.html_markup import escape, rows, spans
from tests.corpus.formats.registry import Written, file_format
from tests.corpus.grid import SheetCell

WIDTH = 76
HEAD = """<html xmlns:v="urn:schemas-microsoft-com:vml"
xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word"
xmlns="http://www.w3.org/TR/REC-html40">
<head>
<meta http-equiv=Content-Type content="text/html; charset={charset}">
<meta name=ProgId content=Word.Document>
<meta name=Generator content="Microsoft Word 15">
<title>{title}</title>
<!--[if gte mso 9]><xml>
 <o:DocumentProperties>
  <o:Pages>4</o:Pages>
  <o:Words>512</o:Words>
 </o:DocumentProperties>
</xml><![endif]-->
<style>
<!--
 p.MsoNormal, li.MsoNormal, div.MsoNormal
	{{mso-style-parent:"";
	margin:0cm;
	mso-pagination:none;
	font-size:10.5pt;}}
@page WordSection1
	{{size:595.3pt 841.9pt;}}
-->
</style>
<!--[if gte mso 10]>
<style>
 table.MsoNormalTable {{mso-style-name:普通表格;}}
</style>
<![endif]-->
</head>
"""
_TOKEN = re.compile(r"<[^>]*>|[^<]+")
_CJK = re.compile(r"([\u4e00-\u9fff、，。；“”])(?=[\u4e00-\u9fff])")


class Word:
    """Word's habits for one page."""

    def __init__(self, report: Report) -> None:
        self.report, self.rng = report, report.rng("word")
        self.font = self.rng.random() < 0.3

    def run(self, text: str) -> str:
        if self.font:
            return f'<font face="仿宋">{escape(text)}</font>'
        if text.isascii():
            return f"<span lang=EN-US style='font-size:10.5pt;font-family:仿宋'>{escape(text)}<o:p></o:p></span>"
        return f"<span style='font-size:10.5pt;font-family:仿宋;mso-bidi-font-family:宋体'>{escape(text)}</span>"

    def runs(self, text: str) -> str:
        """A text over several runs, cut between Latin and Chinese and at a random place."""
        out = []
        for part in re.findall(r"[\x00-\x7f]+|[^\x00-\x7f]+", text):
            at = self.rng.randrange(1, len(part)) if len(part) > 1 and self.rng.random() < 0.5 else 0
            # A blank at the edge of a run would be lost beside a tag in nothing but careless tools; keep it inside.
            out += [self.run(p) for p in (part[:at], part[at:]) if p]
        return "".join(out)

    def paragraph(self, inner: str, style: str = "") -> str:
        return f"<p class=MsoNormal{style}>{inner}</p>"

    def inner(self, cell: SheetCell) -> str:
        if not cell.text:
            blank = "&nbsp;" if self.report.options.blank_text or self.rng.random() < 0.5 else ""
            return self.paragraph(f"<span lang=EN-US><o:p>{blank}</o:p></span>", " align=center")
        return self.paragraph(self.runs(cell.text), " align=center style='text-align:center;layout-grid-mode:char'")

    def attributes(self, cell: SheetCell) -> str:
        style = "border:solid windowtext 1.0pt;padding:0cm 5.4pt 0cm 5.4pt;height:24.0pt"
        unquoted = spans(cell).replace('"', "")
        return f" width={40 * cell.column_span}{unquoted} style='width:30.0pt;{style}'"

    def block(self, block: Block) -> str:
        if isinstance(block, MetadataBlock):
            return "\n".join(self.paragraph(self.runs(f"{k}：{v}")) for k, v in block.pairs)
        if isinstance(block, Table):
            opening = (
                "<table class=MsoNormalTable border=0 cellspacing=0 cellpadding=0 style='border-collapse:collapse'>"
            )
            lines = rows(block.sheet, self.inner, self.attributes)
            lines = [x.replace("<tr>", "<tr style='mso-yfti-irow:0;height:24.0pt'>\n") for x in lines]
            # Word closes a table with a row of width marks that carries no cell of the table.
            marks = "".join("<td width=40 style='border:none'></td>" for _ in range(block.sheet.width))
            last = f"<![if !supportMisalignedColumns]>\n<tr height=0>{marks}</tr>\n<![endif]>"
            return "\n".join([opening, *lines, last, "</table>"])
        if isinstance(block, MissingTable):
            return self.paragraph('<img width=553 height=700 src="report.files/image001.png" v:shapes="_x0000_i1025">')
        if isinstance(block, Heading):
            anchor = '<a name="_GoBack"></a>' if block.has_bookmark else ""
            return self.paragraph(f"{anchor}<b>{self.runs(block.text)}</b>", " style='text-indent:32.0pt'")
        align = {"title": " align=center", "signature": " align=right"}.get(block.kind, "")
        return self.paragraph(self.runs(block.text), align)

    def page(self, charset: str) -> str:
        head = HEAD.format(charset=charset, title=escape(self.report.truth.title))
        body = "\n\n".join(self.block(b) for b in self.report.blocks)
        body = (
            '<div class=WordSection1>\n<table class=MsoNormalTable border=0 cellpadding=0 width="100%">\n<tr>\n<td>\n'
            f"{body}\n</td>\n</tr>\n</table>\n</div>"
        )
        return head + f"<body lang=ZH-CN style='tab-interval:21.0pt'>\n{wrapped(body, self.rng)}\n</body>\n</html>\n"


def wrapped(source: str, rng: random.Random) -> str:
    """Source lines of about 76 columns: broken inside tags and between Chinese characters, never inside a number."""
    out: list[str] = []
    at = 0

    def put(piece: str) -> None:
        nonlocal at
        out.append(piece)
        newline = piece.rfind("\n")
        at = at + len(piece) if newline < 0 else len(piece) - newline - 1

    for token in _TOKEN.findall(source):
        if token.startswith("<") and not token.startswith("<!"):
            for i, word in enumerate(re.split(r" (?=[a-z]+=)", token)):
                put(("" if i == 0 else "\n" if at + len(word) > WIDTH else " ") + word)
        elif not token.startswith("<") and at + len(token) > WIDTH and rng.random() < 0.7:
            put(_CJK.sub(lambda m: m.group(1) + ("\n" if rng.random() < 0.1 else ""), token))
        else:
            put(token)
    return "".join(out)


@file_format("html_word", ".htm")
def html_word(report: Report) -> Written:
    """Word's web export, declared and encoded as gb2312 or as utf-8."""
    charset = "gb2312" if report.truth.seed % 2 else "utf-8"
    text = Word(report).page(charset).replace("\n", "\r\n")
    return Written(text.encode("gb18030" if charset == "gb2312" else "utf-8"))
