"""Runs of a Word document: text cut into several, tracked changes, hidden text, fields, content controls, text boxes."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from tests.corpus.formats.html_markup import escape

CHANGE = 'w:author="Administrator" w:date="2022-01-10T09:00:00Z"'


@dataclass(frozen=True, slots=True)
class Traits:
    """What one document has. The plain ones survive every conversion, the others only Word keeps."""

    splits_runs: bool = False
    numbered_headings: bool = False
    paragraphs_in_headers: bool = False
    repeats_header: bool = False
    is_paged: bool = True
    page_head: str = ""
    title_break: bool = False
    odd_grid: bool = False  # twice as many columns in the grid as in the form
    # only Word keeps these
    tracked: bool = False
    deleted_row: bool = False
    hidden_text: bool = False
    fields: bool = False
    controls: bool = False
    boxed: str = ""  # title, signature
    layout_table: bool = False
    footnote: bool = False


def random_traits(rng: random.Random, *, is_plain: bool) -> Traits:
    """Each trait in some documents; only the plain ones where the document goes on to another program."""

    def some(p: float) -> bool:
        return rng.random() < p

    plain = Traits(
        splits_runs=some(0.6),
        numbered_headings=some(0.5),
        paragraphs_in_headers=some(0.3),
        repeats_header=some(0.5),
        is_paged=some(0.7),
        page_head=rng.choice(("", "", "政府信息公开工作年度报告")),
        title_break=some(0.5),
        odd_grid=some(0.2),
    )
    if is_plain:
        return plain
    return replace(
        plain,
        tracked=some(0.3),
        deleted_row=some(0.2),
        hidden_text=some(0.15),
        fields=some(0.2),
        controls=some(0.2),
        boxed=rng.choice(("", "", "title", "signature")),
        layout_table=some(0.2),
        footnote=some(0.2),
    )


def run(text: str, properties: str = "") -> str:
    props = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{props}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


class Runs:
    """Writes texts as runs with the traits of one document."""

    def __init__(self, traits: Traits, rng: random.Random) -> None:
        self.traits, self.rng = traits, rng
        self.changes = 0

    def change(self) -> str:
        self.changes += 1
        return f'w:id="{self.changes}" {CHANGE}'

    def text(self, text: str, properties: str = "") -> str:
        """A text, perhaps over several runs with a proofing mark between."""
        if self.traits.splits_runs and len(text) > 1 and self.rng.random() < 0.5:
            at = self.rng.randrange(1, len(text))
            mark = self.rng.choice(("", '<w:proofErr w:type="gramStart"/>', "<w:lastRenderedPageBreak/>"))
            between = f"<w:r>{mark}</w:r>" if "Break" in mark else mark
            return run(text[:at], properties) + between + run(text[at:], properties)
        return run(text, properties)

    def number(self, text: str, *, is_total: bool) -> str:
        """What a cell prints, perhaps as an insertion beside a deleted number, a field or a content control."""
        traits, rng = self.traits, self.rng
        if traits.tracked and rng.random() < 0.2:
            old = f"<w:del {self.change()}><w:r><w:delText>{rng.randint(0, 99)}</w:delText></w:r></w:del>"
            return old + (f"<w:ins {self.change()}>{self.text(text)}</w:ins>" if text else "")
        hidden = run(str(rng.randint(100, 999)), "<w:vanish/>") if traits.hidden_text and rng.random() < 0.1 else ""
        if not text:
            return hidden
        if traits.fields and is_total:
            return (
                '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
                '<w:r><w:instrText xml:space="preserve"> =SUM(LEFT) \\# 0 </w:instrText></w:r>'
                f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{self.text(text)}'
                '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
            )
        if traits.controls and rng.random() < 0.2:
            inner = f"<w:sdtContent>{self.text(text)}</w:sdtContent>"
            return f'<w:sdt><w:sdtPr><w:tag w:val="n"/></w:sdtPr>{inner}</w:sdt>'
        return self.text(text) + hidden


def text_box(paragraphs: str) -> str:
    """A text box as Word writes it: a drawing, and the same text once more for programs that know only VML."""
    content = f"<w:txbxContent>{paragraphs}</w:txbxContent>"
    anchor = (
        '<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="2" behindDoc="0" locked="0" '
        'layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        '<wp:positionH relativeFrom="column"><wp:posOffset>0</wp:posOffset></wp:positionH>'
        '<wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>'
        '<wp:extent cx="6000000" cy="900000"/><wp:wrapTopAndBottom/><wp:docPr id="7" name="文本框 7"/>'
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        '<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="6000000" cy="900000"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr>'
        f"<wps:txbx>{content}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor>"
    )
    shape = (
        '<w:pict><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"/>'
        '<v:shape id="box7" type="#_x0000_t202" style="position:absolute;width:472pt;height:70pt">'
        f"<v:textbox>{content}</v:textbox></v:shape></w:pict>"
    )
    choice = f'<mc:Choice Requires="wps"><w:drawing>{anchor}</w:drawing></mc:Choice>'
    return f"<w:r><mc:AlternateContent>{choice}<mc:Fallback>{shape}</mc:Fallback></mc:AlternateContent></w:r>"
