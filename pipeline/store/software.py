"""Which software runs: this project's version and digest, Python, and the packages that it rests on."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pipeline import __version__

PROJECT = "ogi-panel"
_TAKEN_IF_THERE = "ocr"
"""The extra that changes what is read where it is installed."""


@dataclass(frozen=True, slots=True)
class Software:
    """`packages`: version by name, of everything that the project needs and that is installed; sorted by name.

    Nothing in here tells one machine from another: neither paths nor hosts nor processors.
    """

    version: str
    code_digest: str
    python: str
    packages: Mapping[str, str]

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@cache
def running(code_digest: str) -> Software:
    """The software of this process. `code_digest` is that of this project's modules and tables."""
    return Software(__version__, code_digest, platform.python_version(), packages())


def packages(project: str = PROJECT) -> dict[str, str]:
    """Versions of the packages that a project needs here, directly or not, as far as they are installed.

    Of the project's extras only the one that changes what is read counts, and only where it is installed. Empty where
    the project is not installed but run from its folder.
    """
    found: dict[str, str] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = list(_needed(project, {_TAKEN_IF_THERE}))
    while waiting:
        requirement = waiting.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        if (installed := _installed(name)) is None:  # an extra that is not there
            continue
        found[name] = installed[0]
        waiting += _needed(name, extras)
    return dict(sorted(found.items()))


@cache
def _installed(name: str) -> tuple[str, tuple[Requirement, ...]] | None:
    """Version and requirements of a package. Its metadata is read once: that takes milliseconds each time."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    return about["Version"], tuple(map(Requirement, about.get_all("Requires-Dist") or ()))


def _needed(name: str, extras: set[str] | frozenset[str]) -> Iterator[Requirement]:
    """The requirements of an installed package that hold on this system, those of some extras among them."""
    _, requirements = _installed(name) or (None, ())
    for requirement in requirements:
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": e}) for e in ("", *extras)):
            yield requirement
