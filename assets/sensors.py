"""Looks into the input folder: keeps the intake partitions those that are there, and asks for a run where files changed."""

import os
from collections.abc import Iterable, Mapping

import dagster as dg

from assets import jobs, runs
from assets.documents import INTAKE
from assets.resources import Workspace
from pipeline.store import inbox, inventory
from pipeline.store.folder_input import InputError

NAME = "new_documents"
SECONDS = "OGI_LOOK_SECONDS"
"""The environment's word for how often the sensor looks."""
_SECONDS = 15
_RUN_KEY = "dagster/run_key"
_SENSOR = "dagster/sensor_name"
Tags = Mapping[str, str]


def sync_intakes(instance: dg.DagsterInstance, workspace: Workspace) -> tuple[list[str], list[str]]:
    """Adds the intakes that are new in the input folder and forgets those that are gone. Returns both."""
    new, gone = _differences(instance, inventory.intakes(workspace.root))
    if new:
        instance.add_dynamic_partitions(str(INTAKE.name), new)
    for intake in gone:
        instance.delete_dynamic_partition(str(INTAKE.name), intake)
    return new, gone


def _differences(instance: dg.DagsterInstance, there: Iterable[str]) -> tuple[list[str], list[str]]:
    known, found = set(instance.get_dynamic_partitions(str(INTAKE.name))), set(there)
    return sorted(found - known), sorted(known - found)


def _seconds() -> int:
    said = os.environ.get(SECONDS, "")
    return int(said) if said.isdecimal() and int(said) else _SECONDS


@dg.sensor(
    name=NAME,
    job=jobs.build,
    minimum_interval_seconds=_seconds(),
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Looks into the input folder. Once a dataset is published, documents that came, changed or went are "
    "brought into it by one run over their intakes, as soon as two looks in a row find the same.\n\n"
    "查看输入文件夹。数据集首次发布之后，如有文档新增、变更或移除，则在连续两次查看结果一致时，仅就相关批次启动一次运行并更新数据集。",
)
def new_documents(context: dg.SensorEvaluationContext, workspace: Workspace) -> dg.SensorResult:
    """Compares what lies there with what the published dataset was read from: no memory of its own that could be lost.

    The cursor is the last look. The key of a request names the state of the folder and the publication that it replaces,
    so a state that could not be built is asked for once, and one that comes back after another is asked for again.
    """
    instance, layout = context.instance, workspace.layout
    runs.end_dead(instance, layout)
    try:
        now = inbox.look(workspace.root)
    except InputError as e:
        return _skip(str(e))
    going = runs.unfinished(instance)
    new, gone = _differences(instance, now)
    if going:
        gone = []  # the run may be about it
    partitions: list[dg.AddDynamicPartitionsRequest | dg.DeleteDynamicPartitionsRequest] = []
    if new:
        partitions.append(INTAKE.build_add_request(new))
    if gone:
        partitions.append(INTAKE.build_delete_request(gone))
    before, state = inbox.published(layout, is_sent=bool(workspace.upload)), inbox.digest(now)

    def wait(why: str) -> dg.SensorResult:
        return _skip(why, cursor=state, dynamic_partitions_requests=partitions)

    if going:
        return wait(f"{going}: the next look is after it")
    if before is None:
        return wait("nothing is published yet: materialise everything once, then changes are noticed")
    changed = inbox.changes(before, now)
    if not changed:
        return wait(f"{sum(s.files for s in now.values()):,} files in {len(now):,} intakes, all in the dataset")
    if state != context.cursor:
        return wait(f"{_told(changed)}: waits until nothing moves")
    publication, *last_two = _publications(instance, "uploaded_dataset" if workspace.upload else "dataset")
    if _was_in_vain(state, *last_two):
        return wait(f"{_told(changed)}: the last run was about just this. Was ogi upgraded? Then start it again")
    key = f"{state}-{publication}"
    if tried := instance.get_runs(dg.RunsFilter(tags={_RUN_KEY: key, _SENSOR: NAME}), limit=1):
        return wait(
            f"{_told(changed)}: run {tried[0].run_id[:8]} was about it and ended as {tried[0].status.value.lower()}. "
            "Put right what it says and run it again, or change the input"
        )
    order = [i for i in instance.get_dynamic_partitions(str(INTAKE.name)) if i not in gone] + new
    tags = jobs.covering(order, (*changed.new, *changed.changed), f"sensor: {_told(changed)}")
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=key, tags=tags)], cursor=state, dynamic_partitions_requests=partitions
    )


def _skip(why: str, **more: object) -> dg.SensorResult:
    return dg.SensorResult(skip_reason=dg.SkipReason(why), **more)  # type: ignore[arg-type]


def _told(changed: inbox.Changes) -> str:
    parts = [(len(changed.new), "new"), (len(changed.changed), "changed"), (len(changed.gone), "gone")]
    said = [f"{number:,} {'intake' if number == 1 else 'intakes'} {how}" for number, how in parts if number]
    return ", ".join(said)


def _publications(instance: dg.DagsterInstance, asset: str) -> tuple[int, Tags, Tags]:
    """Number of the last publication in Dagster's storage, and the tags of the runs that led to it and to the one before."""
    found = instance.fetch_materializations(dg.AssetKey(asset), limit=2).records
    made_by = [instance.get_run_by_id(record.run_id) for record in found]
    last, before, *_ = *({} if run is None else run.tags for run in made_by), {}, {}
    return found[0].storage_id if found else 0, last, before


def _was_in_vain(state: str, last: Tags, before: Tags) -> bool:
    """Whether a run that was asked for this state found it so, and yet it counts as a change; or two found the same other
    state. One that found another, as what came for a moment makes it, only has to be followed by another run."""

    def is_asked(tags: Tags) -> bool:
        return tags.get(_RUN_KEY, "").startswith(f"{state}-")

    seen = last.get(runs.SEEN, state)
    return is_asked(last) and (seen == state or (is_asked(before) and before.get(runs.SEEN) == seen))
