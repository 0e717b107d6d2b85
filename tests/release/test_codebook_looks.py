"""The codebook in a real browser without a network: readable everywhere, deaf to what documents try to smuggle in."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pypdfium2
import pytest

from pipeline.release import codebook
from pipeline.release.codebook.page import PAGE
from pipeline.release.edition import About, Edition
from pipeline.release.folder import Folder
from tests.dossier.browser import Watched
from tests.dossier.test_looks import CONTRAST
from tests.release.folders import ABOUT, edition

pytestmark = pytest.mark.xdist_group("codebook")
SCRIPT = "<script>window.harmed=1</script>"
PICTURE = '"><img src="http://harm.example/a.png" onerror="window.harmed=2">'
STYLE = "</style></title><style>@import url(http://harm.example/b.css);</style>"


@pytest.fixture(scope="module")
def hostile(sample_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The codebook of a dataset in which titles, organs and readers are code, by a publisher whose title is code too."""
    folder = Folder(tmp_path_factory.mktemp("hostile") / "1.0.0")
    shutil.copytree(sample_build / "parquet", folder.data / "parquet")
    edits = {
        "date_mentions": {"repair_rule": "=HYPERLINK(1)"},
        "reports": {"title": f"{SCRIPT}\u202egnp.exe", "issuer": f"</table>{PICTURE}", "index_number": "{{ 7*7 }}"},
        "documents": {"reader": STYLE, "intake": f"'{SCRIPT}"},
        "sections": {"heading": PICTURE},
        "cells": {"unit": SCRIPT},
    }
    for table, values in edits.items():
        path = folder.parquet(table)
        pl.read_parquet(path).with_columns(**{c: pl.lit(v) for c, v in values.items()}).write_parquet(path)
    plain = edition("1.0.0")
    titles = {f: getattr(ABOUT, f) for f in About.__slots__} | {"title_en": SCRIPT, "title_zh": PICTURE}
    codebook.write(folder, Edition(plain.version, plain.date, About(**titles), doi=f"10.1/{PICTURE}"))
    return folder.codebook / PAGE


@pytest.fixture
def page(with_codebook: Folder) -> Path:
    return with_codebook.codebook / PAGE


def test_nothing_that_a_document_says_runs_or_loads(hostile: Path, browser: Watched):
    browser.events.clear()
    browser.open(hostile)
    assert browser.ask("window.harmed === undefined")
    assert browser.ask("document.scripts.length + document.images.length") == 0
    assert browser.ask("document.styleSheets.length") == 1
    assert browser.requests() == [hostile.as_uri()]
    assert browser.complaints() == []
    text = browser.ask("document.body.innerText")
    for shown in ("<script>window.harmed=1</script>", "</table>", "<img src=", "</style></title>", "{{ 7*7 }}"):
        assert shown in text, "it is shown as it is written"
    assert "⟨U+202E⟩" in text and "\u202e" not in hostile.read_text(encoding="utf-8")


def test_no_cell_of_the_files_begins_a_formula(hostile: Path):
    assert ",'=HYPERLINK(1)," in hostile.with_name("distributions.csv").read_text(encoding="utf-8")


def test_the_languages_change_places_and_every_text_stands_in_both(page: Path, browser: Watched):
    browser.open(page)
    shown = "['en', 'zh'].map(c => document.querySelector('h1 .' + c).offsetWidth > 0)"
    assert browser.ask(shown) == [True, False]
    browser.ask("document.querySelector('label[for=choose-zh]').click()")
    assert browser.ask(shown) == [False, True]
    # English labels of rows, columns and sections stand beside what the form prints, which needs no other words.
    spans = "document.querySelectorAll('.{0}:not(.gloss):not(p)').length"
    assert browser.ask(f"{spans.format('en')} === {spans.format('zh')}")


@pytest.mark.parametrize("width", [1280, 480])
def test_nothing_is_cut_off_and_everything_can_be_told_from_its_ground(page: Path, browser: Watched, width: int):
    browser.open(page, width)
    assert browser.ask("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    wide = "[...document.querySelectorAll('.columns, .cells, .codes, .overview')].filter(t => t.scrollWidth > t.parentElement.clientWidth + 1)"
    assert browser.ask(f"{wide}.map(t => t.closest('section').id)") == [], "no column has to be looked for"
    over = """[...document.querySelectorAll('.columns td, .columns th, .cells td, .cells th, .codes td, .codes th')]
        .filter(c => c.offsetWidth && c.scrollWidth > c.clientWidth + 1).map(c => c.innerText.slice(0, 40))"""
    assert browser.ask(over) == [], "no text runs into the next column"
    ratio, where = browser.ask(CONTRAST)
    assert ratio >= 4.5, where  # WCAG 2.2, 1.4.3 (AA)


def test_a_link_leads_to_its_caution_with_the_keyboard(page: Path, browser: Watched):
    browser.open(page)
    browser.ask("document.querySelector('#table-cells .mind a').focus()")
    browser.press("Enter")
    assert browser.ask("location.hash") == "#caution-blank_is_not_zero"
    assert browser.ask(
        "(r => r.top >= 0 && r.top < 900)(document.querySelector(location.hash).getBoundingClientRect())"
    )


def test_it_prints(page: Path, browser: Watched):
    browser.open(page)
    with pypdfium2.PdfDocument(browser.printed()) as printed:
        text = "".join(p.get_textpage().get_text_range() for p in printed).replace("\r\n", "")
        assert 20 <= len(printed) <= 120
    for word in ("Before you use it", "本年新收政府信息公开申请数量", "applications_carried_out_total", "Code lists"):
        assert word in text
    assert "English" not in text.split("Codebook", 1)[0], "what chooses the language is not for paper"
