"""Plots: Chinese on any machine, colours for every eye, a title, denominators and a description on each."""

from __future__ import annotations

import ctypes
import inspect
import itertools
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pypdfium2 as pdfium
import pytest

from pipeline.data_files import table_rows
from tests.conftest import ROOT
from tests.notebooks.conftest import NOTEBOOKS

pytestmark = pytest.mark.xdist_group("notebooks")

alt = pytest.importorskip("altair")
vl_convert = pytest.importorskip("vl_convert", reason="skipped: the extra `plots` is not installed")
pytest.importorskip("IPython", reason="skipped: nbclient and ipykernel are not installed")
charts = pytest.importorskip("charts")
plots = pytest.importorskip("plots")

LABELS = sorted({row["label_zh"] for row in table_rows("pipeline.schema", "codelists.csv")})
RARE = "㮾梨街道 浉河区 歙县 亳州 鄠邑 犍为"
"""Names of divisions, one of them with a character that GB 2312 does not have."""

# Machado, Oliveira and Fernandes (2009), severity 1: what a person without one kind of cone sees, in linear RGB.
SEEN = {
    "everybody": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
PALETTES = {
    "outcomes": plots.OUTCOMES,
    "statuses": tuple(plots.STATUSES.values()),
    "severities": tuple(plots.SEVERITIES.values()),
    "series": plots.SERIES,
}
CLEARLY_APART = 15
"""CIE 1976 colour difference; 2.3 is the smallest that people notice side by side."""


def lab(colour: str, eye: str) -> tuple[float, float, float]:
    """CIE L*a*b* (D65) of a colour as an eye sees it."""
    light = [plots.linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5)]
    r, g, b = (min(1.0, max(0.0, sum(k * v for k, v in zip(row, light, strict=True)))) for row in SEEN[eye])
    xyz = (
        (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047,
        0.2126729 * r + 0.7151522 * g + 0.0721750 * b,
        (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883,
    )
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("eye", SEEN)
@pytest.mark.parametrize("palette", PALETTES)
def test_colours_of_a_palette_can_be_told_apart(palette: str, eye: str) -> None:
    for one, other in itertools.combinations(PALETTES[palette], 2):
        difference = sum((a - b) ** 2 for a, b in zip(lab(one, eye), lab(other, eye), strict=True)) ** 0.5
        assert difference >= CLEARLY_APART, f"{one} and {other}"


@pytest.mark.parametrize("colour", sorted({c for palette in PALETTES.values() for c in palette}))
def test_text_on_a_colour_is_readable(colour: str) -> None:
    """WCAG 2 asks for a contrast of 4.5 for text."""
    light, dark = sorted((plots.luminance(colour), plots.luminance(plots.ink_on(colour))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_series_differ_in_shape_too() -> None:
    assert len(set(plots.SHAPES)) == len(plots.SERIES)


def labelled_bars(texts: list[str]) -> plots.Chart:
    frame = pl.DataFrame({"row": texts, "n": [1] * len(texts)})
    return charts.bars(frame, "row", "n", "标签 label", "个数 count")


def fonts_of(pdf: bytes) -> set[str]:
    """Names of the fonts in which a PDF prints its text."""
    names = set()
    for page in pdfium.PdfDocument(pdf):
        for item in page.get_objects():
            if item.type == pdfium.raw.FPDF_PAGEOBJ_TEXT:
                font = pdfium.raw.FPDFTextObj_GetFont(item)
                name = ctypes.create_string_buffer(100)
                pdfium.raw.FPDFFont_GetBaseFontName(font, name, len(name))
                names.add(name.value.decode().split("+")[-1])
    return names


def test_every_label_is_printed_in_the_projects_own_font() -> None:
    plots.register_font()
    chart = plots.themed(labelled_bars([*LABELS, RARE]))
    assert fonts_of(vl_convert.vegalite_to_pdf(chart.to_json())) == {"OgiSansSC-Regular"}


def test_the_font_has_every_character_of_the_projects_tables() -> None:
    """Labels, terms, names of divisions; `scripts/notebook-font` adds what is new. Four are not in the font's source."""
    font_tools = pytest.importorskip("fontTools.ttLib", reason="skipped: fonttools is not installed")
    has = {chr(code) for code in font_tools.TTFont(plots.FONTS / "OgiSansSC-Regular.otf").getBestCmap()}
    tables = [p for pattern in ("pipeline/**/*.csv", "data/dictionaries/*.csv") for p in ROOT.glob(pattern)]
    wanted = {
        c for path in tables for c in path.read_text(encoding="utf-8") if "\u3400" <= c < "\ue000" or c > "\uffff"
    }

    assert wanted - has <= set("鿿𬮤𰝟\U00031cea")
    assert {bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFE)} <= has
    assert (plots.FONTS / "OFL.txt").read_text(encoding="utf-8").count("SIL OPEN FONT LICENSE") == 1


def test_a_machine_without_fonts_draws_the_same_picture(tmp_path: Path) -> None:
    """The folders of the system's fonts are covered by an empty one, in a namespace of its own."""
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import charts, plots, polars\n"
        "frame = polars.DataFrame({'row': ['予以公开 granted', '部分公开 partial'], 'n': [1, 1]})\n"
        "chart = charts.bars(frame, 'row', 'n', '标签 label', '个数 count')\n"
        "open(sys.argv[2], 'wb').write(plots.finished(chart, 'Outcomes | 结果', ['All. 全部。'], 'Two.').png)\n"
    )
    here = plots.finished(
        labelled_bars(["予以公开 granted", "部分公开 partial"]), "Outcomes | 结果", ["All. 全部。"], "Two."
    )
    empty, bare = tmp_path / "empty", tmp_path / "bare.png"
    empty.mkdir()
    cover = 'for f in /usr/share/fonts /usr/local/share/fonts; do [ ! -d $f ] || mount --bind $0 $f; done; exec "$@"'
    draw = [sys.executable, "-c", program, str(NOTEBOOKS)]
    try:
        subprocess.run(
            ["unshare", "--mount", "--map-root-user", "sh", "-ec", cover, str(empty), *draw, str(bare)],
            check=True,
            capture_output=True,
            env={**os.environ, "HOME": str(empty)},
        )
    except (OSError, subprocess.CalledProcessError) as e:
        if not (isinstance(e, subprocess.CalledProcessError) and b"Traceback" in e.stderr):
            pytest.skip("skipped: this machine lets nobody cover a folder (unshare, mount)")
        raise
    assert bare.read_bytes() == here.png


def test_a_plot_has_title_axis_titles_and_a_description() -> None:
    """As the picture that a notebook shows, and in the chart for those who take it further."""
    chart = labelled_bars(["予以公开 granted"])
    plot = plots.finished(chart, "Labels | 标签", ["All labels. 全部标签。"], "There are labels.")
    specification = plot.chart.to_dict()

    assert specification["title"]["text"] == "Labels | 标签"
    assert specification["title"]["subtitle"] == ["All labels. 全部标签。"]
    axes = specification["layer"][0]["encoding"]
    assert (axes["x"]["title"], axes["y"]["axis"]["title"]) == ("个数 count", "标签 label")
    assert specification["description"] == "Labels | 标签. There are labels."

    data, metadata = plot._repr_mimebundle_()
    assert data["text/plain"] == metadata["image/png"]["alt"] == specification["description"]


def test_every_plot_of_the_notebooks_has_titles_of_its_axes() -> None:
    """The forms of plots take them as arguments that nobody can leave out."""
    for form in (charts.bars, charts.shares, charts.grid, charts.spread, charts.dots, charts.intervals):
        parameters = inspect.signature(form).parameters
        for name in ("x_title", "y_title"):
            assert parameters[name].default is inspect.Parameter.empty, f"{form.__name__}: {name}"


def test_shares_of_a_row_add_up_and_small_ones_have_no_text() -> None:
    frame = pl.DataFrame({"row": ["2023"] * 3, "part": ["a", "b", "c"], "n": [90, 8, 2]})
    chart = charts.shares(
        frame, "row", "part", "n", dict(zip("abc", plots.OUTCOMES, strict=False)), "年 year", "占比", "部分"
    )
    values = next(iter(chart.to_dict()["datasets"].values()))

    assert [(v["part"], round(v["_begin"], 2), round(v["_end"], 2), v["_text"]) for v in values] == [
        ("a", 0.0, 0.9, "90%"),
        ("b", 0.9, 0.98, "8%"),
        ("c", 0.98, 1.0, ""),
    ]


def test_rows_keep_the_order_of_the_frame() -> None:
    frame = pl.DataFrame({"row": ["二", "一", "三"], "n": [1, 3, 2]})
    chart = charts.bars(frame, "row", "n", "行 row", "数 number").to_dict()
    assert chart["layer"][0]["encoding"]["y"]["sort"] == ["二", "一", "三"]


@pytest.mark.parametrize(
    ("line", "width", "lines"),
    [
        ("Based on all 68 reports.", 40, ["Based on all 68 reports."]),
        ("Based on all 68 reports.", 14, ["Based on all", "68 reports."]),
        ("全部六十八份报告", 8, ["全部六十", "八份报告"]),
        ("六十八份报告，都在", 12, ["六十八份报告，", "都在"]),
        ("", 10, [""]),
    ],
)
def test_lines_are_wrapped_by_the_width_of_their_characters(line: str, width: int, lines: list[str]) -> None:
    assert plots.wrapped(line, width) == lines


def test_the_font_is_registered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(vl_convert, "register_font_directory", calls.append)
    plots.register_font.cache_clear()
    try:
        plots.register_font()
        plots.register_font()
    finally:
        plots.register_font.cache_clear()
    assert calls == [str(plots.FONTS)]


def test_no_mark_of_an_axis_stands_between_whole_numbers() -> None:
    assert charts.marks(2.07, ",.0f", 6) == {"values": [0, 1, 2]}
    assert charts.marks(30, ",.0f", 6) == {"tickCount": 6}
    assert charts.marks(0.7, ".0%", 6) == {"tickCount": 6}
