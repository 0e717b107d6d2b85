"""Word documents (OOXML, ECMA-376): paragraphs, numbered headings, tables with gridSpan and vMerge."""

from __future__ import annotations

from pipeline import form
from tests.corpus.formats import sheets
from tests.corpus.formats.blocks import Block, Heading, MetadataBlock, MissingTable, Paragraph, Report, Table
from tests.corpus.formats.docx_parts import package
from tests.corpus.formats.docx_runs import Runs, Traits, random_traits, run, text_box
from tests.corpus.formats.registry import Written, file_format
from tests.corpus.grid import Sheet, SheetCell

WIDTHS = {
    form.PROACTIVE: (3300, 2100, 2100, 2100),
    form.APPLICATIONS: (620, 1000, 2700, 740, 740, 740, 740, 740, 740, 740),
    form.REMEDIES: (640,) * 15,
}
"""Widths of the columns in twentieths of a point."""
NUMERALS = ("一、", "二、", "三、", "四、", "五、", "六、")


def widths_of(sheet: Sheet) -> list[int]:
    """Widths of a sheet's columns, also where each column of the form is several."""
    parts = sheet.width // len(WIDTHS[sheet.table_code])
    return [w // parts for w in WIDTHS[sheet.table_code] for _ in range(parts)]


class Body:
    """The body of one document."""

    def __init__(self, report: Report, traits: Traits) -> None:
        self.report, self.traits, self.rng = report, traits, report.rng("body")
        self.runs = Runs(traits, self.rng)
        numbers = tuple(b.number for b in report.blocks if isinstance(b, Heading))
        self.is_numbered = traits.numbered_headings and numbers == NUMERALS

    def paragraph(self, runs: str, properties: str = "") -> str:
        props = f"<w:pPr>{properties}</w:pPr>" if properties else ""
        return f"<w:p>{props}{runs}</w:p>"

    def write(self) -> str:
        out: list[str] = []
        titles = [b.text for b in self.report.blocks if isinstance(b, Paragraph) and b.kind == "title"]
        for block in self.report.blocks:
            if isinstance(block, Paragraph) and block.kind == "title":
                if block.text == titles[0]:
                    out += self.title(titles)
            elif isinstance(block, Paragraph) and block.kind == "signature" and self.traits.boxed == "signature":
                paragraph = self.paragraph(self.runs.text(block.text), '<w:jc w:val="right"/>')
                out.append(self.paragraph(text_box(paragraph)))
            else:
                out.append(self.block(block))
        return "".join(out)

    def title(self, lines: list[str]) -> list[str]:
        style = '<w:pStyle w:val="a3"/>'
        if self.traits.title_break and len(lines) > 1:
            broken = "<w:r><w:br/></w:r>".join(self.runs.text(x) for x in lines)
            return [self.paragraph(broken, style)]
        paragraphs = [self.paragraph(self.runs.text(x), style) for x in lines]
        return [self.paragraph(text_box("".join(paragraphs)))] if self.traits.boxed == "title" else paragraphs

    def block(self, block: Block) -> str:
        if isinstance(block, MetadataBlock):
            return "".join(self.paragraph(self.runs.text(f"{k}：{v}")) for k, v in block.pairs)
        if isinstance(block, MissingTable):
            return self.paragraph("")
        if isinstance(block, Heading):
            return self.heading(block)
        if isinstance(block, Table):
            # Word needs a paragraph between two tables, and writers leave one after each.
            return self.placed(self.table(block.sheet)) + self.paragraph("")
        if block.kind == "signature":
            return self.paragraph("<w:r><w:tab/><w:tab/></w:r>" + self.runs.text(block.text), '<w:jc w:val="right"/>')
        note = ""
        if self.traits.footnote and block.text.startswith(("（一）", "(一)")):
            note = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="1"/></w:r>'
        return self.paragraph(self.runs.text(block.text) + note, '<w:ind w:firstLine="420"/>')

    def heading(self, block: Heading) -> str:
        style = '<w:pStyle w:val="1"/>'
        if self.is_numbered:
            style += '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
        mark = '<w:bookmarkStart w:id="0" w:name="_GoBack"/><w:bookmarkEnd w:id="0"/>' if block.has_bookmark else ""
        return self.paragraph(mark + self.runs.text(block.label if self.is_numbered else block.text), style)

    def placed(self, table: str) -> str:
        """The table, or a layout table of one cell with the table in it."""
        if not self.traits.layout_table:
            return table
        cell = f'<w:tc><w:tcPr><w:tcW w:w="9700" w:type="dxa"/></w:tcPr>{table}<w:p/></w:tc>'
        grid = '<w:tblGrid><w:gridCol w:w="9700"/></w:tblGrid>'
        return f'<w:tbl><w:tblPr><w:tblW w:w="9700" w:type="dxa"/></w:tblPr>{grid}<w:tr>{cell}</w:tr></w:tbl>'

    # ---- tables ----
    def table(self, sheet: Sheet) -> str:
        sheet = sheets.doubled(sheet) if self.traits.odd_grid else sheet
        widths = widths_of(sheet)
        columns = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
        properties = (
            f'<w:tblPr><w:tblStyle w:val="a4"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
            '<w:tblLayout w:type="fixed"/></w:tblPr>'
        )
        rows = [self.row(sheet, row) for row in range(sheet.height)]
        if self.traits.deleted_row and sheet.header_rows:
            rows.append(self.deleted_row(sheet))
        return f"<w:tbl>{properties}<w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"

    def row(self, sheet: Sheet, row: int) -> str:
        repeated = self.traits.repeats_header and row < sheet.header_rows
        properties = "<w:cantSplit/>" + ("<w:tblHeader/>" if repeated else "")
        cells = "".join(self.cell(sheet, cell, row) for cell in sheet.slots(row))
        return f"<w:tr><w:trPr>{properties}</w:trPr>{cells}</w:tr>"

    def cell(self, sheet: Sheet, cell: SheetCell, row: int) -> str:
        width = sum(widths_of(sheet)[cell.column : cell.column + cell.column_span])
        properties = f'<w:tcW w:w="{width}" w:type="dxa"/>'
        if cell.column_span > 1:
            properties += f'<w:gridSpan w:val="{cell.column_span}"/>'
        if cell.row_span > 1:
            properties += '<w:vMerge w:val="restart"/>' if cell.row == row else "<w:vMerge/>"
        properties += '<w:vAlign w:val="center"/>'
        inner = self.cell_paragraphs(sheet, cell) if cell.row == row else "<w:p/>"
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"

    def cell_paragraphs(self, sheet: Sheet, cell: SheetCell) -> str:
        centred = '<w:jc w:val="center"/>' if cell.key or cell.column >= sheet.label_columns else ""
        if cell.key:
            is_total = cell.key[1].endswith("total")
            blank = run(self.report.options.blank_text) if not cell.text and self.report.options.blank_text else ""
            return self.paragraph(blank + self.runs.number(cell.text, is_total=is_total), centred)
        if self.traits.paragraphs_in_headers and len(cell.text) == 4 and cell.row < sheet.header_rows:
            halves = (cell.text[:2], cell.text[2:])
            return "".join(self.paragraph(self.runs.text(x), centred) for x in halves)
        return self.paragraph(self.runs.text(cell.text), centred)

    def deleted_row(self, sheet: Sheet) -> str:
        """A row that a tracked change took out; its numbers are no longer there."""
        change = f"<w:del {self.runs.change()}/>"
        gone = f"<w:del {self.runs.change()}><w:r><w:delText>{self.rng.randint(1, 50)}</w:delText></w:r></w:del>"
        cell = f'<w:tc><w:tcPr><w:tcW w:w="600" w:type="dxa"/></w:tcPr>{self.paragraph(gone)}</w:tc>'
        return f"<w:tr><w:trPr>{change}</w:trPr>{cell * sheet.width}</w:tr>"


def document(report: Report, *, is_plain: bool) -> bytes:
    """The .docx file of a report; a plain one has no traits that other programs drop."""
    traits = random_traits(report.rng("docx"), is_plain=is_plain)
    return package(Body(report, traits).write(), head=traits.page_head, is_paged=traits.is_paged)


@file_format("docx", ".docx")
def docx(report: Report) -> Written:
    """A Word document with tracked changes, text boxes, fields and other things that Word keeps."""
    return Written(document(report, is_plain=False))
