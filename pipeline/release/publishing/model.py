"""What is planned and what came of it, for every target."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from pipeline.release.publishing.contents import Release
from pipeline.release.publishing.retry import Patience
from pipeline.release.publishing.target import Target

Progress: TypeAlias = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it lies at the target; `size` in bytes."""

    name: str
    size: int
    is_there: bool | None
    """With the same content; None where it cannot be known (without credentials)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What publishing would do."""

    release: Release
    target: Target
    place: str
    """Where the release would lie."""
    uploads: tuple[Upload, ...]
    notes: tuple[str, ...] = ()
    """What whoever publishes should know before."""

    @property
    def to_send(self) -> tuple[Upload, ...]:
        return tuple(u for u in self.uploads if not u.is_there)

    @property
    def bytes_to_send(self) -> int:
        return sum(u.size for u in self.to_send)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What publishing did. `sent` and `there_already` count files, `is_draft` says that nobody else sees it yet."""

    place: str
    sent: int
    there_already: int
    is_draft: bool = False
    doi: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """What a publisher works with. The environment holds secrets: it is asked by name, and never printed or kept."""

    release: Release
    target: Target
    environment: Mapping[str, str]
    progress: Progress
    patience: Patience

    def secret(self, variable: str) -> str | None:
        return self.environment.get(variable, "").strip() or None


class Publisher(Protocol):
    """One target."""

    def plan(self) -> Plan: ...

    def publish(self, final: bool) -> Outcome: ...
