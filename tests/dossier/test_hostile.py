"""A document that tries to run scripts, to load things, or to turn the text around, in a browser without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from pipeline.cli import main
from pipeline.dossier.visible import one_line, visible
from tests.dossier.browser import Watched

pytestmark = pytest.mark.xdist_group("dossier")


@pytest.fixture(scope="module")
def page(hostile: Path) -> Path:
    assert main(["dossier", "--all", "--output", str(hostile)]) == 0
    (found,) = (p for p in (hostile / "dossiers").iterdir() if p.name != "index.html")
    return found


def test_what_is_hostile_is_shown_as_text(page: Path):
    text = page.read_text(encoding="utf-8")
    tree = LexborHTMLParser(text)
    assert not tree.css("script, img, link, iframe, object, embed, base, form, svg")
    assert len(tree.css("style")) == 1
    assert all(n.attributes["href"].startswith("#") for n in tree.css("[href]"))
    assert not [k for n in tree.css("*") for k in n.attributes if k.startswith("on") or k == "style"]
    for shown in (
        "<script>window.harmed=1</script>",
        "window.harmed=2",
        "</style></title>",
        "javascript:",
        "{{ 7*7 }}",
    ):
        assert shown in tree.body.text()
    assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x1b\x00")
    assert "⟨U+202E⟩321⟨U+202C⟩" in tree.body.text()


@pytest.mark.parametrize("name", ["page", "index"])
def test_nothing_runs_and_nothing_is_asked_for(page: Path, browser: Watched, name: str):
    browser.events.clear()
    browser.open(page if name == "page" else page.with_name("index.html"))
    assert browser.ask("window.harmed === undefined")
    assert browser.ask("document.scripts.length + document.images.length") == 0
    assert browser.ask("document.styleSheets.length") == 1
    assert [r for r in browser.requests() if not r.startswith("file:")] == []
    assert len(browser.requests()) == 1
    assert browser.complaints() == []


def test_the_policy_stops_what_an_escape_would_let_through(page: Path, browser: Watched, tmp_path: Path):
    """The second line of defence: the same page with a script, a picture and a style put into it."""
    text = page.read_text(encoding="utf-8")
    evil = (
        "<script>window.harmed=6</script><img src='http://harm.example/c.png' onerror='window.harmed=7'>"
        "<style>body{color:rgb(1, 2, 3)}</style><iframe src='http://harm.example/'></iframe><p style='color:red' id='x'>"
    )
    broken = tmp_path / "broken.html"
    broken.write_text(text.replace("</header>", f"</header>{evil}"), encoding="utf-8")
    browser.events.clear()
    browser.open(broken)
    assert browser.ask("window.harmed === undefined")
    assert browser.ask("getComputedStyle(document.body).color") != "rgb(1, 2, 3)"
    assert browser.ask("getComputedStyle(document.getElementById('x')).color") != "rgb(255, 0, 0)"
    assert any("Content Security Policy" in c for c in browser.complaints())


def test_explaining_it_sends_no_escape_sequence_to_the_terminal(hostile: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["explain", "harm", "--output", str(hostile)]) == 0
    out = capsys.readouterr().out
    assert "⟨U+001B⟩[2J" in out and "⟨U+202E⟩321" in out
    assert not [c for c in out if c < " " and c not in "\n\t"]


def test_hidden_characters_are_shown_by_their_codes():
    assert visible("一\u202e二\u200b\u2066\x00\ud800\U000e0041三\t\n") == (
        "一⟨U+202E⟩二⟨U+200B⟩⟨U+2066⟩⟨U+0000⟩⟨U+D800⟩⟨U+E0041⟩三\t\n"
    )
    assert visible("（一）予以公开，é、𠀀 ③") == "（一）予以公开，é、𠀀 ③"
    assert one_line(" 一\n  二　三 ", 3) == "一 二 … [+2]"
