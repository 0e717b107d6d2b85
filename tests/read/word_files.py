"""Builds small DOCX files by hand: the XML that Word writes, in a ZIP, and readers of what came out."""

from __future__ import annotations

import io
import zipfile

from pipeline.model import Document, Grid, SourceFile, Unusable
from pipeline.read import docx

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/{main}" ContentType="application/vnd.{kind}.main+xml"/></Types>'
)
RELATIONSHIPS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="' + OFFICE + '/officeDocument" Target="{main}"/></Relationships>'
)
WORD = "openxmlformats-officedocument.wordprocessingml.document"
SOURCE = SourceFile(path="a.docx", intake="unsorted")


def package(
    body: str,
    *,
    styles: str | None = None,
    numbering: str | None = None,
    main: str = "word/document.xml",
    kind: str = WORD,
    parts: dict[str, str] | None = None,
) -> bytes:
    """A DOCX with this content of w:body; `styles` and `numbering` are the contents of those parts."""
    files = {
        "[Content_Types].xml": TYPES.format(main=main, kind=kind),
        "_rels/.rels": RELATIONSHIPS.format(main=main),
        main: f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
    }
    if styles is not None:
        files["word/styles.xml"] = f"<w:styles {NAMESPACES}>{styles}</w:styles>"
    if numbering is not None:
        files["word/numbering.xml"] = f"<w:numbering {NAMESPACES}>{numbering}</w:numbering>"
    return zipped(files | (parts or {}))


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, text in files.items():
            z.writestr(name, text)
    return out.getvalue()


def p(*content: str, style: str = "", properties: str = "") -> str:
    """A paragraph; content that is no element is a run of text."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{''.join(map(r, content))}</w:p>"


def r(content: str, properties: str = "") -> str:
    """A run; content that is an element stays as it is."""
    if content.startswith("<"):
        return content
    rpr = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{rpr}<w:t xml:space="preserve">{content}</w:t></w:r>'


def tc(content: str = "", *, span: int = 1, down: str | None = None, width: int = 0, properties: str = "") -> str:
    """A cell; `down` is its w:vMerge: "restart", "continue" or "" for one without a value."""
    inside = f'<w:tcW w:w="{width}" w:type="dxa"/>' if width else ""
    inside += f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    if down is not None:
        inside += f'<w:vMerge w:val="{down}"/>' if down else "<w:vMerge/>"
    blocks = content if content.startswith(("<w:p>", "<w:tbl>", "<w:sdt>")) else p(content) if content else p()
    return f"<w:tc><w:tcPr>{inside}{properties}</w:tcPr>{blocks}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    """A row; a cell that is no element is one of that text."""
    trpr = f"<w:trPr>{properties}</w:trPr>" if properties else ""
    return f"<w:tr>{trpr}{''.join(c if c.startswith('<') else tc(c) for c in cells)}</w:tr>"


def tbl(*rows: str, grid: tuple[int, ...] = ()) -> str:
    columns = "".join(f'<w:gridCol w:w="{w}"/>' for w in grid)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"


def read(data: bytes) -> Document:
    assert docx.sniff(data, SOURCE)
    document = docx.read(data, SOURCE)
    assert isinstance(document, Document), document
    return document


def lines(body: str, **parts: str) -> list[str]:
    """The lines of text that a body is read as."""
    return read(package(body, **parts)).text.splitlines()  # type: ignore[arg-type]


def unusable(data: bytes) -> Unusable:
    result = docx.read(data, SOURCE)
    assert isinstance(result, Unusable)
    return result


def cells(document: Document, grid: Grid) -> list[tuple[int, int, int, int, str]]:
    """(row, row_span, left, right, text) of each cell of a grid."""
    return [(c.row, c.row_span, c.left, c.right, document.text[c.start : c.end]) for c in grid.cells]


def only_grid(body: str, **parts: str) -> list[tuple[int, int, int, int, str]]:
    """The cells of the one grid that a body is read as."""
    document = read(package(body, **parts))  # type: ignore[arg-type]
    (grid,) = document.grids
    return cells(document, grid)


def field(instruction: str, result: str) -> str:
    """A complex field: begin, instruction, separator, result, end."""
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    code = f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
    return mark.format("begin") + code + mark.format("separate") + r(result) + mark.format("end")


def numbered(list_id: int, level: int = 0) -> str:
    """Paragraph properties of a numbered paragraph."""
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'


def level(at: int, number_format: str, text: str, *, start: int = 1, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{number_format}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def lists(*abstracts: str, more: str = "") -> str:
    """A numbering part: list n+1 uses the n-th abstract list, given by its levels."""
    return (
        "".join(f'<w:abstractNum w:abstractNumId="{n}">{a}</w:abstractNum>' for n, a in enumerate(abstracts))
        + "".join(f'<w:num w:numId="{n + 1}"><w:abstractNumId w:val="{n}"/></w:num>' for n in range(len(abstracts)))
        + more
    )
