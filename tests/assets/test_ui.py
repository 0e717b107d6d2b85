"""`ogi ui` as a browser sees it: "Materialize all", and a document that is dropped into the input folder."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dagster._cli import dev
from dagster._daemon import backfill, controller

from expectations.catalogue import FAMILIES
from expectations.invariants import SUITES
from pipeline.store.duckdb_file import built_tables
from tests.assets.ui import Pages, Ui, serving, until
from tests.conftest import SAMPLE, copy_sample
from tests.corpus.formats.browser import Browser

pytestmark = pytest.mark.xdist_group("ui")

PART = (
    "2023/web_2022.txt",
    "2023/first_town_2022.txt",
    "2024/first_town_2023.txt",
    "2024/blank_tables_2024.txt",
    "unsorted_web_2024.txt",
)

_STATE = """{ assetNodes {
  assetKey { path } isPartitioned groupName description
  partitionStats { numPartitions numMaterialized }
  assetMaterializations(limit: 1) { metadataEntries { label ... on IntMetadataEntry { intValue } } }
  assetChecksOrError { ... on AssetChecks { checks {
    name blocking canExecuteIndividually
    executionForLatestMaterialization { status evaluation {
      severity success description metadataEntries { label ... on TableMetadataEntry { table { records } } }
    } }
  } } }
} }"""
_PARTITIONS = '{ assetNodeOrError(assetKey: {path: ["raw_documents"]}) { ... on AssetNode { partitionKeys } } }'
_LAUNCH = """mutation Launch($params: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $params) {
  __typename ... on LaunchBackfillSuccess { backfillId }
} }"""
_BACKFILL = """query Backfill($id: String!) { partitionBackfillOrError(backfillId: $id) {
  ... on PartitionBackfill { status runs { runId tags { key value } } }
} }"""
_SENSOR_RUNS = """{ runsOrError(filter: {tags: [{key: "dagster/sensor_name", value: "new_documents"}]}) {
  ... on Runs { results { runId status tags { key value } } }
} }"""


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ui]:
    """On a part of the sample, with an output folder in which nothing was built yet."""
    folder = tmp_path_factory.mktemp("ui")
    copy_sample(PART, folder / "in")
    with serving(folder / "in", folder / "out", folder / "log") as ui:
        yield ui


@pytest.fixture(scope="module")
def filled(ui: Ui) -> dict[str, Any]:
    """What "Materialize all" came to: the backfill."""
    intakes = ui.ask(_PARTITIONS)["assetNodeOrError"]["partitionKeys"]
    assert intakes == ["2023", "2024", "unsorted"], "they are there before anything has run"
    nodes = ui.ask(_STATE)["assetNodes"]
    assert {n["assetKey"]["path"][0] for n in nodes} >= {t.table for t in built_tables()}
    assert len({n["groupName"] for n in nodes}) == 1, "one group: the lineage shows every asset without a click"
    return _filled(ui, [n["assetKey"] for n in nodes], intakes)


def _filled(ui: Ui, assets: list[dict[str, Any]], intakes: list[str]) -> dict[str, Any]:
    params = {"assetSelection": assets, "partitionNames": intakes, "fromFailure": False}
    launched = ui.ask(_LAUNCH, params=params)["launchPartitionBackfill"]
    assert launched["__typename"] == "LaunchBackfillSuccess"

    def ended() -> dict[str, Any] | None:
        state: dict[str, Any] = ui.ask(_BACKFILL, id=launched["backfillId"])["partitionBackfillOrError"]
        return state if state["status"] not in ("REQUESTED", "CANCELING", "FAILING") else None

    state: dict[str, Any] = until(ended, "an end of the backfill")
    return state


@pytest.mark.slow
def test_materialize_all_fills_every_asset_and_every_check(ui: Ui, filled: dict[str, Any]) -> None:
    assert filled["status"] == "COMPLETED_SUCCESS"
    tags = [{t["key"]: t["value"] for t in r["tags"]} for r in filled["runs"]]
    years = [
        (t["dagster/asset_partition_range_start"], t["dagster/asset_partition_range_end"])
        for t in tags
        if "dagster/asset_partition_range_start" in t
    ]
    assert years == [("2023", "unsorted")], "one run for the documents of all years"
    assert len(tags) == 2, "and one for the corpus: Dagster puts no two ways of being partitioned into one run"
    assert {t["ogi/trigger"] for t in tags} == {"backfill"}

    checks: dict[str, Any] = {}
    for node in ui.ask(_STATE)["assetNodes"]:
        name = node["assetKey"]["path"][0]
        shown = {e["label"] for m in node["assetMaterializations"] for e in m["metadataEntries"]}
        assert shown >= ({"size", "path"} if name in ("staged_dataset", "quality_page") else {"dagster/row_count"}), (
            name
        )
        if node["isPartitioned"]:
            assert node["partitionStats"] == {"numPartitions": 3, "numMaterialized": 3}, name
        checks |= {c["name"]: c for c in node["assetChecksOrError"]["checks"]}
    assert set(checks) == set(SUITES) | {f"findings_{f}" for f in FAMILIES}
    for name, check in checks.items():
        found = check["executionForLatestMaterialization"]
        tables = [e["table"]["records"] for e in found["evaluation"]["metadataEntries"] if "table" in e]
        assert check["canExecuteIndividually"] == "CAN_EXECUTE", name
        assert found["evaluation"]["description"] and any(tables), name
        ours = name in SUITES
        assert (check["blocking"], found["evaluation"]["severity"]) == (ours, "ERROR" if ours else "WARN"), name
        assert found["evaluation"]["success"] or not ours, name


@pytest.mark.slow
def test_a_document_dropped_into_the_inbox_shows_up_through_the_sensor(
    ui: Ui, filled: dict[str, Any], open_browser: Browser, tmp_path: Path
) -> None:
    """A report with a blank table comes as a new intake; nobody clicks, and the pages show what became of it."""
    assert filled["status"] == "COMPLETED_SUCCESS"
    before = _published(ui)
    text = (SAMPLE / "2024" / "blank_tables_2024.txt").read_text(encoding="utf-8")
    (ui.source / "2025").mkdir()
    (ui.source / "2025" / "arrived.txt").write_text(text.replace("2024年", "2025年"), encoding="utf-8")

    def ended() -> dict[str, Any] | None:
        found = ui.ask(_SENSOR_RUNS)["runsOrError"]["results"]
        return found[0] if found and found[0]["status"] in ("SUCCESS", "FAILURE") else None

    run = until(ended, "an end of the sensor's run")
    tags = {t["key"]: t["value"] for t in run["tags"]}
    assert run["status"] == "SUCCESS" and tags["ogi/trigger"] == "sensor: 1 intake new"
    assert tags["dagster/asset_partition_range_start"] == tags["dagster/asset_partition_range_end"] == "2025"
    assert _published(ui) == {*before, "2025/arrived.txt"}

    pages, name = Pages(open_browser, ui), run["runId"][:8]
    sensor = "/locations/__repository__@assets.definitions/sensors/new_documents"
    pages.open(
        sensor, "Looks into the input folder", "查看输入文件夹", "runs requested", picture=tmp_path / "sensor.png"
    )
    pages.open("/runs", name, "ogi/trigger: sensor: 1 intake new", picture=tmp_path / "runs.png")
    pages.open(f"/runs/{run['runId']}", "Success", "Launched by new_documents", picture=tmp_path / "run.png")
    partition = "/assets/raw_documents?view=partitions&partition=2025"
    pages.open(partition, "2025/arrived.txt", name, picture=tmp_path / "partition.png")
    pages.open("/assets/dataset?view=events", "Materialized in run", name, picture=tmp_path / "asset.png")
    fresh = "Fails if more than 15 days since last materialization"
    pages.open("/assets/dataset", "Passing", fresh, picture=tmp_path / "overview.png")
    checks = "/assets/staged_dataset?view=checks&checkDetail=findings_tables"
    pages.open(checks, "2025/arrived.txt", "有表格，但没有任何数字", picture=tmp_path / "checks.png")


def _published(ui: Ui) -> set[str]:
    with duckdb.connect(str(ui.out / "ogi.duckdb"), read_only=True) as db:
        return {path for (path,) in db.execute("SELECT source_path FROM documents").fetchall()}


def test_what_the_shorter_waits_rely_on_is_still_there() -> None:
    """`assets.dev` sets a constant that Dagster does not document. Were it gone, backfills would only be slower."""
    assert controller.DEFAULT_DAEMON_INTERVAL_SECONDS == 30
    assert "DEFAULT_DAEMON_INTERVAL_SECONDS" in inspect.getsource(backfill.execute_backfill_iteration_loop)
    started = inspect.getsource(dev.dev_command_impl)
    assert "open_ipc_subprocess(" in started and '"dagster._daemon"' in started
