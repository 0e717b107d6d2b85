"""The job over a real Dagster instance: partitions, checks, publication, and what a broken invariant stops."""

from __future__ import annotations

import warnings
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from assets.definitions import build, definitions, defs
from assets.resources import Workspace
from assets.sensors import sync_intakes
from expectations import changes, gx, history
from expectations.invariants import SUITES
from expectations.suites import CRITICAL
from pipeline import schema
from pipeline.store import publish

ALL_STEPS = {
    "raw_documents",
    "normalized_text",
    "report_structure",
    "statutory_tables",
    "narrative_features",
    "staged_dataset",
    "dataset",
    "quality_page",
}


def run(
    instance: dg.DagsterInstance, workspace: Workspace, *assets: str, **partition: str
) -> dg.ExecuteInProcessResult:
    tags = {}
    if not partition:
        intakes = instance.get_dynamic_partitions("intake")
        tags = {"dagster/asset_partition_range_start": intakes[0], "dagster/asset_partition_range_end": intakes[-1]}
    return (
        definitions(workspace)
        .resolve_job_def(build.name)
        .execute_in_process(
            instance=instance,
            raise_on_error=False,
            tags=tags,
            asset_selection=[dg.AssetKey(a) for a in assets] or None,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            **partition,
        )
    )


def rows(workspace: Workspace, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(workspace.layout.database), read_only=True) as db:
        return db.execute(sql).fetchall()


def test_the_whole_job_then_one_intake_then_a_broken_invariant(
    instance: dg.DagsterInstance, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One test, because each step builds on the dataset that the one before left."""
    sync_intakes(instance, workspace)
    result = run(instance, workspace)
    assert result.success
    checks = {c.check_name: c.passed for c in result.get_asset_check_evaluations()}
    assert checks["schema_exact"] and checks["nothing_lost"] and not checks["findings_reading"]
    assert rows(workspace, "SELECT source_path, outcome FROM documents ORDER BY ALL") == [
        ("2023/a.txt", "parsed"),
        ("2024/b.txt", "parsed"),
        ("2024/c.txt", "duplicate"),
        ("d.txt", "not_a_report"),
    ]
    event = instance.get_latest_materialization_event(dg.AssetKey("cells"))
    assert event is not None and event.asset_materialization is not None
    assert {"dagster/row_count", "preview"} <= set(event.asset_materialization.metadata)

    # With the mouse: a new intake alone, then what is downstream of it.
    (Path(workspace.input) / "2025").mkdir()
    (Path(workspace.input) / "2025" / "e.txt").write_text("丙局", encoding="utf-8")
    assert sync_intakes(instance, workspace) == (["2025"], [])
    assert run(instance, workspace, "raw_documents", partition_key="2025").success
    four = [a for a in sorted(ALL_STEPS) if a not in ("raw_documents", "staged_dataset", "dataset", "quality_page")]
    assert run(instance, workspace, *four, partition_key="2025").success
    tables = [t.table for t in schema.tables() if t.status == schema.BUILT]
    assert run(instance, workspace, *tables, "staged_dataset", "dataset", "quality_page").success
    assert rows(workspace, "SELECT count(*) FROM documents") == [(5,)]
    assert [b.documents for b in changes.builds(history.read(workspace.layout))] == [4, 5]
    assert workspace.layout.quality_page.exists()

    # An invariant of ours is broken: the result stays the old one.
    (Path(workspace.input) / "2025" / "f.txt").write_text("丁局", encoding="utf-8")
    broken = [gx.Verdict(s, "cells", "a rule", "e", CRITICAL, s != "numbers_honest", 1, None) for s in SUITES]
    with monkeypatch.context() as m:
        m.setattr("assets.checks.judge", lambda *_: broken)
        stopped = run(instance, workspace)
    assert not stopped.success
    assert not [e for e in stopped.get_asset_materialization_events() if e.asset_key == dg.AssetKey("dataset")]
    assert rows(workspace, "SELECT count(*) FROM documents") == [(5,)]
    alone = run(instance, workspace, "dataset")
    assert not alone.success, "nor does the asset alone publish what failed"
    with pytest.raises(publish.NotChecked, match="a rule"):
        publish.publish(workspace.layout)


def test_definitions_load_without_warnings_and_describe_everything() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dg.Definitions.validate_loadable(defs)
    graph = defs.resolve_asset_graph()
    keys = {k.to_user_string() for k in graph.get_all_asset_keys()}
    assert keys == ALL_STEPS | {t.table for t in schema.tables() if t.status == schema.BUILT}
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.description and any("一" <= c <= "鿿" for c in node.description), key
        assert node.group_name != "default" and node.kinds and node.owners, key
