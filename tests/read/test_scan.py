# ruff: noqa: E402  numpy and the recogniser are asked for first
"""Scans and image files: every number right or marked as doubtful, never a blank where there is ink.

The two files under `files/` are a page of an invented report each, printed and then scanned: `scan_applications.pdf`
turned, blurred and compressed at 150 dpi, `scan_remedies.png` clean. The tables beside them say what their cells print.
"""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

np = pytest.importorskip("numpy", reason="skipped: the extra ocr is not installed")
cv2 = pytest.importorskip("cv2", reason="skipped: the extra ocr is not installed")
pytest.importorskip("rapidocr", reason="skipped: the extra ocr is not installed")
from PIL import Image

from pipeline import limits
from pipeline.model import Document, SourceFile
from pipeline.read import image, scan, scan_engine, scan_marks, scan_picture
from pipeline.read.fault import Fault

pytestmark = pytest.mark.xdist_group("scan")

FILES = Path(__file__).with_name("files")
PDF, PNG = (FILES / "scan_applications.pdf").read_bytes(), (FILES / "scan_remedies.png").read_bytes()
SOURCE = SourceFile("report", "2024")


def truths(name: str) -> list[tuple[tuple[float, ...], str]]:
    with (FILES / f"{name}.csv").open(encoding="utf-8") as file:
        return [
            (tuple(float(r[k]) for k in ("left", "top", "right", "bottom")), r["text"]) for r in csv.DictReader(file)
        ]


def in_box(page: scan.Page, box: tuple[float, ...]) -> tuple[str, float]:
    left, top, right, bottom = box
    found = [
        (round(g.top / 4), g.left, g.text, c)
        for g, c in zip(page.glyphs, page.certainty or (), strict=True)
        if left <= (g.left + g.right) / 2 < right and top <= (g.top + g.bottom) / 2 < bottom
    ]
    return "".join(t for _, _, t, _ in sorted(found)), min((c for *_, c in found), default=1.0)


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def grey(data: bytes) -> scan_engine.Picture:
    return np.asarray(Image.open(io.BytesIO(data)).convert("L"))


def packed(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


@pytest.fixture(scope="module")
def applications() -> scan.Recognised:
    (page,) = scan.pages_of_pdf(PDF, [1])
    return page


@pytest.fixture(scope="module")
def remedies() -> scan.Recognised:
    return scan.recognise(grey(PNG), 150, 1)


def test_every_cell_of_a_scanned_applications_table_is_right_or_doubtful(applications: scan.Recognised) -> None:
    wrong = []
    for box, text in truths("scan_applications"):
        read, certainty = in_box(applications.page, box)
        if plain(read) != plain(text):
            wrong.append((text, read, certainty))
    assert [w for w in wrong if w[2] >= scan.CERTAIN] == []
    assert [w for w in wrong if w[0].isdigit() or not w[0]] == []
    assert len(wrong) <= 4


def test_most_numbers_are_certain(applications: scan.Recognised) -> None:
    numbers = [in_box(applications.page, box) for box, text in truths("scan_applications") if text.isdigit()]
    assert sum(c >= scan.CERTAIN for _, c in numbers) >= 0.9 * len(numbers)


def test_the_rulings_close_in_the_printed_cells(applications: scan.Recognised) -> None:
    from pipeline.read.building import Builder
    from pipeline.read.pages import add_pages

    builder = Builder()
    add_pages(builder, [applications.page])
    cells = [c for grid in builder.document("test").grids for c in grid.cells]
    assert len(cells) == len(truths("scan_applications"))
    assert all(c.certainty is not None for c in cells if c.end > c.start)


def test_the_note_says_how_the_page_was_read(applications: scan.Recognised) -> None:
    expected = r"page 1: recognised from a picture at 150 dpi, skewed by -?[01]\.\d degrees; certainty 0\.9\d \(lowest 0\.\d\d, "
    assert re.match(expected, applications.note)


def test_the_same_picture_gives_the_same_page(remedies: scan.Recognised) -> None:
    assert scan.recognise(grey(PNG), 150, 1) == remedies


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_page_on_its_side_or_head_is_turned(turns: int, remedies: scan.Recognised) -> None:
    turned = scan.recognise(np.ascontiguousarray(np.rot90(grey(PNG), -turns)), 150, 1)
    assert f"turned by {90 * turns} degrees" in turned.note
    for box, text in truths("scan_remedies"):
        assert plain(in_box(turned.page, box)[0]) == plain(text)


def test_ink_that_gives_no_text_is_unread_and_never_blank() -> None:
    picture = grey(PNG).copy()
    box = next(box for box, text in truths("scan_remedies") if not text)
    left, top, right, bottom = (round(v * 150 / 72) for v in box)
    cv2.rectangle(picture, (left + 14, top + 10), (right - 14, bottom - 10), 60, -1)
    text, certainty = in_box(scan.recognise(picture, 150, 1).page, box)
    assert text
    assert certainty < scan.CERTAIN


def test_specks_in_a_blank_cell_are_no_ink() -> None:
    picture = grey(PNG).copy()
    box = next(box for box, text in truths("scan_remedies") if not text)
    x, y = round((box[0] + 6) * 150 / 72), round((box[1] + 6) * 150 / 72)
    picture[y : y + 2, x : x + 2] = 0
    picture[y + 8, x + 9] = 0
    assert in_box(scan.recognise(picture, 150, 1).page, box) == ("", 1.0)


@pytest.mark.parametrize(
    ("text", "mark"), [("/", "/"), ("-", "-"), ("--", "--"), ("1", None), ("7", None), ("0", None)]
)
def test_a_mark_is_told_by_its_shape(text: str, mark: str | None) -> None:
    ink = np.zeros((60, 120), np.uint8)
    cv2.putText(ink, text, (20, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 1, 2)
    ys, xs = np.nonzero(ink)
    assert scan_marks.mark(ink[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1], 200 / 72) == mark


@pytest.mark.parametrize("degrees", [-1.4, -0.35, 0.0, 0.8])
def test_the_skew_is_measured(degrees: float) -> None:
    picture = scan_picture.turn(grey(PNG), degrees)
    assert scan_picture.skew(picture) == pytest.approx(-degrees, abs=0.06)


# ---- image files ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP"])
def test_image_files_are_known_by_their_first_bytes(kind: str) -> None:
    assert image.sniff(packed(Image.new("L", (30, 20), 255), kind), SOURCE)


@pytest.mark.parametrize(
    "data", [b"BMW and other cars are not pictures.", b"%PDF-1.7", b"RIFF\0\0\0\0WAVE", b"II and MM"]
)
def test_other_files_are_not(data: bytes) -> None:
    assert not image.sniff(data, SOURCE)


def test_an_image_file_is_read_like_a_page() -> None:
    document = image.read(PNG, SOURCE)
    assert isinstance(document, Document)
    assert "五、存在的主要问题及改进情况" in document.text
    values = [c for c in document.grids[0].cells if document.text[c.start : c.end] in {"0", "2", "4"}]
    assert len(values) == 12
    assert document.notes[0].startswith("page 1: recognised from a picture at 150 dpi")


def test_each_picture_of_a_tiff_is_a_page() -> None:
    page = Image.open(io.BytesIO(PNG)).convert("L")
    data = packed(page, "TIFF", save_all=True, append_images=[page], dpi=(150, 150), compression="tiff_lzw")
    document = image.read(data, SOURCE)
    assert isinstance(document, Document)
    assert [n.split(":")[0] for n in document.notes] == ["page 1", "page 2"]


def test_the_camera_says_how_it_was_held() -> None:
    page = Image.open(io.BytesIO(PNG)).convert("L")
    exif = Image.Exif()
    exif[0x0112] = 6  # shown after a quarter turn to the right
    data = packed(page.rotate(90, expand=True), "JPEG", exif=exif, dpi=(150, 150), quality=92)
    document = image.read(data, SOURCE)
    assert isinstance(document, Document)
    assert "turned" not in document.notes[0]


def fault_of(data: bytes) -> str:
    with pytest.raises(Fault) as caught:
        image.read(data, SOURCE)
    return caught.value.reason_code


def test_a_truncated_picture_is_damaged() -> None:
    assert fault_of(PNG[: len(PNG) // 2]) == "damaged"
    assert fault_of(PNG[:20]) == "damaged"


def test_a_tiff_that_does_not_say_how_wide_it_is_is_damaged() -> None:
    # The tag ImageWidth (256) becomes one that nobody knows: Pillow raises TypeError for that.
    data = packed(Image.new("L", (60, 40), 255), "TIFF")
    at = data.index(b"\x00\x01\x04\x00\x01")
    assert fault_of(data[:at] + b"\xff\xff" + data[at + 2 :]) == "damaged"


def test_an_empty_picture_has_no_text() -> None:
    assert fault_of(packed(Image.new("L", (1240, 900), 255), "PNG")) == "no_text"


def test_a_picture_beyond_the_limit_is_refused_before_it_is_unpacked() -> None:
    # A header that announces 50,000 by 50,000 pixels, and nothing behind it.
    data = bytearray(packed(Image.new("L", (10, 10), 255), "PNG"))
    data[16:24] = (50_000).to_bytes(4, "big") * 2
    import zlib

    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    assert fault_of(bytes(data)) == "too_complex"


def test_pages_beyond_the_limit_are_refused() -> None:
    before = limits.current()
    frames = [Image.new("L", (60, 40), 255)] * 2
    data = packed(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    try:
        limits.use(before.with_settings({"max_recognised_pages": 1}))
        assert fault_of(data) == "too_complex"
        # With 0 nothing is read from pictures, as if the extra were not installed.
        limits.use(before.with_settings({"max_recognised_pages": 0}))
        assert fault_of(data) == "needs_ocr"
    finally:
        limits.use(before)


WITHOUT_EXTRA = """
import importlib.util, sys
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "rapidocr" else found(name, package)
from pathlib import Path
from pipeline.model import SourceFile
from pipeline.read import image, scan
from pipeline.read.fault import Fault
for read in (lambda: image.read(Path(sys.argv[1]).read_bytes(), SourceFile("a", "b")), lambda: scan.pages_of_pdf(b"", [1])):
    try:
        read()
    except Fault as fault:
        print(fault.reason_code, "ogi-panel[ocr]" in fault.reason)
"""


def test_without_the_extra_the_reason_names_it() -> None:
    command = [sys.executable, "-c", WITHOUT_EXTRA, str(FILES / "scan_remedies.png")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.splitlines() == ["needs_ocr True", "needs_ocr True"]


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, (4 * 1024**3,) * 2)
from pathlib import Path
from pipeline.read import scan
page = scan.pages_of_pdf(Path(sys.argv[1]).read_bytes(), [1])[0].page
print(len(page.glyphs) > 500)
"""


def test_a_process_with_four_gigabytes_reads_quietly() -> None:
    command = [sys.executable, "-c", LIMITED, str(FILES / "scan_applications.pdf")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert (done.stdout, done.stderr) == ("True\n", "")
