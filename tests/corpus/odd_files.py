"""Files that are no usable report: pages of pictures, links and unfilled templates, a workbook."""

from __future__ import annotations

from tests.corpus.formats.docx_parts import DECLARATION, PACKAGE, R, zipped

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def page(title: str, content: str) -> bytes:
    """A bare page of a site around some content."""
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>{title}</title>
</head>
<body>
<div class="nav"><a href="/">首页</a> <a href="/zwgk">政务公开</a> <a href="/hd">互动交流</a></div>
<div class="main">
{content}
</div>
<div class="share"><a>收藏</a> <a>打印</a> <a>关闭</a></div>
</body>
</html>
""".encode()


def title_of(organ: str, year: int) -> str:
    return f"{organ}{year}年政府信息公开工作年度报告"


def pictures(organ: str, year: int) -> bytes:
    """The title over pictures of the report's pages."""
    title = title_of(organ, year)
    shown = "\n".join(f'<p><img src="W0202501{n:02}.png" width="800" alt=""></p>' for n in range(1, 6))
    return page(title, f'<h1>{title}</h1>\n<div id="zoom">\n{shown}\n</div>')


def attachment_only(organ: str, year: int) -> bytes:
    """The title and a link to the file that holds the report."""
    title = title_of(organ, year)
    link = f'<p>附件：<a href="./P020250120.pdf">{title}.pdf</a></p>'
    return page(title, f'<h1>{title}</h1>\n<p>发布时间：{year + 1}-01-20</p>\n<div id="zoom">{link}</div>')


def template() -> bytes:
    """A page that was saved before its script filled it in."""
    return page(
        "{{ article.title }}",
        '<h1>{{ article.title }}</h1>\n<p>{{ article.publishTime }}</p>\n<div v-html="article.content">{{ article.content }}</div>',
    )


def workbook(numbers: tuple[int, ...]) -> bytes:
    """A workbook (Office Open XML, ECMA-376) with one row of numbers."""
    cells = "".join(f"<c><v>{n}</v></c>" for n in numbers)
    parts = {
        "[Content_Types].xml": f"""<Types xmlns="{PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{_SHEET}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET}.worksheet+xml"/>
</Types>""",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{R}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{R}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{R}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData><row>{cells}</row></sheetData></worksheet>',
    }
    return zipped({name: (DECLARATION + text).encode() for name, text in parts.items()})
