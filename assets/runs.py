"""Which runs are going, which only seem to because their process was killed, and what a run is tagged with."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from dagster._core.execution.backfill import BulkActionsFilter, BulkActionStatus

from assets import jobs
from expectations import history
from pipeline import __version__
from pipeline.store.layout import Layout

_WORKING = (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING)
_UNFINISHED = (
    *_WORKING,
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
)
_UNFINISHED_BACKFILL = (BulkActionStatus.REQUESTED, BulkActionStatus.CANCELING, BulkActionStatus.FAILING)
_SECONDS_TO_BEGIN = 600.0
"""After this long a run that never came to its first step is dead."""

SEEN = "ogi/seen"
"""Tag: digest of the input as the run found it, which may not be what it was asked for."""
_WHOLE = {"dagster/retry_strategy": "ALL_STEPS"}
"""What a run listed before it was killed may be out of date; what it had read is not read again anyway."""
_BACKFILL = "dagster/backfill"
_PARTITIONS = "intake"
_PARTIAL = ".partial"


def tag(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Tags a run with what is known only where it runs: the code, how many intakes, and who asked for it."""
    tags = {"ogi/code": f"{__version__} {history.code_digest()[:12]}", **_WHOLE}
    if jobs.TRIGGER not in run.tags:
        tags[jobs.TRIGGER] = "backfill" if _BACKFILL in run.tags else "hand"
    if intakes := jobs.partitions_of(run, instance.get_dynamic_partitions(_PARTITIONS)):
        tags["ogi/intakes"] = str(len(intakes))
    instance.add_run_tags(run.run_id, tags)


@contextmanager
def alive(layout: Layout, run_id: str) -> Iterator[None]:
    """From now on others see that the run's process lives. The operating system says so: it frees a lock however a process
    ends. Nothing is given back before that: the last events of a run are written after its resources are put away."""
    place = _place(layout, run_id)
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(run_id + _PARTIAL)
    handle = os.open(beside, os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)
    beside.rename(place)  # locked before anyone can see it
    yield


def _place(layout: Layout, run_id: str) -> Path:
    return layout.work / "runs" / run_id


def unfinished(instance: dg.DagsterInstance) -> str | None:
    """What waits or is going of the job, or of assets chosen by hand; in words, None where nothing is."""
    waiting = [r for r in instance.get_runs(dg.RunsFilter(statuses=list(_UNFINISHED))) if _is_about(r)]
    if waiting:
        return f"run {waiting[-1].run_id[:8]} is {waiting[-1].status.value.lower()}"
    filled = instance.get_backfills(filters=BulkActionsFilter(statuses=list(_UNFINISHED_BACKFILL)))
    return f"backfill {filled[-1].backfill_id} is not done" if filled else None


def _is_about(run: dg.DagsterRun) -> bool:
    return run.job_name == jobs.BUILD or run.job_name.startswith("__ASSET_JOB")


def end_dead(instance: dg.DagsterInstance, layout: Layout) -> list[str]:
    """Ends the runs whose process is gone, so that the queue goes on. Their ids. Clears away what ended runs left here."""
    dead = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=list(_WORKING))):
        run = record.dagster_run
        if not _is_dead(layout, run.run_id, record.start_time or time.time()):
            continue
        now = instance.get_run_by_id(run.run_id)
        if now is not None and now.status in _WORKING:  # it did not come to its end meanwhile
            instance.report_run_failed(
                run, "The process of this run was killed, or its machine went down. What was published before is whole."
            )
            dead.append(run.run_id)
    for place in _place(layout, "").glob("*"):
        run_of = instance.get_run_by_id(place.name.removesuffix(_PARTIAL))
        if run_of is not None and run_of.is_finished:
            place.unlink(missing_ok=True)
    return dead


def _is_dead(layout: Layout, run_id: str, since: float) -> bool:
    try:
        handle = os.open(_place(layout, run_id), os.O_RDWR)
    except FileNotFoundError:
        return time.time() - since > _SECONDS_TO_BEGIN
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True
