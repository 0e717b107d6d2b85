"""The published dataset in an S3-compatible store, where a build is given one."""

import dagster as dg

from assets.dataset import dataset
from assets.describe import GROUP, OWNERS
from assets.resources import Workspace
from pipeline.store import inbox, published_place


@dg.asset(
    deps=[dataset],
    group_name=GROUP,
    kinds={"s3"},
    owners=OWNERS,
    description="The published dataset in a store: a version under a name that follows from its content, and one object "
    "that says which version is the published one, replaced last.\n\n"
    "发布至对象存储的数据集：各版本依内容命名，最后替换指明当前版本的对象。",
)
def uploaded_dataset(workspace: Workspace) -> dg.MaterializeResult:  # type: ignore[type-arg]
    place = workspace.upload_place
    assert place is not None  # otherwise there is no such asset
    with workspace.alone():
        sent = published_place.send(workspace.layout, place)
        inbox.note_sent(workspace.layout)
    return dg.MaterializeResult(
        metadata={"place": str(place), "version": sent.version, "files": sent.files, "files sent": sent.sent}
    )
