"""The quality page in a real browser: readable offline, in both languages, and deaf to what documents try to smuggle in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from expectations import quality
from expectations.quality import charts
from expectations.quality.page import render
from pipeline.cli import main
from pipeline.store import publish
from pipeline.store.layout import Layout
from tests.corpus.formats import ProgramMissing
from tests.corpus.formats.browser import Browser
from tests.expectations.published import Edit, publish_copy


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address, and what was asked for there."""
    asked: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def hostile(address: str) -> dict[str, Edit]:
    """Titles, organs and paths that would run, load, break out of the markup, or hide what stands beside them."""
    script = f"<script>window.marker=1;fetch('{address}/a')</script>"
    image = f'"><img src={address}/b onerror="window.marker=1"><style>@import \'{address}/c\';</style>'
    return {
        "reports": lambda reports: reports.with_columns(
            title=pl.lit(f"{script} 年度报告 \u202egnp.exe"),
            issuer=pl.lit("</table></main>" + image),
            source_path=pl.lit(f"2024/{image}{{{{ 7*7 }}}}.html"),
        ),
        "documents": lambda documents: documents.with_columns(reader=pl.lit(script)),
    }


@pytest.fixture(scope="module")
def page(sample_build: Path, tmp_path_factory: pytest.TempPathFactory, listener: tuple[str, list[str]]) -> Layout:
    """Two builds, the last with hostile reports; one of them has a dossier."""
    layout = Layout(tmp_path_factory.mktemp("page") / "out")
    publish_copy(layout, sample_build)
    publish_copy(layout, sample_build, hostile(listener[0]))
    errors = pl.read_parquet(layout.parquet / "flags.parquet").filter(pl.col("severity") == "error")
    worst = errors["report_id"].sort()[0]
    (layout.out / "dossiers").mkdir()
    (layout.out / "dossiers" / f"{worst}.html").write_text("a dossier")
    quality.write_page(layout)
    return layout


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        with Browser() as b:
            yield b
    except ProgramMissing as missing:
        pytest.skip(f"skipped: no {missing.name}")


def asked(browser: Browser, layout: Layout, expression: str, width: int = 1180) -> Any:
    """What a script of ours (the page itself may run none) finds out in the page, freshly opened."""
    size: dict[str, object] = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.call("Emulation.setDeviceMetricsOverride", size, browser.session)
    browser.call("Page.navigate", {"url": layout.quality_page.as_uri()}, browser.session)
    browser.wait("Page.loadEventFired")
    what: dict[str, object] = {"expression": expression, "returnByValue": True, "awaitPromise": True}
    answer: Any = browser.call("Runtime.evaluate", what, browser.session)
    assert "exceptionDetails" not in answer, answer
    return answer["result"].get("value")


def test_nothing_that_a_document_says_runs_or_loads(
    browser: Browser, page: Layout, listener: tuple[str, list[str]]
) -> None:
    waited = "new Promise(r => setTimeout(() => r({}), 700))"
    found = asked(
        browser,
        page,
        waited.format(
            "{marker: typeof window.marker, scripts: document.scripts.length, images: document.images.length, "
            "styles: document.styleSheets.length, loaded: performance.getEntriesByType('resource').length, "
            "text: document.body.innerText}"
        ),
    )
    assert found["marker"] == "undefined"
    assert (found["scripts"], found["images"], found["styles"], found["loaded"]) == (0, 0, 1, 0)
    assert listener[1] == [], "no request goes out"
    assert "<script>window.marker=1" in found["text"] and "{{ 7*7 }}" in found["text"], "it is shown as it is written"
    assert "⟨U+202E⟩" in found["text"], "and so is what would turn the line round"


def test_the_style_applies_and_the_languages_change_places(browser: Browser, page: Layout) -> None:
    """The page's policy allows exactly its own style: were its hash wrong, the page would be bare."""
    found = asked(
        browser,
        page,
        """(() => { const shown = () => ['en', 'zh'].map(c => document.querySelector('h1 .' + c).offsetWidth > 0);
        const first = shown(); document.querySelector('label[for=choose-zh]').click(); return [first, shown()]; })()""",
    )
    assert found == [[True, False], [False, True]]
    untold = asked(
        browser, page, "document.querySelectorAll('.en').length - document.querySelectorAll('.zh:not(:empty)').length"
    )
    assert untold == 0, "every text stands in both languages"


@pytest.mark.parametrize("width", [1180, 390])
def test_nothing_is_cut_off(browser: Browser, page: Layout, width: int) -> None:
    """Wide tables scroll within the page, not the page with them."""
    assert asked(browser, page, "document.documentElement.scrollWidth <= window.innerWidth", width)


def test_text_has_contrast_and_numbers_stand_to_the_right(browser: Browser, page: Layout) -> None:
    script = """(() => {
      const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(v => v / 255)
        .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
      const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
        if (c !== 'rgba(0, 0, 0, 0)') return c; } return 'rgb(255, 255, 255)'; };
      const poor = [];
      for (const e of document.querySelectorAll('body *')) {
        if (!e.offsetWidth || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
        const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
        if ((a + .05) / (b + .05) < 4.5) poor.push(e.textContent.slice(0, 30));
      }
      const left = [...document.querySelectorAll('td:not(.label)')].filter(e => /^[\\d,]+$/.test(e.innerText.trim())
        && getComputedStyle(e).textAlign !== 'right').map(e => e.innerText);
      return [poor, left]; })()"""
    assert asked(browser, page, script) == [[], []]


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
    text = page.quality_page.read_text(encoding="utf-8")
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


def test_a_page_of_somebody_else_is_not_overwritten(sample_build: Path, tmp_path: Path) -> None:
    layout = Layout(tmp_path / "out")
    publish_copy(layout, sample_build)
    quality.write_page(layout)
    publish.require_free(layout)  # its own is no obstacle
    layout.quality_page.write_text("<h1>Mine</h1>")
    with pytest.raises(FileExistsError, match=r"quality\.html is in the way"):
        publish.require_free(layout)


def test_bars_show_what_is_there_and_nothing_else() -> None:
    assert 'width="0"' in charts.share_bar(0, "error") and 'width="1"' in charts.share_bar(0.000_01, "error")
    assert charts.stacked_bar([0, 3, 1], ["A", "U", "I"]).count("<rect") == 2
    assert charts.stacked_bar([0, 0], ["A", "U"]).count("<rect") == 0
    for number, shown in ((0, ">0<"), (9_999, ">9999<"), (12_345, ">12.3k<"), (1_250_000, ">1.25M<")):
        assert shown in charts.columns([7], [number], "error")
    many = charts.columns(list(range(1, 41)), list(range(40)), "error")
    assert many.count("<rect") == 40 and many.count('class="tick"') == 10 and ">40<" in many
