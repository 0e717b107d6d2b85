"""`ogi ui` as a browser sees it: its web server is asked over HTTP what the pages ask, "Materialize all" included."""

from __future__ import annotations

import inspect
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from dagster._cli import dev
from dagster._daemon import backfill, controller

from expectations.catalogue import FAMILIES
from expectations.invariants import SUITES
from pipeline.store.duckdb_file import built_tables

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 240
Ask = Callable[..., dict[str, Any]]

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
  ... on PartitionBackfill { status runs { runId } }
} }"""


def until(happens: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if found := happens():
            return found
        time.sleep(0.5)
    raise AssertionError(f"{SECONDS} seconds went by without {what}")


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    """Asks the web server of an `ogi ui` on the sample, with an output folder in which nothing was built yet."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "pipeline.cli", "ui", "--input", "data/sample", "--output", str(tmp_path / "out")]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (tmp_path / "log").open("w") as log:
        ui = subprocess.Popen([*command, "--port", str(port)], cwd=ROOT, env=env, stdout=log, stderr=log)

    def asked(query: str, **variables: Any) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        header = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{port}/graphql", body, header)
        with urllib.request.urlopen(request, timeout=60) as answer:
            said = json.load(answer)
        assert "errors" not in said, said["errors"]
        data: dict[str, Any] = said["data"]
        return data

    def answers() -> bool:
        assert ui.poll() is None, (tmp_path / "log").read_text()
        try:
            return bool(asked("{ assetNodes { id } }")["assetNodes"])
        except OSError:
            return False

    try:
        until(answers, "an answer of the web server")
        yield asked
    finally:
        ui.send_signal(signal.SIGINT)
        try:
            ui.wait(timeout=60)
        except subprocess.TimeoutExpired:
            ui.kill()


@pytest.mark.slow
def test_materialize_all_fills_every_asset_and_every_check(ask: Ask) -> None:
    intakes = ask(_PARTITIONS)["assetNodeOrError"]["partitionKeys"]
    assert intakes == ["2023", "2024", "unsorted"], "they are there before anything has run"
    nodes = ask(_STATE)["assetNodes"]
    assert {n["assetKey"]["path"][0] for n in nodes} >= {t.table for t in built_tables()}
    assert len({n["groupName"] for n in nodes}) == 1, "one group: the lineage shows every asset without a click"

    params = {"assetSelection": [n["assetKey"] for n in nodes], "partitionNames": intakes, "fromFailure": False}
    launched = ask(_LAUNCH, params=params)["launchPartitionBackfill"]
    assert launched["__typename"] == "LaunchBackfillSuccess"

    def ended() -> dict[str, Any] | None:
        state: dict[str, Any] = ask(_BACKFILL, id=launched["backfillId"])["partitionBackfillOrError"]
        return state if state["status"] not in ("REQUESTED", "CANCELING", "FAILING") else None

    state = until(ended, "an end of the backfill")
    assert state["status"] == "COMPLETED_SUCCESS"
    assert len(state["runs"]) == 2, "one for the documents, one for the corpus: each costs seconds"

    checks: dict[str, Any] = {}
    for node in ask(_STATE)["assetNodes"]:
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


def test_what_the_shorter_waits_rely_on_is_still_there() -> None:
    """`assets.dev` sets a constant that Dagster does not document. Were it gone, backfills would only be slower."""
    assert controller.DEFAULT_DAEMON_INTERVAL_SECONDS == 30
    assert "DEFAULT_DAEMON_INTERVAL_SECONDS" in inspect.getsource(backfill.execute_backfill_iteration_loop)
    started = inspect.getsource(dev.dev_command_impl)
    assert "open_ipc_subprocess(" in started and '"dagster._daemon"' in started
