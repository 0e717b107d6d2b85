"""What a release says of itself: version, date, title, who made it, under which licence. Nothing here comes from a clock."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import total_ordering


class NoVersion(Exception):
    """A text is no version of the form 1.2.3; the message says so."""


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """Semantic version: `major` for a change of schema or meaning, `minor` for new reports, `patch` for corrected values."""

    major: int
    minor: int
    patch: int

    @staticmethod
    def of(text: str) -> Version:
        """The version that a text names. Raises NoVersion."""
        found = re.fullmatch(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})", text, re.ASCII)
        if found is None:
            raise NoVersion(f"{text!r} is no version: write three numbers such as 1.0.0")
        return Version(*map(int, found.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def __lt__(self, other: Version) -> bool:
        return (self.major, self.minor, self.patch) < (other.major, other.minor, other.patch)


@dataclass(frozen=True, slots=True)
class Creator:
    """A person (`given_names` filled) or an organisation (`name` alone)."""

    name: str
    given_names: str | None = None
    affiliation: str | None = None
    orcid: str | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What a dataset says of itself in every release, from a file that its publisher may replace (`about.yml`)."""

    title_en: str
    title_zh: str
    description_en: str
    description_zh: str
    creators: tuple[Creator, ...]
    keywords: tuple[str, ...]
    licence: str
    """SPDX identifier of the data's licence."""
    licence_url: str
    homepage: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """One release. `date` and `doi` are given by whoever releases."""

    version: Version
    date: dt.date
    about: About
    doi: str | None = None
    previous: Version | None = None
    """The release that this one is compared with."""
