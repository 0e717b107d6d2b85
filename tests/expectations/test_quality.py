"""The quality page in a real browser: readable offline, in both languages, and deaf to what documents try to smuggle in."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from expectations import quality
from expectations.quality import charts
from expectations.quality.page import render
from pipeline.cli import main
from pipeline.store import publish
from pipeline.store.layout import Layout
from tests.corpus.formats.browser import Browser
from tests.pages import CONTRAST, INTRUDERS, asked

pytestmark = pytest.mark.xdist_group("quality")


@pytest.fixture(scope="module")
def page(hostile_build: Layout) -> Layout:
    """Of two builds, the last with hostile reports; one of them has a dossier."""
    layout = hostile_build
    errors = pl.read_parquet(layout.parquet / "flags.parquet").filter(pl.col("severity") == "error")
    worst = errors["report_id"].sort()[0]
    (layout.out / "dossiers").mkdir()
    (layout.out / "dossiers" / f"{worst}.html").write_text("a dossier")
    quality.write_page(layout)
    return layout


def test_nothing_that_a_document_says_runs_or_loads(
    open_browser: Browser, page: Layout, listener: tuple[str, list[str]]
) -> None:
    found = asked(open_browser, page.quality_page, INTRUDERS)
    assert found["marker"] == "undefined"
    assert (found["scripts"], found["images"], found["styles"], found["loaded"]) == (0, 0, 1, 0)
    assert listener[1] == [], "no request goes out"
    assert "<script>window.marker=1" in found["text"] and "{{ 7*7 }}" in found["text"], "it is shown as it is written"
    assert "⟨U+202E⟩" in found["text"], "and so is what would turn the line round"


def test_the_style_applies_and_the_languages_change_places(open_browser: Browser, page: Layout) -> None:
    """The page's policy allows exactly its own style: were its hash wrong, the page would be bare."""
    found = asked(
        open_browser,
        page.quality_page,
        """(() => { const shown = () => ['en', 'zh'].map(c => document.querySelector('h1 .' + c).offsetWidth > 0);
        const first = shown(); document.querySelector('label[for=choose-zh]').click(); return [first, shown()]; })()""",
    )
    assert found == [[True, False], [False, True]]
    untold = asked(
        open_browser,
        page.quality_page,
        "document.querySelectorAll('.en').length - document.querySelectorAll('.zh:not(:empty)').length",
    )
    assert untold == 0, "every text stands in both languages"


@pytest.mark.parametrize("width", [1180, 390])
def test_nothing_is_cut_off(open_browser: Browser, page: Layout, width: int) -> None:
    """Wide tables scroll within the page, not the page with them."""
    assert asked(open_browser, page.quality_page, "document.documentElement.scrollWidth <= window.innerWidth", width)


def test_text_has_contrast_and_numbers_stand_to_the_right(open_browser: Browser, page: Layout) -> None:
    assert asked(open_browser, page.quality_page, CONTRAST) == [[], []]


def test_the_command_writes_it_anew(
    page: Layout, sample_build: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = page.quality_page.read_bytes()
    page.quality_page.unlink()
    assert main(["quality", "--output", str(page.out)]) == 0
    assert capsys.readouterr().out.strip() == str(page.quality_page)
    assert page.quality_page.read_bytes() == before
    assert main(["quality", "--output", str(tmp_path / "nothing")]) == 1
    assert "there is no history" in capsys.readouterr().err and not (tmp_path / "nothing").exists()


def test_a_report_with_a_dossier_is_linked_and_any_other_names_itself(page: Layout) -> None:
    text = page.quality_page.read_text(encoding="utf-8")
    dossiers = [p.name for p in (page.out / "dossiers").iterdir()]
    assert len(dossiers) == 1 and text.count('href="dossiers/') == 1 and f'<a href="dossiers/{dossiers[0]}">' in text
    assert "ogi dossier REPORT_ID" in text


def test_it_says_what_the_dataset_holds(page: Layout, sample_build: Path) -> None:
    text = page.quality_page.read_text(encoding="utf-8").replace("<wbr>", "")
    flags = pl.read_parquet(sample_build / "parquet" / "flags.parquet")
    for rule in flags["rule_code"].unique():
        assert f"<code>{rule}</code>" in text
    for label in (
        "Build 2" if "Build 2" in text else "构建",
        "县级",
        "County",
        "Form of 2021",
        "无法读取",
        "balance_mismatch",
    ):
        assert label in text
    assert str(page.out) not in text, "it can be handed on"


def test_the_same_dataset_and_history_give_the_same_page(page: Layout) -> None:
    assert render(page) == render(page) == page.quality_page.read_text(encoding="utf-8")


def test_a_page_of_somebody_else_is_not_overwritten(page: Layout) -> None:
    own = page.quality_page.read_bytes()
    publish.require_free(page)  # its own is no obstacle
    page.quality_page.write_text("<h1>Mine</h1>")
    try:
        with pytest.raises(FileExistsError, match=r"quality\.html is in the way"):
            publish.require_free(page)
    finally:
        page.quality_page.write_bytes(own)


def test_bars_show_what_is_there_and_nothing_else() -> None:
    assert 'width="0"' in charts.share_bar(0, "error") and 'width="1"' in charts.share_bar(0.000_01, "error")
    assert charts.stacked_bar([0, 3, 1], ["A", "U", "I"]).count("<rect") == 2
    assert charts.stacked_bar([0, 0], ["A", "U"]).count("<rect") == 0
    for number, shown in ((0, ">0<"), (9_999, ">9999<"), (12_345, ">12.3k<"), (1_250_000, ">1.25M<")):
        assert shown in charts.columns([7], [number], "error")
    many = charts.columns(list(range(1, 41)), list(range(40)), "error")
    assert many.count("<rect") == 40 and many.count('class="tick"') == 14 and ">40<" in many
