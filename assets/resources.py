"""The workspace: which input folder is read and which output folder is written."""

from __future__ import annotations

import json
import os
from contextlib import AbstractContextManager
from pathlib import Path

import dagster as dg

from pipeline.limits import Limits
from pipeline.store import publish
from pipeline.store.corrections_file import Correction, default_file, read_corrections
from pipeline.store.layout import Layout

DEFAULT_INPUT = "data/sample"
DEFAULT_OUTPUT = "data/build/sample"
_PATIENCE_SECONDS = 600.0


class Workspace(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Input and output folder, how many documents are read at once, limits that differ from the defaults, corrections."""

    input: str = DEFAULT_INPUT
    output: str = DEFAULT_OUTPUT
    workers: int = 0
    parser: str = ""
    corrections: str = ""
    limits: dict[str, float] = {}  # noqa: RUF012 - a setting's default, which the resource copies

    @property
    def allowed(self) -> Limits:
        """What one document may cost. Raises ValueError for a setting that names no limit."""
        return Limits().with_settings(dict(self.limits))

    @property
    def by_hand(self) -> tuple[Correction, ...]:
        """The entries of the corrections file, none without one. Raises CorrectionsWrong."""
        return read_corrections(Path(self.corrections)) if self.corrections else ()

    @property
    def root(self) -> Path:
        return Path(self.input)

    @property
    def layout(self) -> Layout:
        return Layout(Path(self.output))

    def alone(self) -> AbstractContextManager[None]:
        """Keeps other builds off the output folder; a run that another one precedes waits for its turn."""
        return publish.lock(self.layout, _PATIENCE_SECONDS)


def from_environment() -> Workspace:
    """The workspace that `ogi` names in the environment; without it the committed sample."""
    return Workspace(
        input=os.environ.get("OGI_INPUT", DEFAULT_INPUT),
        output=os.environ.get("OGI_OUTPUT", DEFAULT_OUTPUT),
        workers=int(os.environ.get("OGI_WORKERS", "0")),
        parser=os.environ.get("OGI_PARSER", ""),
        corrections=os.environ.get("OGI_CORRECTIONS", str(default_file() or "")),
        limits=json.loads(os.environ.get("OGI_LIMITS", "{}")),
    )
