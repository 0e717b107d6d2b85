"""Input and output in a real S3 endpoint, as Dagster's steps use them: what is tried again, and what counts as published."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import pytest

from assets import jobs, resources
from assets.definitions import definitions
from assets.resources import Workspace
from assets.sensors import sync_intakes
from pipeline.store import objects
from tests.assets.test_sensor import QUIET, Inbox
from tests.store import s3_store
from tests.store.cutting_responses import CuttingResponses

pytestmark = pytest.mark.xdist_group("dask")


@pytest.fixture
def store() -> Iterator[s3_store.Store]:
    with s3_store.store() as store, s3_store.variables(store.environment()):
        yield store


def step(
    instance: dg.DagsterInstance, workspace: Workspace, asset: str, intake: str | None = None
) -> dg.ExecuteInProcessResult:
    job = definitions(workspace).resolve_job_def(jobs.BUILD)
    return job.execute_in_process(
        instance=instance,
        asset_selection=[dg.AssetKey(asset)],
        partition_key=intake,
        raise_on_error=False,
        run_config=QUIET,
    )


def test_a_listing_is_tried_again_where_the_store_did_not_answer(
    instance: dg.DagsterInstance, workspace: Workspace, store: s3_store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "_FIRST_WAIT", 0.001)
    monkeypatch.setattr(resources, "_SECONDS_BETWEEN", 0)
    store.s3.put_object(Bucket="data", Key="in/2024/a.txt", Body=b"x")
    there = Workspace(input="s3://data/in", output=workspace.output)
    sync_intakes(instance, there)
    with CuttingResponses(store.port, above=100) as network:
        with s3_store.variables(store.environment(network.address)):
            network.cuts, network.kept = 8, 50
            result = step(instance, there, "raw_documents", "2024")
        assert network.cuts < 0
    assert result.success and result.retry_attempts_for_node("raw_documents") == 1
    nowhere = Workspace(input="s3://no-such-bucket/in", output=workspace.output)
    result = step(instance, nowhere, "raw_documents", "2024")
    assert not result.success
    assert not [e for e in result.all_events if e.is_step_up_for_retry], "that does not pass"


def test_an_upload_that_failed_is_not_taken_for_published(
    instance: dg.DagsterInstance, workspace: Workspace, store: s3_store.Store
) -> None:
    """The sensor compares with what the store was given."""
    there = Workspace(input=workspace.input, output=workspace.output, upload="s3://data/out")
    inbox = Inbox(instance, there)
    inbox.publish()
    assert "nothing is published yet" in str(inbox.look()), "only here"
    version = there.layout.versions / "1"
    version.mkdir()
    (version / "ogi.duckdb").write_text("a dataset")
    assert step(instance, there, "uploaded_dataset").success
    assert "all in the dataset" in str(inbox.look())

    inbox.put("2024/new.txt", "丙局")
    inbox.publish()
    lost = Workspace(input=workspace.input, output=workspace.output, upload="s3://no-such-bucket/out")
    assert not step(instance, lost, "uploaded_dataset").success
    request = inbox.asked()
    assert request.tags[jobs.ASKED_FOR] == "2024"
    assert step(instance, there, "uploaded_dataset").success, "run again, as the sensor's page says"
    assert "all in the dataset" in str(inbox.look())
