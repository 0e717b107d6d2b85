"""Writes small OFD packages by hand: pages of texts and paths, at the millimetre that a test says."""

from __future__ import annotations

import io
import zipfile

NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def package(*pages: str, template: str = "", extra: str = "", parts: dict[str, str] | None = None) -> bytes:
    """A package of pages given by the objects in their layer; all use the template, if there is one."""
    listed = "".join(f'<ofd:Page ID="{i + 10}" BaseLoc="Pages/P{i}.xml"/>' for i in range(len(pages)))
    used = '<ofd:Template TemplateID="5" ZOrder="Background"/>' if template else ""
    declared = '<ofd:TemplatePage ID="5" BaseLoc="Tpls/T.xml"/>' if template else ""
    files = {
        "OFD.xml": f"<ofd:OFD {NAMESPACE}><ofd:DocBody>{extra}<ofd:DocRoot>/Doc_0/Document.xml</ofd:DocRoot>"
        "</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {NAMESPACE}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
        f"</ofd:PhysicalBox></ofd:PageArea>{declared}</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
        "Doc_0/Tpls/T.xml": f"<ofd:Page {NAMESPACE}><ofd:Content><ofd:Layer>{template}</ofd:Layer></ofd:Content></ofd:Page>",
    }
    for i, objects in enumerate(pages):
        files[f"Doc_0/Pages/P{i}.xml"] = (
            f"<ofd:Page {NAMESPACE}>{used}<ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content></ofd:Page>"
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, text in (files | (parts or {})).items():
            z.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


def text(x: float, y: float, content: str, delta: str = "", attributes: str = "") -> str:
    """A text of size 4 mm whose baseline is 4 mm below y."""
    return (
        f'<ofd:TextObject Boundary="{x} {y} 80 6" Font="1" Size="4" {attributes}>'
        f'<ofd:TextCode X="0" Y="4" {delta}>{content}</ofd:TextCode></ofd:TextObject>'
    )


def path(data: str, boundary: str = "0 0 210 297", attributes: str = "") -> str:
    return (
        f'<ofd:PathObject Boundary="{boundary}" {attributes}><ofd:AbbreviatedData>{data}</ofd:AbbreviatedData>'
        "</ofd:PathObject>"
    )
