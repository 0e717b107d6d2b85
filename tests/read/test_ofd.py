"""OFD packages become the text and the grids that stand on their pages."""

from __future__ import annotations

import io
import zipfile

import pytest

from pipeline.document import parse_text
from pipeline.model import Document, SourceFile
from pipeline.read import ofd as reader
from pipeline.read.fault import Fault
from tests.corpus.formats import render_many
from tests.corpus.options import random_options
from tests.corpus.score import verdicts
from tests.corpus.truth import random_truth
from tests.read.ofd_files import package, path, text

SOURCE = SourceFile("report.ofd", "2024")

TABLE = path("M 20 20 L 100 20 L 100 40 L 20 40 C") + path("M 60 20 L 60 40 M 20 30 L 100 30")


def read(*pages: str, template: str = "") -> Document:
    data = package(*pages, template=template)
    assert reader.sniff(data, SOURCE)
    document = reader.read(data, SOURCE)
    assert isinstance(document, Document)
    return document


def cells(document: Document) -> list[str]:
    return [document.text[c.start : c.end] for c in document.grids[0].cells]


def test_paths_build_cells_and_grouped_advances_place_characters() -> None:
    words = [
        text(22, 22, "予以公开", 'DeltaX="g 3 4"'),
        text(62, 22, "1234", 'DeltaX="g 3 2"'),
        text(22, 32, "总计", 'DeltaX="4"'),
        text(62, 32, "10", 'DeltaX="4"'),
    ]
    document = read(TABLE + "".join(words))
    assert cells(document) == ["予以公开", "1234", "总计", "1 0"]
    assert document.places[0].parts == (("page", 1), ("table", 1), ("row", 1), ("column", 1))


def test_matrices_and_nested_blocks_are_followed() -> None:
    scaled = (
        '<ofd:PageBlock><ofd:PageBlock><ofd:TextObject Boundary="62 22 30 6" Font="1" Size="1" CTM="4 0 0 4 0 0">'
        '<ofd:TextCode X="0" Y="1" DeltaX="0.5">12</ofd:TextCode></ofd:TextObject></ofd:PageBlock></ofd:PageBlock>'
    )
    assert cells(read(TABLE + text(22, 22, "总计", 'DeltaX="4"') + scaled)) == ["总计", "12", "", ""]


def test_a_template_stands_under_every_page() -> None:
    words = text(22, 22, "总计", 'DeltaX="4"') + text(62, 22, "7") + text(62, 32, "8")
    document = read(words, words, template=TABLE)
    assert len(document.grids) == 2
    assert cells(document) == ["总计", "7", "", "8"]


def test_a_label_set_downwards_and_a_watermark_on_a_slant() -> None:
    down = text(24, 21, "结果", 'DeltaX="0" DeltaY="4"')
    slanted = text(62, 22, "9样本9", 'DeltaX="g 3 4"', 'CTM="0.7 0.7 -0.7 0.7 0 0"')
    document = read(TABLE + down + text(62, 22, "7") + slanted)
    assert cells(document)[:2] == ["结果", "7"]
    assert any("slanted" in n for n in document.notes)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (package('<ofd:ImageObject Boundary="0 0 210 297" ResourceID="3"/>'), "only_images"),
        (package(""), "no_text"),
        (package("", parts={"Doc_0/Document.xml": "\x01\x02"}), "damaged"),
        (package("", extra="<ofd:Encryptions/>", parts={"Doc_0/Document.xml": "\x01\x02"}), "encrypted"),
        (package(text(0, 0, "公开", 'DeltaX="g 999999 4"') * 3)[:-40], "damaged"),
    ],
)
def test_what_cannot_be_read_ends_with_its_reason(data: bytes, reason: str) -> None:
    assert reader.sniff(data, SOURCE)
    with pytest.raises(Fault) as fault:
        reader.read(data, SOURCE)
    assert fault.value.reason_code == reason


def test_advances_without_end_are_bounded() -> None:
    document = read(text(20, 20, "公开", 'DeltaX="g 999999 4 g 999999 4"'))
    assert document.text == "公开\n"


def test_packages_of_other_formats_are_left_to_others() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("word/document.xml", "<a/>")
    assert not reader.sniff(out.getvalue(), SOURCE)


def test_reports_give_every_cell() -> None:
    for file in render_many([(random_truth(s), random_options(s)) for s in range(6)], "ofd"):
        document = reader.read(file.data, SOURCE)
        assert isinstance(document, Document)
        judged = verdicts(file.gold, parse_text(document))
        wrong = [
            (v.gold.key, v.verdict) for v in judged if v.verdict in ("silent", "missing", "flagged", "overclaimed")
        ]
        assert not wrong


@pytest.mark.parametrize("size", [4.0, 0.01, 1e-6])
def test_a_table_in_print_too_small_to_be_seen_makes_no_longer_lines(size: float) -> None:
    """Without lines, columns are set apart by blanks as wide as the print: a millimetre has a million of the smallest."""
    rows = [
        f'<ofd:TextObject Boundary="{x} {20 + 1.5 * size * row:f} 80 6" Font="1" Size="{size:f}">'
        f'<ofd:TextCode X="0" Y="{size:f}">{row}2</ofd:TextCode></ofd:TextObject>'
        for row in range(4)
        for x in (20, 90, 150)
    ]
    lines = read("".join(rows)).text.splitlines()
    assert [line.split() for line in lines] == [[f"{row}2"] * 3 for row in range(4)]
    assert max(map(len, lines)) < 2_100


@pytest.mark.parametrize("flat", ['Size="0"', 'CTM="1 0 0 0 0 0"', 'CTM="0 0 0 1 0 0"'])
def test_what_has_no_extent_is_not_shown(flat: str) -> None:
    def row(y: float, attributes: str) -> str:
        pieces = (text(x, y, f"{x}2", attributes=attributes) for x in (20, 90, 150))
        return "".join(p.replace('Size="4" ', "") if "Size" in attributes else p for p in pieces)

    shown = read(row(20, "") + row(26, "") + row(32, flat)).text
    assert [line.split() for line in shown.splitlines()] == [["202", "902", "1502"]] * 2
