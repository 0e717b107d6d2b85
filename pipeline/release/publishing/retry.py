"""Tries again what may succeed later: bounded in number and time, and as late as the service asks."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pipeline.release.publishing.errors import PublishingInterrupted

T = TypeVar("T")

PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed."""


class Again(Exception):
    """It may succeed later; `seconds` is how long the service asks to wait, None where it says nothing."""

    def __init__(self, message: str, seconds: float | None = None) -> None:
        super().__init__(message)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Patience:
    """How often something is tried in all, and how many seconds lie between: doubling from `first` to `longest`."""

    attempts: int = 6
    first: float = 1.0
    longest: float = 60.0
    asked_at_most: float = 900.0
    """A service that asks for more is not waited for: the same call later goes on."""
    sleep: Callable[[float], None] = time.sleep


def persist(do: Callable[[], T], patience: Patience, progress: Callable[[str], None]) -> T:
    """What `do` gives, tried again while it raises Again. Raises PublishingInterrupted when patience has an end."""
    for attempt in range(1, patience.attempts + 1):
        try:
            return do()
        except Again as e:
            wait = min(patience.first * 2 ** (attempt - 1), patience.longest) if e.seconds is None else e.seconds
            if attempt == patience.attempts or wait > patience.asked_at_most:
                raise PublishingInterrupted(str(e)) from e
            progress(f"{e}; again in {wait:g} s")
            patience.sleep(wait)
    raise PublishingInterrupted("nothing was tried: patience of no attempts")


def asked_wait(headers: Mapping[str, str], now: Callable[[], float] = time.time) -> float | None:
    """Seconds that an answer asks to wait: `Retry-After` (RFC 9110: seconds or a date), or Zenodo's `X-RateLimit-Reset`."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    if text:
        try:
            return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - now())
        except (ValueError, OverflowError):
            return None
    reset = headers.get("X-RateLimit-Reset", "").strip()
    if headers.get("X-RateLimit-Remaining", "").strip() == "0" and reset.isascii() and reset.isdigit():
        return max(0.0, float(reset[:12]) - now())
    return None
