"""Targets of `pipeline/read`: each reader alone, and the XML, page or words inside a sound file of its format.

Bytes that are changed at random seldom get through a ZIP's checksums, so packages have a second target that packs the
input into a sound one. What LibreOffice reads is left out: it runs in a process of its own, with a time of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from lxml import etree

from pipeline.model import Document
from pipeline.read import READERS, doc, docx, html, image, ofd, pdf, read_document, text
from pipeline.read.fault import Fault
from tests.conftest import SAMPLE
from tests.extract.grid_reports import grid_rows, page, proactive_html, remedies_html, table_html
from tests.fuzz.invariants import SOURCE, check_document, check_locators, check_text, check_unusable
from tests.fuzz.target import LIMITS, MOST_BYTES, Target, must
from tests.read import ofd_files, pdf_files, word_files

_PARTS = b"\x1e"
"""Between the parts of an input that has several (record separator, which no XML can hold)."""


@contextmanager
def _without_programs() -> Iterator[None]:
    """Nothing is found on the search path: no other program takes part."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = ""
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _read(reader: ModuleType, data: bytes) -> None:
    """One reader, whether or not it would be asked; then all of them, as a build asks."""
    for each in READERS:
        must(
            isinstance(each.sniff(data, SOURCE), bool), "a reader that does not say whether it reads this", each.READER
        )
    try:
        with _without_programs():
            found = reader.read(data, SOURCE)
    except Fault as fault:
        must(fault.reason, "a fault without a reason", fault.reason_code)
        return
    if not isinstance(found, Document):
        check_unusable(found)
        return
    check_document(found)
    check_locators(check_text(found))


def _of(reader: ModuleType) -> Callable[[bytes], None]:
    return lambda data: _read(reader, data)


def any_document(data: bytes) -> None:
    """Bytes as a build meets them: the first reader whose they are."""
    with _without_programs():
        found = read_document(data, SOURCE)
    if isinstance(found, Document):
        check_document(found)
    else:
        check_unusable(found)


# ---- inside sound files --------------------------------------------------------------------------------------------
def _mended(data: bytes, around: str) -> str:
    """An element with what is well-formed of `data` inside: `around` has `{}` in its place."""
    inside = data.decode("utf-8", "replace").replace("\0", "")
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(around.replace("{}", inside).encode(), parser)
    except etree.XMLSyntaxError:
        root = None
    return etree.tostring(root, encoding="unicode") if root is not None else around.replace("{}", "")


def docx_parts(data: bytes) -> None:
    """The body of a Word document, its styles, its numbering."""
    body, styles, numbering, *_ = (*data.split(_PARTS), b"", b"", b"")
    parts = {
        f"word/{name}.xml": _mended(content, f"<w:{element} {word_files.NAMESPACES}>{{}}</w:{element}>")
        for name, element, content in (("styles", "styles", styles), ("numbering", "numbering", numbering))
        if content
    }
    main = _mended(body, f"<w:document {word_files.NAMESPACES}><w:body>{{}}</w:body></w:document>")
    _read(docx, word_files.package("", parts=parts | {"word/document.xml": main}))


def ofd_pages(data: bytes) -> None:
    """The objects of the pages of an OFD; the first part is the template of all of them."""
    template, *pages = data.split(_PARTS)
    around = f"<ofd:Layer {ofd_files.NAMESPACE}>{{}}</ofd:Layer>"
    _read(ofd, ofd_files.package(*(_mended(x, around) for x in pages[:20]), template=_mended(template, around)))


def pdf_pages(data: bytes) -> None:
    """The operators of the pages of a PDF."""
    drawings = []
    for part in data.split(_PARTS)[:20]:
        drawings.append(pdf_files.Drawing(operators=[part.decode("latin-1")]))
    _read(pdf, pdf_files.pdf(*drawings))


# ---- seeds -----------------------------------------------------------------------------------------------------------
def sample(*endings: str, most: int = MOST_BYTES) -> Iterator[bytes]:
    """Files of the sample corpus of some kinds, the large ones left out."""
    for found in sorted(Path(SAMPLE).rglob("*")):
        if found.suffix in endings and 0 < found.stat().st_size <= most:
            yield found.read_bytes()


def small_pages() -> Iterator[bytes]:
    zeros = "0 0 0 0 0"
    whole = page(table_html(grid_rows()), proactive=proactive_html(), remedies=remedies_html(" ".join([zeros] * 3)))
    yield whole.encode()
    yield b"<table><tr><td colspan=2 rowspan=2>1</td><td>2<table><tr><td>3</table></td></tr></table><p>4<br>5</p>"
    yield "<meta charset=gbk><meta name=PubDate content='2024-01-31'><title>报告</title><div>正文".encode("gbk")


def word_bodies() -> Iterator[bytes]:
    p, r, tbl, tr, tc = word_files.p, word_files.r, word_files.tbl, word_files.tr, word_files.tc
    field = word_files.field("PAGE", "3")
    yield (p("一、总体情况", style="1") + p(r("2023年", "<w:b/>"), field, "年度报告")).encode()
    yield tbl(
        tr(tc("甲", span=2), tc("乙", down="restart")), tr("1", "2", tc("", down="")), grid=(900, 900, 900)
    ).encode()
    body = p("总体情况", properties=word_files.numbered(1)) + p("主动公开", properties=word_files.numbered(1, 1))
    styles = '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:pPr>'
    styles += f"{word_files.numbered(1)}</w:pPr></w:style>"
    abstract = word_files.level(0, "chineseCounting", "%1、") + word_files.level(1, "decimal", "（%2）")
    yield _PARTS.join(x.encode() for x in (body, styles, word_files.lists(abstract)))
    yield f"<w:p><w:ins>{r('加')}</w:ins><w:del>{r('<w:delText>删</w:delText>')}</w:del></w:p>".encode()


def ofd_layers() -> Iterator[bytes]:
    lines = "".join(
        ofd_files.path(f"M {x} 20 L {x} 60") + ofd_files.path(f"M 20 {y} L 80 {y}")
        for x in (20, 50, 80)
        for y in (20, 40, 60)
    )
    words = (
        ofd_files.text(22, 22, "规章") + ofd_files.text(52, 22, "12", 'DeltaX="g 2 2"') + ofd_files.text(22, 42, "合计")
    )
    yield _PARTS.join(x.encode() for x in ("", lines + words, ofd_files.text(20, 20, "第二页")))
    yield _PARTS + ofd_files.text(20, 30, "斜", attributes='CTM="0.7 0.7 -0.7 0.7 0 0"').encode()


def drawings() -> Iterator[pdf_files.Drawing]:
    one, two, three = pdf_files.Drawing(), pdf_files.Drawing(), pdf_files.Drawing()
    one.text(60, 780, "一、总体情况")
    one.grid((60, 200, 300), (600, 640, 680))
    for x, y, words in ((70, 650, "规章"), (210, 650, "12"), (70, 610, "合计"), (210, 610, "3 4")):
        one.text(x, y, words)
    yield one
    two.box(50, 50, 200, 100, "f")
    two.text(100, 300, "水印", 30, matrix="0.7 0.7 -0.7 0.7")
    two.unmapped(60, 500, (3, 4, 5))
    yield two
    for row in range(4):
        for column in range(4):
            three.text(60 + 80 * column, 700 - 20 * row, f"{row}{column}")
    yield three


def _pdf_files() -> Iterator[bytes]:
    for one in drawings():
        yield pdf_files.pdf(one)
    yield pdf_files.pdf(*drawings())


def _pictures() -> Iterator[bytes]:
    """Small ones: they are unpacked and end at the limit where a picture is enlarged to be read. What is behind it takes
    its time for any pixels."""
    import io

    from PIL import Image, ImageDraw

    for kind in ("PNG", "GIF", "TIFF", "BMP", "JPEG", "WEBP"):
        drawn = Image.new("L", (60, 40), 255)
        ImageDraw.Draw(drawn).line((5, 1, 55, 3))
        out = io.BytesIO()
        drawn.save(out, kind)
        yield out.getvalue()


_HTML = "<table> <tr> <td> <td_colspan=2> <td_rowspan=3> </td></tr> <p> <br> <div> <span> <thead> <th> <sup> &nbsp; &#12288; &#x0; <!-- --> <script> <style> <meta_charset=gbk> charset=idna charset=big5 charset=utf-16 <meta_charset= <meta_name=keywords_content=1> <h1> <li> <pre> <svg> <template> <select><option> <a_href=1> <img_src=1> hidden style=display:none"
_WORD = '<w:p> </w:p> <w:r><w:t> </w:t></w:r> <w:tbl> </w:tbl> <w:tr> </w:tr> <w:tc> </w:tc> <w:tcPr><w:gridSpan_w:val="2"/></w:tcPr> <w:vMerge/> <w:vMerge_w:val="restart"/> <w:gridBefore_w:val="1"/> <w:gridAfter_w:val="1"/> <w:tab/> <w:br/> <w:sdt><w:sdtContent> <w:fldChar_w:fldCharType="begin"/> <w:fldSimple_w:instr="PAGE"> <w:instrText> <w:del> <w:ins> <w:moveFrom> <w:vanish/> <w:numPr> <w:ilvl_w:val="9"/> <w:numId_w:val="1"/> <w:sym_w:char="F0FE"/> <w:txbxContent> <mc:AlternateContent> <mc:Choice_Requires="wps"> <mc:Fallback> <m:oMath> <m:t> <w:pict> <v:textbox> <w:tblGrid> <w:gridCol_w:w="900"/> <w:tcW_w:w="900"_w:type="dxa"/> <w:hMerge/> w:val="-1" w:val="99999999999" w:val="" <w:lvl_w:ilvl="0"> <w:numFmt_w:val="decimal"/> <w:lvlText_w:val="%1."/> <w:start_w:val="1"/> <w:lvlOverride> <w:basedOn_w:val="1"/> \x1e'
_OFD = '<ofd:TextObject_Boundary="0_0_80_6"_Font="1"_Size="4"> <ofd:TextCode_X="0"_Y="4"> </ofd:TextCode></ofd:TextObject> DeltaX="g_9_1" Size="0.000001" DeltaY="1_2" CTM="1_0_0_1_0_0" HScale="2" <ofd:PathObject_Boundary="0_0_9_9"> <ofd:AbbreviatedData>M_0_0_L_9_9 Q B A C </ofd:AbbreviatedData></ofd:PathObject> <ofd:ImageObject/> <ofd:PageBlock> nan inf -1 1e308 1e999 <ofd:CGTransform_CodePosition="0"_CodeCount="2"_GlyphCount="1"/> \x1e'
_PDF = "BT ET Tf Tj TJ Tm Td TL T* Tr Tw Tc Tz Ts re m l c h S s f f* B n W q Q cm w d BI ID EI Do gs BX EX BMC BDC EMC /F0 /F1 1_0_0_1_60_700 <4e004e01> [(a)-200(b)] 0.5 -1 1e9 99999999999 0.00001 /F0_0.001_Tf \x1e"


def _words(line: str) -> tuple[str, ...]:
    """Words between blanks; "_" is a blank inside one."""
    return tuple(w.replace("_", " ") for w in line.split(" "))


TARGETS = (
    Target("read_any", any_document, lambda: (*sample(".txt", ".docx", ".ofd", ".xlsx", most=9_000), *_pdf_files())),
    Target("read_text", _of(text), lambda: sample(".txt"), is_text=True),
    Target("read_html", _of(html), lambda: (*small_pages(), *sample(".html")), _words(_HTML), is_text=True),
    Target("read_docx", _of(docx), lambda: (*sample(".docx"), *map(word_files.package, ("", word_files.p("甲"))))),
    Target("read_docx_parts", docx_parts, word_bodies, _words(_WORD), is_text=True),
    Target("read_doc", _of(doc), lambda: sample(".doc", ".wps", most=1 << 16), most_bytes=1 << 16),
    Target("read_ofd", _of(ofd), lambda: sample(".ofd")),
    Target("read_ofd_pages", ofd_pages, ofd_layers, _words(_OFD), is_text=True),
    Target("read_pdf", _of(pdf), _pdf_files, _words(_PDF)),
    Target(
        "read_pdf_pages",
        pdf_pages,
        lambda: ("\n".join(d.operators).encode() for d in drawings()),
        _words(_PDF),
        is_text=True,
    ),
    Target(
        "read_picture",
        _of(image),
        _pictures,
        limits=replace(LIMITS, max_recognised_pages=2, max_pixels=20_000),
    ),
)
