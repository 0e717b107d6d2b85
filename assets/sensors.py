"""Keeps the intake partitions those of the input folder."""

import dagster as dg

from assets.documents import INTAKE, raw_documents
from assets.resources import Workspace
from pipeline.store import inventory


def sync_intakes(instance: dg.DagsterInstance, workspace: Workspace) -> tuple[list[str], list[str]]:
    """Adds the intakes that are new in the input folder and forgets those that are gone. Returns both."""
    new, gone = _changes(instance, workspace)
    if new:
        instance.add_dynamic_partitions(str(INTAKE.name), new)
    for intake in gone:
        instance.delete_dynamic_partition(str(INTAKE.name), intake)
    return new, gone


def _changes(instance: dg.DagsterInstance, workspace: Workspace) -> tuple[list[str], list[str]]:
    known = set(instance.get_dynamic_partitions(str(INTAKE.name)))
    there = set(inventory.intakes(workspace.root))
    return sorted(there - known), sorted(known - there)


@dg.sensor(
    name="new_intakes",
    target=[raw_documents],
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Looks into the input folder: a new folder becomes a new intake to read, one that is gone is forgotten.",
)
def new_intakes(context: dg.SensorEvaluationContext, workspace: Workspace) -> dg.SensorResult | dg.SkipReason:
    try:
        new, gone = _changes(context.instance, workspace)
    except inventory.InputError as e:
        return dg.SkipReason(str(e))
    if not new and not gone:
        return dg.SkipReason("no change in the folders of the input")
    requests = []
    if new:
        requests.append(INTAKE.build_add_request(new))
    if gone:
        requests.append(INTAKE.build_delete_request(gone))
    return dg.SensorResult(dynamic_partitions_requests=requests)
