"""The dataset: assembled beside the published one, checked there, then published as a whole."""

import dagster as dg

from assets.describe import GROUP, OWNERS, WORK, inline
from assets.resources import Workspace
from assets.tables import INPUTS
from expectations import history, quality
from pipeline.store import duckdb_file, inbox, provenance, publish, software, stages

LAST_TABLES = sorted(set(INPUTS).difference(*INPUTS.values()))
"""Tables that no other is made from. The others come into the dataset too, but through these: fewer lines to follow."""


@dg.asset(
    deps=LAST_TABLES,
    group_name=GROUP,
    kinds={"duckdb", "parquet"},
    owners=OWNERS,
    description="The whole dataset as one DuckDB file beside its Parquet files, not yet published: the blocking checks "
    "judge it here.\n\n尚未发布的完整数据集（DuckDB 与 Parquet），在此接受阻断性检查。",
)
def staged_dataset(workspace: Workspace) -> dg.MaterializeResult:  # type: ignore[type-arg]
    layout = workspace.layout
    with workspace.alone():
        is_new = stages.run(
            layout,
            "database",
            lambda: duckdb_file.write_database(layout, layout.staged_database),
            modules=["pipeline.store.duckdb_file"],
            inputs=[layout.staged_table(t.table) for t in duckdb_file.built_tables()],
            outputs=[layout.staged_database],
        )
        provenance.stage_provenance(layout, software.running(history.code_digest()))
    return dg.MaterializeResult(
        metadata={
            "size": dg.MetadataValue.text(f"{layout.staged_database.stat().st_size:,} bytes"),
            "path": dg.MetadataValue.path(str(layout.staged_database)),
            "work": WORK[is_new],
        }
    )


@dg.asset(
    deps=[staged_dataset],
    group_name=GROUP,
    kinds={"duckdb", "parquet"},
    owners=OWNERS,
    description="The published dataset: `parquet/*.parquet` and `ogi.duckdb` in the output folder, replaced together. "
    "Only what has passed every blocking check gets here.\n\n"
    "已发布的数据集：输出文件夹中的 `parquet/*.parquet` 与 `ogi.duckdb`，整体替换；未通过阻断性检查者不予发布。",
)
def dataset(workspace: Workspace) -> dg.MaterializeResult:  # type: ignore[type-arg]
    layout = workspace.layout
    with workspace.alone():
        history.note(layout)  # of the build before, whose run may have been killed between publication and note
        is_new = publish.publish(layout)
        inbox.note_published(layout)
        history.note(layout)
    rows = publish.row_counts(layout)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": rows["row_count"].sum(),
            "build": publish.current_build(layout),
            "tables": inline(rows),
            "Parquet": dg.MetadataValue.path(str(layout.parquet)),
            "DuckDB": dg.MetadataValue.path(str(layout.database)),
            "work": WORK[is_new],
        }
    )


@dg.asset(
    deps=[dataset],
    group_name=GROUP,
    kinds={"html"},
    owners=OWNERS,
    description="`quality.html` in the output folder: what the checks found, how complete the dataset is, and how that "
    "changed from build to build. One file without scripts, for any browser, also offline.\n\n"
    "输出文件夹中的 `quality.html`：检查结果、数据完整程度及各次构建间的变化；单个文件，无脚本，可离线浏览。",
)
def quality_page(workspace: Workspace) -> dg.MaterializeResult:  # type: ignore[type-arg]
    layout = workspace.layout
    with workspace.alone():
        quality.write_page(layout)
    return dg.MaterializeResult(
        metadata={
            "size": dg.MetadataValue.text(f"{layout.quality_page.stat().st_size:,} bytes"),
            "path": dg.MetadataValue.path(str(layout.quality_page)),
        }
    )
