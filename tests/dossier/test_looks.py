"""A page as a reader meets it: on a laptop, on paper, with the keyboard, in either language."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pypdfium2
import pytest

from tests.dossier.browser import Watched

pytestmark = pytest.mark.xdist_group("dossier")

CONTRAST = """
(() => {
  const rgb = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = c => { const [r, g, b] = c.slice(0, 3).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 });
                       return .2126 * r + .7152 * g + .0722 * b };
  const behind = n => { for (; n; n = n.parentElement) { const c = rgb(getComputedStyle(n).backgroundColor);
                        if (c.length === 3 || c[3] > 0) return c } return [255, 255, 255] };
  let worst = [99, ''];
  for (const n of document.body.querySelectorAll('*')) {
    if (![...n.childNodes].some(t => t.nodeType === 3 && t.data.trim())) continue;
    const a = light(rgb(getComputedStyle(n).color)), b = light(behind(n));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < worst[0]) worst = [ratio, n.outerHTML.slice(0, 200)];
  }
  return worst;
})()
"""
PATHS = (
    "2024/unbalanced_2024.txt",
    "2024/blank_tables_2024.txt",
    "2024/web_2023.txt",
    "2023/form_2019_in_2020.txt",
    "2023/zone_2022.pdf",
)


@pytest.fixture(params=PATHS)
def page(request: pytest.FixtureRequest, sample_build: Path, pages: Path) -> Path:
    with duckdb.connect(str(sample_build / "ogi.duckdb"), read_only=True) as connection:
        (report_id,) = connection.execute(
            "SELECT report_id FROM reports WHERE source_path = ?", [request.param]
        ).fetchone()
    return pages / f"{report_id}.html"


def test_everything_fits_the_width_of_a_laptop_and_can_be_told_from_its_ground(page: Path, browser: Watched):
    browser.open(page, 1280, 800)
    assert browser.ask("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert browser.ask(
        "[...document.querySelectorAll('table')].every(t => t.scrollWidth <= t.parentElement.clientWidth + 1)"
    )
    ratio, where = browser.ask(CONTRAST)
    assert ratio >= 4.5, where  # WCAG 2.2, 1.4.3 (AA)


def test_a_narrow_window_moves_tables_and_not_the_page(page: Path, browser: Watched):
    browser.open(page, 480, 800)
    assert browser.ask("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_on_paper_no_table_is_cut_and_what_is_not_for_paper_is_gone(page: Path, browser: Watched):
    browser.open(page)
    with pypdfium2.PdfDocument(browser.printed()) as printed:
        assert 2 <= len(printed) <= 16
        text = "".join(p.get_textpage().get_text_range() for p in printed)
    for word in ("总计", "Statutory tables", "复议后起诉"):
        assert word in text.replace("\r\n", "")
    assert "Go to" not in text


def test_the_keyboard_reaches_a_cell_and_what_it_rests_on_and_leads_to_the_source(
    sample_build: Path, pages: Path, browser: Watched
):
    with duckdb.connect(str(sample_build / "ogi.duckdb"), read_only=True) as connection:
        (report_id,) = connection.execute(
            "SELECT report_id FROM reports WHERE source_path = '2024/unbalanced_2024.txt'"
        ).fetchone()
    browser.open(pages / f"{report_id}.html")
    browser.ask("document.querySelector('#c-applications-carried_in-natural_person a').focus()")
    browser.press("Tab")
    assert browser.ask("document.activeElement.parentElement.id") == "c-applications-carried_in-enterprise"
    tip = "getComputedStyle(document.querySelector('#i-c-applications-carried_in-%s')).display"
    assert browser.ask(tip % "enterprise") == "block"
    assert browser.ask(tip % "natural_person") == "none"
    assert "row_total" in browser.ask("document.querySelector('#i-c-applications-carried_in-enterprise').innerText")
    browser.press("Enter")
    href = browser.ask("document.querySelector('#c-applications-carried_in-enterprise a').getAttribute('href')")
    assert browser.ask("location.hash") == href
    place = browser.ask(f"(r => [r.top, r.bottom])(document.querySelector('{href}').getBoundingClientRect())")
    assert 0 <= place[0] <= place[1] <= 900


def test_the_language_can_be_chosen_with_the_keyboard_and_without_a_script(pages: Path, browser: Watched):
    browser.open(pages / "index.html")
    seen = "[...document.querySelectorAll('%s')].filter(n => n.offsetParent).length"
    assert browser.ask(seen % ".zh") > 0 < browser.ask(seen % ".en")
    browser.ask("document.getElementById('lang-both').focus()")
    browser.press("ArrowRight")
    assert browser.ask(seen % ".zh") > 0 == browser.ask(seen % ".en")
    browser.press("ArrowRight")
    assert browser.ask(seen % ".en") > 0 == browser.ask(seen % ".zh")
