"""DOC, WPS and RTF files. `files/*.doc` were written by LibreOffice from files like those of `word_files`."""

from __future__ import annotations

import shutil
import struct
import subprocess
import time
from pathlib import Path

import pytest

from pipeline import limits
from pipeline.model import Document, SourceFile, Unusable
from pipeline.read import doc
from pipeline.read.fault import Fault
from tests.read.word_files import cells, level, lists, numbered, p, package, r, tbl, tc, tr
from tests.read.word_files import read as read_docx

FILES = Path(__file__).parent / "files"
SOURCE = SourceFile(path="a.doc", intake="unsorted")
MERGED = (FILES / "merged_and_revised.doc").read_bytes()
UNEVEN = (FILES / "uneven_edges.doc").read_bytes()
STRUCK = (FILES / "struck_and_raised.doc").read_bytes()
OFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(OFFICE is None, reason="skipped: no LibreOffice")
RTF = rb"{\rtf1\ansi\uc1 \u30002?\u38271?\par\trowd\cellx1000\cellx2000\intbl 1\cell 2\cell\row\pard\par}"


def read(data: bytes) -> Document:
    assert doc.sniff(data, SOURCE)
    document = doc.read(data, SOURCE)
    assert isinstance(document, Document), document
    return document


def fault(data: bytes) -> str:
    with pytest.raises(Fault) as caught:
        doc.read(data, SOURCE)
    return caught.value.reason_code


def by_office(data: bytes, suffix: str, target: str, folder: Path) -> bytes:
    """A file converted by LibreOffice."""
    source = folder / f"in.{suffix}"
    source.write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [str(OFFICE), profile, "--headless", "--convert-to", target, "--outdir", str(folder / "out"), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / "out" / f"in.{target.partition(':')[0]}").read_bytes()


def with_fib(offset: int, value: int) -> bytes:
    """The file with another 16-bit word in the header of its Word stream ([MS-DOC] 2.5.2)."""
    at = MERGED.index(b"\xec\xa5") + offset
    return MERGED[:at] + struct.pack("<H", value) + MERGED[at + 2 :]


def renamed(new: str) -> bytes:
    """The file with another name for its Word stream: an OLE file of another program."""
    old = "WordDocument".encode("utf-16-le")
    at = MERGED.index(old)
    name = new.encode("utf-16-le") + b"\0\0"
    entry = name.ljust(64, b"\0") + struct.pack("<H", len(name))
    return MERGED[:at] + entry + MERGED[at + 66 :]


@pytest.fixture
def no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without LibreOffice: nothing on the path."""
    monkeypatch.setenv("PATH", "")


@pytest.mark.usefixtures("no_office")
def test_text_is_read_as_the_page_shows_it() -> None:
    # Deleted (二十), hidden and instruction text is in the file and not on the page; headings are numbered by a list.
    assert read(MERGED).text.splitlines()[:5] == [
        "青石县水务局2023年政府信息公开工作年度报告",
        "一、总体情况",
        "全年主动公开三十条。",
        "见附件。",
        "二、收到和处理政府信息公开申请情况",
    ]


@pytest.mark.usefixtures("no_office")
def test_struck_text_is_left_out_and_raised_digits_are_no_digits_of_a_number() -> None:
    # Struck are 二十, 八 (twice), 五 (by a character style), a whole paragraph (by its style), 5 of 53 and a 7.
    document = read(STRUCK)
    assert document.text.splitlines() == [
        "青石县水务局2023年政府信息公开工作年度报告",
        "全年公开三十条。",
        "甲\t乙\t丙",
        "3\t3^1\t4_2",
        "\t5\t6",
    ]
    (grid,) = document.grids
    assert [c[4] for c in cells(document, grid)][3:] == ["3", "3^1", "4_2", "", "5", "6"]


@pytest.mark.usefixtures("no_office")
def test_merged_cells_take_their_rows_and_columns() -> None:
    document = read(MERGED)
    (grid,) = document.grids
    assert cells(document, grid) == [
        (0, 2, 0, 3, "办理结果"),
        (0, 1, 3, 6, "申请人情况"),
        (1, 1, 3, 4, "自然人"),
        (1, 1, 4, 5, "企业"),
        (1, 1, 5, 6, "总计"),
        (2, 3, 0, 1, "三、本年度办理结果"),
        (2, 1, 1, 3, "（一）予以公开"),
        (2, 1, 3, 4, "12"),
        (2, 1, 4, 5, ""),
        (2, 1, 5, 6, "12"),
        (3, 2, 1, 2, "（三）不予公开"),
        (3, 1, 2, 3, "1. 属于国家秘密"),
        (3, 1, 3, 4, "1"),
        (3, 1, 4, 5, "/"),
        (3, 1, 5, 6, "1"),
        (4, 1, 2, 3, "2. 其他法律行政法规禁止公开"),
        (4, 1, 3, 4, ""),
        (4, 1, 4, 5, "0"),
        (4, 1, 5, 6, "2"),
    ]


@pytest.mark.usefixtures("no_office")
def test_edges_that_differ_from_row_to_row_are_one_column() -> None:
    document = read(UNEVEN)
    (grid,) = document.grids
    assert [(c[0], c[2], c[3], c[4]) for c in cells(document, grid)] == [
        (0, 0, 1, "信息内容"),
        (0, 1, 2, "本年制发件数"),
        (0, 2, 3, "本年废止件数"),
        (0, 3, 4, "现行有效件数"),
        (1, 0, 1, "规章"),
        (1, 1, 2, "1"),
        (1, 2, 3, "2"),
        (1, 3, 4, "3"),
        (2, 0, 1, "信息内容"),
        (2, 1, 4, "本年处理决定数量"),
        (3, 0, 1, "行政许可"),
        (3, 1, 4, "45"),
    ]


def test_files_of_other_programs_are_not_supported() -> None:
    for name, said in (("Workbook", "Excel"), ("PowerPoint", "OLE file"), ("Contents", "OLE file")):
        result = doc.read(renamed(name), SOURCE)
        assert isinstance(result, Unusable)
        assert result.reason_code == "unsupported_format"
        assert said in result.reason


def test_protected_files_say_so() -> None:
    assert fault(renamed("EncryptedPackage")) == "encrypted"
    assert fault(with_fib(10, 0x0300)) == "encrypted"


@pytest.mark.usefixtures("no_office")
def test_older_files_and_rtf_need_libreoffice() -> None:
    assert fault(with_fib(2, 0x68)) == "needs_libreoffice"
    assert fault(RTF) == "needs_libreoffice"
    assert (
        fault(b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument/>')
        == "needs_libreoffice"
    )


def test_garbage_and_half_a_file_are_damaged() -> None:
    assert fault(MERGED[:8] + b"\x00" * 4000) == "damaged"
    assert fault(MERGED[:3000]) == "damaged"
    assert fault(MERGED[:8]) == "damaged"


@pytest.mark.usefixtures("no_office")
def test_damage_anywhere_ends_in_a_reason_and_soon() -> None:
    for at in range(512, len(MERGED), 401):
        data = MERGED[:at] + b"\xff\xff\xff\x7f" + MERGED[at + 4 :]
        began = time.perf_counter()
        try:
            doc.read(data, SOURCE)
        except Fault as e:
            assert e.reason_code in ("damaged", "needs_libreoffice", "encrypted", "too_complex")
        assert time.perf_counter() - began < 5


def test_other_formats_are_left_to_others() -> None:
    assert not doc.sniff(package(p("甲")), SOURCE)
    assert not doc.sniff("正文".encode(), SOURCE)
    assert not doc.sniff(b'<?xml version="1.0"?><html/>', SOURCE)


@needs_office
def test_a_document_reads_the_same_as_docx_and_as_doc(tmp_path: Path) -> None:
    numbering = lists(level(0, "chineseCounting", "（%1）") + level(1, "decimal", "%2."))
    relationships = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering" Target="numbering.xml"/>'
        "</Relationships>"
    )
    inner = tbl(tr(tc("规章", width=900), tc("𠮷", width=900)), grid=(900, 900))
    body = (
        p("公开", properties=numbered(1))
        + tbl(
            tr(tc("甲", span=2, width=2000), tc("乙", width=900)),
            tr(tc("丙", width=1000, down="restart"), tc(p("一", properties=numbered(1, 1)), width=1000), tc(width=900)),
            tr(tc(width=1000, down="continue"), tc(p("二", properties=numbered(1, 1)), width=1000), tc("5", width=900)),
            grid=(1000, 1000, 900),
        )
        + p("办理", r("隐", "<w:vanish/>"), properties=numbered(1))
        + tbl(tr(tc(inner + p("正文"), width=2000)), grid=(2000,))
        + p("完")
    )
    data = package(body, numbering=numbering, parts={"word/_rels/document.xml.rels": relationships})
    a, b = read_docx(data), read(by_office(data, "docx", "doc:MS Word 97", tmp_path))
    assert b.text == a.text
    assert [cells(b, g) for g in b.grids] == [cells(a, g) for g in a.grids]
    assert b.reader == "doc/1"
    assert not b.notes


@needs_office
def test_rtf_is_read_through_libreoffice() -> None:
    document = read(RTF)
    assert document.text == "甲长\n1\t2\n"
    assert document.notes == ("Converted by LibreOffice.",)


@needs_office
def test_what_libreoffice_cannot_read_is_damaged() -> None:
    assert fault(b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:broken') == "damaged"


@needs_office
def test_libreoffice_ends_with_the_time_for_the_document() -> None:
    before = limits.current()
    limits.use(before.with_settings({"max_seconds": 1}))
    try:
        began = time.perf_counter()
        assert fault(b"{\\rtf1 " + b"\\trowd\\cellx900\\intbl 1\\cell\\row" * 300_000 + b"}") == "timed_out"
        assert time.perf_counter() - began < 10
    finally:
        limits.use(before)
