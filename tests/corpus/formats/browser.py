"""A headless Chromium that prints pages to PDF, driven over its debugging pipe: many pages through one process."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from tests.corpus.formats.registry import ProgramMissing

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
LAUNCH = "import os,sys; r,w=map(int,sys.argv[1:3]); os.dup2(r,3); os.dup2(w,4); os.execvp(sys.argv[3],sys.argv[3:])"
"""Chromium reads commands from descriptor 3 and answers on descriptor 4."""


class Browser:
    """One browser process: `with Browser() as b: b.print_pdf(html)`. Raises `ProgramMissing`."""

    def __init__(self) -> None:
        program = next((p for p in map(shutil.which, NAMES) if p), None)
        if program is None:
            raise ProgramMissing("Chromium")
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        (Path(self.folder.name) / "page").mkdir()
        to_child, self.out = os.pipe()
        self.back, from_child = os.pipe()
        profile = f"--user-data-dir={self.folder.name}/profile"
        # Numbers of descriptors above 4, so that moving one to 3 or 4 cannot close the other.
        high = [os.dup(fd) for fd in (to_child, from_child)]
        ends = [fd + 100 for fd in high]
        for fd, end in zip(high, ends, strict=True):
            os.dup2(fd, end)
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, *map(str, ends), program, *FLAGS, profile],
            pass_fds=ends,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for fd in (to_child, from_child, *high, *ends):
            os.close(fd)
        self.buffer = b""
        self.calls = 0
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self.session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        self.call("Page.enable", {}, self.session)

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with contextlib.suppress(OSError, EOFError):
            self.call("Browser.close", {})
        os.close(self.out)
        os.close(self.back)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()

    # ---- the protocol: JSON texts, each ended by a zero byte ----
    def messages(self) -> Iterable[dict[str, object]]:
        while True:
            while b"\0" not in self.buffer:
                chunk = os.read(self.back, 1 << 20)
                if not chunk:
                    raise EOFError("Chromium closed its debugging pipe.")
                self.buffer += chunk
            text, _, self.buffer = self.buffer.partition(b"\0")
            yield json.loads(text)

    def call(self, method: str, parameters: dict[str, object], session: str | None = None) -> dict[str, object]:
        self.calls += 1
        message = {"id": self.calls, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.out, data) :]
        for answer in self.messages():
            if answer.get("id") == self.calls:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]  # type: ignore[return-value]
        raise AssertionError("unreachable")

    def wait(self, event: str) -> None:
        for message in self.messages():
            if message.get("method") == event:
                return

    def print_pdf(self, html: str) -> bytes:
        """A page printed on the paper that its own style sheet asks for."""
        path = Path(self.folder.name) / "page" / f"{self.calls}.html"
        path.write_text(html, encoding="utf-8")
        self.call("Page.navigate", {"url": path.as_uri()}, self.session)
        self.wait("Page.loadEventFired")
        options = {"preferCSSPageSize": True, "printBackground": True, "displayHeaderFooter": False}
        result = self.call("Page.printToPDF", options, self.session)
        return base64.b64decode(str(result["data"]))
