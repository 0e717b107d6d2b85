"""Pages in a real browser: what tests ask them, what runs in them, and documents that try to smuggle something in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import polars as pl

from tests.corpus.formats.browser import Browser
from tests.expectations.published import Edit


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
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
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


FORMULA = "=cmd'\"&<img src=x onerror=window.marker=1>"
"""Name of the first report's file, which would be a formula and a picture."""


def hostile(address: str) -> dict[str, Edit]:
    """Titles, organs and paths that would run, load, break out of the markup, or hide what stands beside them."""
    script = f"<script>window.marker=1;fetch('{address}/a')</script>"
    image = f'"><img src={address}/b onerror="window.marker=1"><style>@import \'{address}/c\';</style>'
    return {
        "reports": lambda reports: reports.with_columns(
            title=pl.lit(f"{script} 年度报告 \u202egnp.exe"),
            issuer=pl.lit("</table></main>" + image),
            source_path=pl.when(pl.int_range(pl.len()) == 0)
            .then(pl.lit(f"{FORMULA}.txt"))
            .otherwise(pl.lit(f"2024/{image}{{{{ 7*7 }}}}.html")),
        ),
        "documents": lambda documents: documents.with_columns(reader=pl.lit(script), member=pl.lit(None, pl.String)),
    }


def asked(browser: Browser, page: Path, expression: str, width: int = 1180) -> Any:
    """What a script of ours (the page itself may run none) finds out in a page, freshly opened."""
    size: dict[str, object] = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.call("Emulation.setDeviceMetricsOverride", size, browser.session)
    browser.call("Page.navigate", {"url": page.as_uri()}, browser.session)
    browser.wait("Page.loadEventFired")
    what: dict[str, object] = {"expression": expression, "returnByValue": True, "awaitPromise": True}
    answer: Any = browser.call("Runtime.evaluate", what, browser.session)
    assert "exceptionDetails" not in answer, answer
    return answer["result"].get("value")


INTRUDERS = """new Promise(r => setTimeout(() => r({marker: typeof window.marker, scripts: document.scripts.length,
  images: document.images.length, styles: document.styleSheets.length,
  loaded: performance.getEntriesByType('resource').length, text: document.body.innerText}), 700))"""
"""What came into the page from a document, some time after it was opened."""
CONTRAST = """(() => {
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
"""Texts without contrast (WCAG AA), and numbers in tables that do not stand to the right."""
