"""What one document may cost: settings with defaults that no real report comes near."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for one document (or one container where it says so). Sizes in bytes, times in seconds."""

    max_bytes: int = 64 * 1024**2
    """Size of a file or member. Reports have 10 kB of text; scans some megabytes."""
    max_seconds: float = 120.0
    """Time to read one document, or one page of a scan."""
    max_memory: int = 4 * 1024**3
    """Data of a reading process."""
    max_unpacked: int = 256 * 1024**2
    """What a compressed part of a document may unpack to, all its parts together."""
    max_ratio: int = 1000
    """How many times its packed size a part may unpack to, beyond the first megabyte."""
    max_characters: int = 5_000_000
    """Characters of text that a document may yield."""
    max_cells: int = 200_000
    """Cells of all tables of a document, merged ones counted as many times as they cover places."""
    max_depth: int = 5_000
    """Elements inside one another in a web page. (Tables in tables have a bound of 40, XML one of 256 levels.)"""
    max_pages: int = 500
    """Pages of a PDF or OFD."""
    max_page_objects: int = 200_000
    """Characters and lines of one page."""
    max_recognised_pages: int = 60
    """Pages of a document that are read from pictures: each takes some seconds, and has `max_seconds` of its own. With 0
    no picture is read, as if the extra `ocr` were not installed."""
    max_pixels: int = 80_000_000
    """Pixels of a picture, or of a page drawn for recognition."""
    max_members: int = 200_000
    """Members of one container."""

    def with_settings(self, settings: dict[str, float]) -> Limits:
        """The same with some limits set by name. Raises ValueError for a name that is no limit or a number below 1."""
        known = {f.name for f in fields(self)}
        for name, value in settings.items():
            if name not in known:
                raise ValueError(f"{name!r} is no limit")
            least = 0 if name == "max_recognised_pages" else 1
            if not value >= least:
                raise ValueError(f"limit {name} must be at least {least}, not {value:g}")
        typed: dict[str, Any] = {k: float(v) if k == "max_seconds" else int(v) for k, v in settings.items()}
        return replace(self, **typed)


_current = Limits()


def current() -> Limits:
    """The limits that hold in this process."""
    return _current


def use(limits: Limits) -> None:
    """Sets the limits that hold in this process: a reading process does so for each batch."""
    global _current
    _current = limits


def _nobody() -> None:
    pass


_listener: Callable[[], None] = _nobody


def listen(listener: Callable[[], None]) -> None:
    """Who is told of signs of life in this process: the supervisor gives a document more time for each."""
    global _listener
    _listener = listener


def sign_of_life() -> None:
    """Says that a long document gets on: called a bounded number of times, once for each page read from a picture."""
    _listener()
