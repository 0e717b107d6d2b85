"""Pages of government sites: navigation, metadata table, buttons, hidden text and links to other reports all around."""

from __future__ import annotations

import random

from tests.corpus import places
from tests.corpus.formats.blocks import Block, Heading, MetadataBlock, MissingTable, Paragraph, Report, Table
from tests.corpus.formats.html_markup import escape, rows, spans
from tests.corpus.formats.registry import Written, file_format
from tests.corpus.grid import Sheet, SheetCell

CONTENT_IDS = (
    'class="TRS_Editor"',
    'id="zoom"',
    'id="UCAP-CONTENT"',
    'class="article-content"',
    'class="pages_content"',
)


class Site:
    """One site's habits, drawn once a page."""

    def __init__(self, report: Report) -> None:
        self.report, self.truth, self.rng = report, report.truth, report.rng("site")
        self.blank = "&nbsp;" if report.options.blank_text else ""
        self.cell_style = self.rng.choice(("bare", "paragraph", "span"))
        self.has_head = self.rng.random() < 0.4
        self.has_hidden_row = self.rng.random() < 0.2
        self.heading_tag = self.rng.choice(("h2", "h3", "strong", "p"))

    # ---- around the report ----
    def other_report(self) -> str:
        organ = places.random_organ(self.rng)
        year = self.rng.choice([y for y in range(2016, 2025) if y != self.truth.year])
        return f"{organ.name}{year}年政府信息公开工作年度报告"

    def links(self, n: int) -> str:
        items = (
            f'<li><a href="/zwgk/nb/t{self.rng.randint(10**6, 10**7)}.html">{self.other_report()}</a>'
            f"<span>{self.rng.randint(2017, 2025)}-0{self.rng.randint(1, 3)}-{self.rng.randint(10, 28)}</span></li>"
            for _ in range(n)
        )
        return '<ul class="list">\n' + "\n".join(items) + "\n</ul>"

    def head(self) -> str:
        truth = self.truth
        day = truth.published_on.isoformat()
        return f"""<head>
<meta charset="utf-8">
<meta http-equiv="X-UA-Compatible" content="IE=edge">
<title>{escape(truth.title)}_{escape(truth.organ.parent)}</title>
<meta name="SiteName" content="{escape(truth.organ.parent)}">
<meta name="SiteIDCode" content="9900000001">
<meta name="ColumnName" content="政府信息公开年报">
<meta name="ArticleTitle" content="{escape(truth.title)}">
<meta name="PubDate" content="{day} {self.rng.randint(8, 18):02d}:{self.rng.randint(0, 59):02d}">
<meta name="ContentSource" content="{escape(truth.organ.name)}">
<link rel="stylesheet" href="/css/style_2019.css">
<style>.list li{{line-height:30px}} .hide2021{{display:none}}</style>
<script>var siteYear = 2017; var hits = [12, 0, 3, 15]; var cell = "<td>7</td>";</script>
</head>"""

    def before(self) -> str:
        parent = escape(self.truth.organ.parent)
        return f"""<div class="top"><a href="/">{parent}门户网站</a> | <a href="/old">长者模式</a> | <a href="/login">登录</a></div>
<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/zwgk">政务公开</a></li><li><a href="/fw">政务服务</a></li>
<li><a href="/hd">互动交流</a></li></ul></div>
<div style="display:none">热门推荐 {self.truth.year - 1}年新收政府信息公开申请9999件 彩票开奖 0 1 2 3 4 5 6</div>
<div class="left">
<h4>政府信息公开年报</h4>
{self.links(self.rng.randint(2, 6))}
</div>
<div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk">政务公开</a> &gt; 政府信息公开年报</div>"""

    def buttons(self) -> str:
        day = self.truth.published_on.isoformat()
        return f"""<div class="info"><span>发布时间：{day}</span> <span>来源：{escape(self.truth.organ.name)}</span>
<span>浏览次数：<em id="hits">{{{{ views }}}}</em>次</span> <span>字体：[<a onclick="f(18)">大</a> <a onclick="f(16)">中</a>
<a onclick="f(14)">小</a>]</span></div>"""

    def after(self) -> str:
        return f"""<div class="share"><a>收藏</a> <a>打印</a> <a>关闭</a> 分享到：<a>微信</a> <a>微博</a></div>
<div class="prevnext"><p>上一篇：<a href="t1.html">{self.other_report()}</a></p><p>下一篇：<a href="t2.html">{self.other_report()}</a></p></div>
<div class="related"><h4>相关文章</h4>
{self.links(self.rng.randint(2, 4))}
</div>
<div class="footer"><p>主办：{escape(self.truth.organ.parent)} 网站标识码：9900000001</p>
<p>某ICP备05000000号 某公网安备 99000002000000号 联系电话：000-12345678 邮编：000000</p></div>
<noscript>您的浏览器版本过低，请升级至 11 以上版本</noscript>"""

    # ---- the report ----
    def inner(self, cell: SheetCell) -> str:
        text = escape(cell.text) or (self.blank if cell.key else "")
        if self.cell_style == "paragraph":
            return f'<p style="text-align:center">{text}</p>'
        return f'<span style="font-size:14px">{text}</span>' if self.cell_style == "span" else text

    def table(self, sheet: Sheet) -> str:
        lines = rows(sheet, self.inner, lambda c: spans(c) + (' valign="middle"' if c.key else ""))
        if self.has_hidden_row and sheet.header_rows:
            old = "".join(f"<td>{self.rng.randint(0, 90)}</td>" for _ in range(sheet.width))
            lines.append(f'<tr style="display: none">{old}</tr>')
        if self.has_head and sheet.header_rows:
            n = sheet.header_rows
            head = "\n".join(lines[:n]).replace("<td", "<th").replace("</td>", "</th>")
            body = "\n".join(lines[n:])
            return f'<table class="tb">\n<thead>\n{head}\n</thead>\n<tbody>\n{body}\n</tbody>\n</table>'
        body = "\n".join(lines)
        return f'<table border="1" cellspacing="0" cellpadding="0" width="100%">\n<tbody>\n{body}\n</tbody>\n</table>'

    def metadata_table(self, pairs: tuple[tuple[str, str], ...]) -> str:
        style = self.rng.choice(("table", "list", "lines"))
        if style == "table":
            out = []
            for at in range(0, len(pairs), 2):
                cells = (f"<td><b>{k}：</b></td><td>{escape(v)}</td>" for k, v in pairs[at : at + 2])
                out.append("<tr>" + "".join(cells) + "</tr>")
            return '<table class="headInfo">\n' + "\n".join(out) + "\n</table>"
        if style == "list":
            items = (f"<li><strong>{k}：</strong><span>{escape(v)}</span></li>" for k, v in pairs)
            return '<ul class="xxgk">' + "\n".join(items) + "</ul>"
        return "<div>" + "<br>\n".join(f"[ {k} ] {escape(v)}" for k, v in pairs) + "</div>"

    def block(self, block: Block) -> str:
        if isinstance(block, MetadataBlock):
            return self.metadata_table(block.pairs)
        if isinstance(block, Table):
            return self.table(block.sheet)
        if isinstance(block, MissingTable):
            return '<p style="text-align:center"><img src="P020220118.png" alt="" width="640"></p>'
        if isinstance(block, Heading):
            anchor = '<a name="_GoBack"></a>' if block.has_bookmark else ""
            text = anchor + escape(block.text)
            if self.heading_tag in ("strong", "p"):
                return f"<p>&emsp;&emsp;<strong>{text}</strong></p>"
            return f"<{self.heading_tag}>{text}</{self.heading_tag}>"
        if isinstance(block, Paragraph) and block.kind == "signature":
            return f'<p style="text-align:right">{escape(block.text)}</p>'
        return f"<p>&emsp;&emsp;{escape(block.text)}</p>"

    def page(self) -> str:
        blocks = self.report.blocks
        metadata = [self.block(b) for b in blocks if isinstance(b, MetadataBlock)]
        title = [escape(b.text) for b in blocks if isinstance(b, Paragraph) and b.kind == "title"]
        rest = [
            self.block(b)
            for b in blocks
            if not isinstance(b, MetadataBlock) and not (isinstance(b, Paragraph) and b.kind == "title")
        ]
        lines = [
            *metadata,
            "<h1>" + "<br>".join(title) + "</h1>",
            self.buttons(),
            f"<div {self.rng.choice(CONTENT_IDS)}>",
            *rest,
            "</div>",
        ]
        body = "\n".join([self.before(), '<div class="main">', *lines, "</div>", self.after()])
        return f'<!DOCTYPE html>\n<html lang="zh-CN">\n{self.head()}\n<body>\n{body}\n</body>\n</html>\n'


def plain_body(report: Report, rng: random.Random) -> str:
    """The report as a page without a site around it."""
    site = Site(report)
    site.rng = rng
    return "\n".join(site.block(b) for b in report.blocks)


@file_format("html_site", ".html")
def html_site(report: Report) -> Written:
    """A whole page of a site in UTF-8."""
    truth = report.truth
    facts = {"published_on": truth.published_on.isoformat(), "publisher": truth.organ.name}
    text = Site(report).page().replace("\n", report.options.newline)
    return Written(text.encode("utf-8"), facts)
