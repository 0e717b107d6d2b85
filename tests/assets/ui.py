"""An `ogi ui` with web server and daemon, asked over HTTP what its pages ask, and opened in a browser."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.corpus.formats.browser import Browser

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS, SECONDS_OF_A_PAGE = 600, 120


def until(happens: Callable[[], Any], what: str, seconds: int = SECONDS) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := happens():
            return found
        time.sleep(0.5)
    raise AssertionError(f"{seconds} seconds went by without {what}")


class Ui:
    """A running UI over an input and an output folder."""

    def __init__(self, source: Path, out: Path, address: str) -> None:
        self.source, self.out, self.address = source, out, address

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.address}/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            said = json.load(answer)
        assert "errors" not in said, said["errors"]
        data: dict[str, Any] = said["data"]
        return data


@contextmanager
def serving(source: Path, out: Path, log: Path) -> Iterator[Ui]:
    """Starts `ogi ui`, whose sensor looks every second, and ends it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "pipeline.cli", "ui", "--input", str(source), "--output", str(out)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OGI_LOOK_SECONDS": "1"}
    with log.open("w") as lines:
        process = subprocess.Popen([*command, "--port", str(port)], cwd=ROOT, env=env, stdout=lines, stderr=lines)
    ui = Ui(source, out, f"http://127.0.0.1:{port}")

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            return bool(ui.ask("{ assetNodes { id } }")["assetNodes"])
        except OSError:
            return False

    try:
        until(answers, "an answer of the web server")
        yield ui
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()


class Pages:
    """The UI's pages in a browser."""

    def __init__(self, browser: Browser, ui: Ui) -> None:
        self.browser, self.ui = browser, ui
        size = {"width": 1400, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
        browser.call("Emulation.setDeviceMetricsOverride", size, browser.session)

    def text(self) -> str:
        """What the page shows, in one line."""
        asked = {"expression": "document.body ? document.body.innerText : ''", "returnByValue": True}
        said: Any = self.browser.call("Runtime.evaluate", asked, self.browser.session)
        return " ".join(str(said["result"]["value"]).split())

    def open(self, path: str, *texts: str, picture: Path) -> str:
        """Opens a page, waits until it shows all these texts, and takes a picture of it. All that the page says."""
        self.browser.call("Page.navigate", {"url": self.ui.address + path}, self.browser.session)
        try:
            until(lambda: all(t in self.text() for t in texts), f"{texts} on {path}", SECONDS_OF_A_PAGE)
        except AssertionError as e:
            raise AssertionError(f"{e}; it says: {self.text()[:2000]}") from None
        finally:
            shot: Any = self.browser.call("Page.captureScreenshot", {"format": "png"}, self.browser.session)
            picture.write_bytes(base64.b64decode(shot["data"]))
        return self.text()
