"""The job `release`: makes a release of the published dataset. Run by hand, with its date; never by a sensor."""

import datetime as dt
from pathlib import Path

import dagster as dg

from assets.resources import DEFAULT_OUTPUT, Workspace
from expectations.release import Parts
from pipeline.release.edition import Version
from pipeline.release.metadata import default_about, read_about
from pipeline.release.write import Order, release


class ReleaseConfig(dg.Config):  # type: ignore[misc]
    """What whoever releases has to say."""

    date: str
    """Date of the release, as 2026-03-01."""
    output: str
    """Folder of the releases."""
    version: str = ""
    """Worked out from what changed where it is empty; refused where it is not right."""
    about: str = ""
    """File with title, authors and licence; those of ogi-panel where it is empty."""
    doi: str = ""
    gold: list[str] = []  # noqa: RUF012 - a setting's default, which Dagster copies
    """Folders with the right cells of some reports."""


@dg.op(
    description="Makes a release of the published dataset: a folder named by its version, checked as a whole.\n\n"
    "由已发布的数据集制作一个版本：以版本号命名的文件夹，整体经过检查。",
)
def make_release(context: dg.OpExecutionContext, config: ReleaseConfig, workspace: Workspace) -> None:
    order = Order(
        workspace.layout,
        Path(config.output),
        dt.date.fromisoformat(config.date),
        read_about(Path(config.about)) if config.about else default_about(workspace.output == DEFAULT_OUTPUT),
        Version.of(config.version) if config.version else None,
        config.doi or None,
    )
    made = release(order, Parts(tuple(map(Path, config.gold))), context.log.info)
    files = sum(p.is_file() for p in made.folder.root.rglob("*"))
    context.add_output_metadata(
        {
            "version": str(made.edition.version),
            "files": files,
            "folder": dg.MetadataValue.path(str(made.folder.root)),
            "changes": dg.MetadataValue.md(made.folder.changelog.read_text(encoding="utf-8")),
        }
    )


@dg.job(
    name="release",
    description="A release of the published dataset. Run by hand: it needs the date of the release.\n\n"
    "制作数据集的一个版本。须手动运行，并给出发布日期。",
)
def release_job() -> None:
    make_release()
