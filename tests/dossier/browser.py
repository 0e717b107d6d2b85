"""A headless Chromium without a network that opens a page and tells what happened in it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.corpus.formats.browser import Browser


class Watched(Browser):
    """Notes every request and every message to the console."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        super().__init__()
        for domain in ("Network", "Runtime", "Log"):
            self.call(f"{domain}.enable", {}, self.session)
        offline = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.call("Network.emulateNetworkConditions", offline, self.session)

    def messages(self) -> Iterator[dict[str, Any]]:
        for message in super().messages():
            if "method" in message:
                self.events.append(message)
            yield message

    def open(self, page: Path, width: int = 1280, height: int = 900) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", metrics, self.session)
        self.call("Page.navigate", {"url": page.as_uri()}, self.session)
        self.wait("Page.loadEventFired")

    def ask(self, expression: str) -> Any:
        """What an expression gives in the page. The debugger asks: the page's own policy forbids every script."""
        result: Any = self.call(
            "Runtime.evaluate", {"expression": expression, "returnByValue": True, "awaitPromise": True}, self.session
        )
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def press(self, key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            code = {"Tab": 9, "Enter": 13, "ArrowRight": 39}[key]
            event = {"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code}
            if key == "Enter" and kind == "keyDown":
                event["text"] = "\r"
            self.call("Input.dispatchKeyEvent", event, self.session)

    def requests(self) -> list[str]:
        """Addresses that were asked for."""
        return [e["params"]["request"]["url"] for e in self.events if e["method"] == "Network.requestWillBeSent"]

    def complaints(self) -> list[str]:
        """What the browser reports on the console: broken policies among it."""
        return [e["params"]["entry"]["text"] for e in self.events if e["method"] == "Log.entryAdded"]

    def printed(self) -> bytes:
        options = {"preferCSSPageSize": True, "printBackground": True, "displayHeaderFooter": False}
        return base64.b64decode(str(self.call("Page.printToPDF", options, self.session)["data"]))
