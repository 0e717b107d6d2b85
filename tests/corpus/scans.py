"""Random reports as scans: printed by a browser, drawn at some resolution, spoilt like paper that was copied and scanned.

`print_report` gives the PDF with its text, `page_truths` what stands in each cell of it (from the PDF's own characters
and borders), `scan` a picture of a page.
"""

from __future__ import annotations

import ctypes
import html
import random
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from tests.corpus.grid import Sheet, build
from tests.corpus.options import Options
from tests.corpus.truth import Truth

CHROMIUM = "chromium"
TEXT_FONTS = ("Noto Serif CJK SC", "Noto Sans CJK SC", "WenQuanYi Zen Hei")
NUMBER_FONTS = ("Liberation Serif", "Liberation Sans", "")
HEADINGS = {
    "overview": "一、总体情况",
    "proactive": "二、主动公开政府信息情况",
    "applications": "三、收到和处理政府信息公开申请情况",
    "remedies": "四、政府信息公开行政复议、行政诉讼情况",
    "problems": "五、存在的主要问题及改进情况",
    "other_matters": "六、其他需要报告的事项",
}
CONDITIONS = ("clean", "copied", "noisy", "faint", "jpeg")
"""Clean as printed; the others turned by 0.3 to 1.5 degrees and: blurred and grey; noisy with specks; thin, pale, with gaps
and under uneven light; strongly compressed."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class CellTruth:
    """A cell of a printed table: its box in points (left, top, right, bottom) and the characters in it, in order."""

    box: Box
    text: str
    is_value: bool


# ---- print ----------------------------------------------------------------------------------------------------------
def html_report(truth: Truth, options: Options, *, is_dense: bool = False) -> str:
    """The report as a page to print; fonts, sizes and lines vary with the seed.

    Real tables have mostly zeros: `is_dense` puts a random number in every cell instead, to try the recogniser.
    """
    rng = random.Random(f"print{truth.seed}")
    text_font, number_font = rng.choice(TEXT_FONTS), rng.choice(NUMBER_FONTS)
    fonts = ", ".join(f"'{f}'" for f in (number_font, text_font) if f)
    size, line, margin = rng.choice((9, 9.5, 10.5, 10.5, 12)), rng.choice((0.5, 0.75, 1)), rng.choice((16, 20, 25))
    out = [
        "<!doctype html><meta charset=utf-8><style>"
        f"@page{{size:A4;margin:{margin}mm}}body{{font:12pt/1.8 {fonts};margin:0}}h1{{font-size:18pt;text-align:center}}"
        f"table{{border-collapse:collapse;width:100%;font-size:{size}pt;line-height:1.4;table-layout:auto;margin:6pt 0}}"
        f"td{{border:{line}pt solid #000;text-align:center;padding:{rng.choice((1.5, 3, 4))}pt;height:{rng.choice((14, 18))}pt}}"
        "tr{page-break-inside:avoid}p{text-indent:2em;margin:3pt 0}td.l{text-align:left}</style>",
        f"<h1>{html.escape(truth.title)}</h1>",
    ]
    for code, heading in HEADINGS.items():
        out.append(f"<p>{heading}</p>")
        out += [f"<p>{html.escape(p)}</p>" for p in truth.paragraphs.get(code, ())]
        if code in truth.tables:
            out.append(html_table(sheet_of(truth, code, options, is_dense=is_dense)))
    return "\n".join(out)


def sheet_of(truth: Truth, code: str, options: Options, *, is_dense: bool = False) -> Sheet:
    """The table as it is printed."""
    sheet = build(truth.tables[code], options, delimited=True)
    if not is_dense:
        return sheet
    rng = random.Random(f"dense{truth.seed}{code}")
    return replace(sheet, cells=tuple(replace(c, text=_number(rng)) if c.key else c for c in sheet.cells))


def _number(rng: random.Random) -> str:
    digits = rng.choice((1, 1, 1, 2, 2, 3, 4, 5))
    number = str(rng.randrange(10 ** (digits - 1) * (digits > 1), 10**digits))
    return number if rng.random() > 0.04 else f"{number}.{rng.randint(1, 99):02}"


def html_table(sheet: Sheet) -> str:
    out = ["<table>"]
    for row in sheet.rows():
        out.append("<tr>")
        for c in row:
            label = "" if c.key or c.row < sheet.header_rows else " class=l"
            out.append(f"<td rowspan={c.row_span} colspan={c.column_span}{label}>{html.escape(c.text)}</td>")
    return "".join([*out, "</table>"])


def print_html(page: str) -> bytes:
    """A PDF as the browser prints it. Raises RuntimeError where there is no chromium."""
    program = shutil.which(CHROMIUM)
    if program is None:
        raise RuntimeError("chromium is not installed")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "page.html"), Path(folder, "page.pdf")
        source.write_text(page, encoding="utf-8")
        options = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
        command = [program, *options.split(), "--disable-component-update", "--disable-sync", "--no-pdf-header-footer"]
        command += [f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}", source.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return target.read_bytes()


def print_report(truth: Truth, options: Options | None = None, *, is_dense: bool = False) -> bytes:
    """The report as a PDF with text."""
    return print_html(html_report(truth, options or Options(), is_dense=is_dense))


# ---- what stands in it ----------------------------------------------------------------------------------------------
def page_truths(data: bytes) -> list[list[CellTruth]]:
    """The cells of each page of a PDF with text, from its characters and the borders that it draws."""
    document = pypdfium2.PdfDocument(data)
    out = []
    for page in document:
        width, height = page.get_size()
        scale = 4
        canvas = np.full((round(height * scale), round(width * scale)), 255, np.uint8)
        for obj in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_PATH,), max_depth=5):
            left, bottom, right, top = obj.get_bounds()
            if min(right - left, top - bottom) < 3:
                corners = (left, height - top), (right, height - bottom)
                a, b = (tuple(round(v * scale) for v in c) for c in corners)
                cv2.rectangle(canvas, a, b, 0, -1)
        out.append(_cells(canvas, scale, _characters(page, height)))
    return out


def _characters(page: pypdfium2.PdfPage, height: float) -> list[tuple[float, float, str]]:
    """(x, y, character) of the middle of each character, in the order of the file."""
    text = page.get_textpage()
    out = []
    for i in range(text.count_chars()):
        char = chr(pdfium.FPDFText_GetUnicode(text, i))
        box = [ctypes.c_double() for _ in range(4)]
        if char.isspace() or not pdfium.FPDFText_GetCharBox(text, i, *box):
            continue
        left, right, bottom, top = (b.value for b in box)
        out.append(((left + right) / 2, height - (top + bottom) / 2, char))
    return out


def _cells(canvas: np.ndarray, scale: int, characters: list[tuple[float, float, str]]) -> list[CellTruth]:
    count, marks, stats, _ = cv2.connectedComponentsWithStats(canvas, connectivity=4)
    texts: dict[int, str] = {}
    for x, y, char in characters:
        mark = int(marks[int(y * scale), int(x * scale)])
        texts[mark] = texts.get(mark, "") + char
    out = []
    for mark in range(1, count):
        left, top, w, h, area = (int(v) for v in stats[mark])
        if min(w, h) < 4 * scale or area < 0.9 * w * h or (left, top) == (0, 0):
            continue
        text = texts.get(mark, "")
        box = (left / scale, top / scale, (left + w) / scale, (top + h) / scale)
        out.append(CellTruth(box, text, not any("\u4e00" <= c <= "\u9fff" for c in text)))
    return out


# ---- scan -----------------------------------------------------------------------------------------------------------
def draw(data: bytes, page_number: int, dpi: int) -> np.ndarray:
    """A page of a PDF as a grey picture; pages count from 1."""
    page = pypdfium2.PdfDocument(data)[page_number - 1]
    return np.asarray(page.render(scale=dpi / 72, grayscale=True).to_numpy()).squeeze().copy()


def spoil(picture: np.ndarray, condition: str, seed: int) -> np.ndarray:
    """The picture as a scanner of that condition gives it; the same for the same seed."""
    rng = np.random.default_rng([seed, CONDITIONS.index(condition)])
    if condition == "clean":
        return picture
    picture = _turn(picture, float(rng.uniform(0.3, 1.5) * rng.choice((-1, 1))))
    out = picture.astype(np.float32)
    if condition == "copied":
        out = cv2.GaussianBlur(out, (0, 0), float(rng.uniform(0.6, 0.9)))
        out = 255 - (255 - out) * 0.85 + rng.normal(0, 6, out.shape)
    elif condition == "noisy":
        out = cv2.GaussianBlur(out, (0, 0), 0.5) + rng.normal(0, 18, out.shape)
        _speckle(out, rng, per_million=600, shades=(0, 120))
    elif condition == "faint":
        thin = cv2.dilate(picture, np.ones((2, 1), np.uint8)).astype(np.float32)
        out = 255 - (255 - (0.6 * thin + 0.4 * out)) * 0.6
        _speckle(out, rng, per_million=400, shades=(230, 255))
        h, w = out.shape
        light = 1 - 0.25 * np.linspace(0, 1, w)[None, :] * np.linspace(0.3, 1, h)[:, None]
        out = out * light + rng.normal(0, 5, out.shape)
    elif condition == "jpeg":
        out = cv2.GaussianBlur(out, (0, 0), 0.5)
        small = np.clip(out, 0, 255).astype(np.uint8)
        _, packed = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 55))])
        out = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE).astype(np.float32)
    return np.clip(out, 0, 255).astype(np.uint8)


def _turn(picture: np.ndarray, degrees: float) -> np.ndarray:
    h, w = picture.shape
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1)
    return cv2.warpAffine(picture, matrix, (w, h), flags=cv2.INTER_CUBIC, borderValue=255)


def _speckle(picture: np.ndarray, rng: np.random.Generator, per_million: int, shades: tuple[int, int]) -> None:
    h, w = picture.shape
    for _ in range(h * w * per_million // 1_000_000):
        x, y, size = int(rng.integers(w)), int(rng.integers(h)), int(rng.choice((1, 1, 1, 2)))
        picture[y : y + size, x : x + size] = rng.uniform(*shades)


def scan(data: bytes, page_number: int, dpi: int, condition: str, seed: int) -> np.ndarray:
    """A page of a printed report as scanned."""
    return spoil(draw(data, page_number, dpi), condition, seed)
