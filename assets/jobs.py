"""The job `build`, and what its runs are asked for with: the intakes, and who asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dagster as dg

BUILD = "build"
TRIGGER, ASKED_FOR = "ogi/trigger", "ogi/asked_for"
_START, _END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
_MOST_NAMED = 5

build = dg.define_asset_job(
    BUILD,
    selection=dg.AssetSelection.all(),
    description="Everything, from the documents to the published dataset. 从文档到发布数据集的全部步骤。",
)


def covering(order: Sequence[str], intakes: Sequence[str], trigger: str) -> Mapping[str, str]:
    """Tags of one run over some intakes. `order` has all of them, as Dagster keeps them, and is not empty.

    Dagster runs several partitions as one only where they follow each other. Intakes between are listed too; what did not
    change in them is not read again. Of no intake, the first is taken: what is gone is noticed with any of them.
    """
    at = {intake: place for place, intake in enumerate(order)}
    places = sorted(at[i] for i in intakes) or [0]
    names = ", ".join(intakes[:_MOST_NAMED]) + (" …" if len(intakes) > _MOST_NAMED else "")
    tags = {_START: order[places[0]], _END: order[places[-1]], TRIGGER: trigger}
    return {**tags, **({ASKED_FOR: names} if names else {})}


def partitions_of(run: dg.DagsterRun, order: Sequence[str]) -> Sequence[str]:
    """The intakes that a run is about; none where it is about the corpus only."""
    if (one := run.tags.get("dagster/partition")) is not None:
        return [one]
    start, end = run.tags.get(_START), run.tags.get(_END)
    if start in order and end in order:
        return order[order.index(start) : order.index(end) + 1]
    return []
