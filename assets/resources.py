"""The workspace: which input folder is read and which output folder is written."""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from assets import runs
from pipeline.limits import Limits
from pipeline.store import publish
from pipeline.store.corrections_file import Correction, default_file, read_corrections
from pipeline.store.executors import LOCAL, Elsewhere
from pipeline.store.layout import Layout
from pipeline.store.outages import PASSING
from pipeline.store.places import Place, S3Folder, place_of

DEFAULT_INPUT = "data/sample"
DEFAULT_OUTPUT = "data/build/sample"
_PATIENCE_SECONDS = 600.0
_RETRIES, _SECONDS_BETWEEN = 3, 30


class Workspace(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Input and output folder, how many documents are read at once, limits that differ from the defaults, corrections, and
    which other machines and stores take part. `again`: what hung or ended its reader is tried once more."""

    input: str = DEFAULT_INPUT
    output: str = DEFAULT_OUTPUT
    workers: int = 0
    parser: str = ""
    corrections: str = ""
    executor: str = LOCAL
    exchange: str = ""
    upload: str = ""
    again: bool = False
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
    def root(self) -> Place:
        return place_of(self.input)

    @property
    def upload_place(self) -> S3Folder | None:
        """The place in a store that is given what is published. Raises ValueError."""
        place = place_of(self.upload) if self.upload else None
        if isinstance(place, Path):
            raise ValueError(f"OGI_UPLOAD takes s3://BUCKET/PREFIX, not {self.upload!r}")
        return place

    @property
    def elsewhere(self) -> Elsewhere:
        """Which other machines and stores take part."""
        return Elsewhere(self.executor, self.exchange, self.upload)

    @property
    def layout(self) -> Layout:
        return Layout(Path(self.output))

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator[Workspace, None, None]:
        """Within a run: shows that its process lives."""
        if context.run is None:
            yield self
            return
        runs.tag(context.instance, context.run)
        with runs.alive(self.layout, context.run.run_id):
            yield self

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps other builds off the output folder; a run that another one precedes waits for its turn.

        Around the work of a step that writes there; it is tried again as in `patiently`.
        """
        with patiently(), publish.lock(self.layout, _PATIENCE_SECONDS):
            yield


@contextmanager
def patiently() -> Iterator[None]:
    """Around the work of a step: where it fails for a reason that may pass, Dagster tries the step again.

    The reason is that of an OSError, or of an error of ours that says by its `errno` what the system said.
    """
    try:
        yield
    except Exception as e:
        if isinstance(e, publish.OutputBusy) or getattr(e, "errno", None) in PASSING:
            raise dg.RetryRequested(_RETRIES, _SECONDS_BETWEEN) from e
        raise


def from_environment() -> Workspace:
    """The workspace that `ogi` names in the environment; without it the committed sample."""
    return Workspace(
        input=os.environ.get("OGI_INPUT", DEFAULT_INPUT),
        output=os.environ.get("OGI_OUTPUT", DEFAULT_OUTPUT),
        workers=int(os.environ.get("OGI_WORKERS", "0")),
        parser=os.environ.get("OGI_PARSER", ""),
        corrections=os.environ.get("OGI_CORRECTIONS", str(default_file() or "")),
        executor=os.environ.get("OGI_EXECUTOR", LOCAL),
        exchange=os.environ.get("OGI_EXCHANGE", ""),
        upload=os.environ.get("OGI_UPLOAD", ""),
        again=bool(os.environ.get("OGI_AGAIN")),
        limits=json.loads(os.environ.get("OGI_LIMITS", "{}")),
    )
