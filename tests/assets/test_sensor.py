"""The sensor on a real Dagster instance: what it asks for, when it waits, and that what it asks for does what it should."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._core.execution.plan.resume_retry import ReexecutionStrategy
from dagster._daemon.auto_run_reexecution.auto_run_reexecution import get_reexecution_strategy
from dagster._utils.schedules import schedule_execution_time_iterator

from assets import jobs, runs
from assets.definitions import definitions
from assets.resources import Workspace
from assets.schedules import IN_SEASON, OUT_OF_SEASON, reporting_season
from assets.sensors import NAME, _was_in_vain, new_documents, sync_intakes
from expectations import gx
from expectations.invariants import SUITES
from expectations.suites import CRITICAL
from pipeline import __version__
from pipeline.store import inbox as inbox_state
from pipeline.store.layout import Layout
from tests.assets.test_build import rows

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class Inbox:
    """An input folder, and the sensor that looks at it with a cursor of its own."""

    def __init__(self, instance: dg.DagsterInstance, workspace: Workspace) -> None:
        self.instance, self.workspace = instance, workspace
        self.cursor: str | None = None

    def put(self, name: str, text: str) -> None:
        path = Path(self.workspace.input) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def look(self) -> dg.RunRequest | str:
        """One evaluation: the request, or why there is none. The daemon's part is done here: cursor and partitions."""
        resources = {"workspace": self.workspace}
        with dg.build_sensor_context(instance=self.instance, cursor=self.cursor, resources=resources) as context:
            result = new_documents(context)
        assert isinstance(result, dg.SensorResult)
        self.cursor = result.cursor or self.cursor
        for request in result.dynamic_partitions_requests or ():
            if isinstance(request, dg.AddDynamicPartitionsRequest):
                self.instance.add_dynamic_partitions(request.partitions_def_name, request.partition_keys)
            else:
                for key in request.partition_keys:
                    self.instance.delete_dynamic_partition(request.partitions_def_name, key)
        if result.run_requests:
            return result.run_requests[0]
        assert result.skip_reason and result.skip_reason.skip_message
        return result.skip_reason.skip_message

    def asked(self) -> dg.RunRequest:
        """The request of the second look: the first waits until nothing moves."""
        assert "waits until nothing moves" in str(self.look())
        request = self.look()
        assert isinstance(request, dg.RunRequest), request
        return request

    def run(self, request: dg.RunRequest | None = None) -> dg.ExecuteInProcessResult:
        """Runs what was requested with the tags that the daemon gives it; without a request, everything."""
        if request is None:
            sync_intakes(self.instance, self.workspace)
            order = self.instance.get_dynamic_partitions("intake")
            tags = dict(jobs.covering(order, order, "test"))
        else:
            tags = {**request.tags, "dagster/run_key": str(request.run_key), "dagster/sensor_name": NAME}
        job = definitions(self.workspace).resolve_job_def(jobs.BUILD)
        return job.execute_in_process(instance=self.instance, raise_on_error=False, tags=tags, run_config=QUIET)

    def publish(self) -> None:
        """Notes what a build notes, and reports a publication to Dagster, without the minute's work in between."""
        layout, seen = self.workspace.layout, inbox_state.look(self.workspace.root)
        inbox_state.note_listed(layout, seen, seen)
        inbox_state.note_read(layout, seen)
        layout.versions.mkdir(parents=True, exist_ok=True)
        layout.current.unlink(missing_ok=True)
        layout.current.symlink_to("1")
        inbox_state.note_published(layout)
        self.instance.report_runless_asset_event(dg.AssetMaterialization("dataset"))


@pytest.fixture
def inbox(instance: dg.DagsterInstance, workspace: Workspace) -> Inbox:
    return Inbox(instance, workspace)


def test_what_came_changed_or_went_is_in_the_dataset_after_one_run(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine = [gx.Verdict(s, "cells", "a rule", "e", CRITICAL, True, None, None) for s in SUITES]
    monkeypatch.setattr("assets.checks.judge", lambda *_: fine)  # it takes seconds, and other tests are about it
    assert "nothing is published yet" in str(inbox.look())
    assert inbox.instance.get_dynamic_partitions("intake") == ["2023", "2024", "unsorted"], "they are there at once"
    first = inbox.run()
    assert first.success
    assert "4 files in 3 intakes, all in the dataset" in str(inbox.look())

    # A new intake; one document more in an old one, which no reader can make sense of; and the last of an intake went.
    inbox.put("2025/e.txt", "丙局")
    inbox.put("2024/broken.txt", "raise")
    (Path(inbox.workspace.input) / "2023" / "a.txt").unlink()
    request = inbox.asked()
    inbox.put("2024/upload.tmp", "丁局")  # while the run looks, somebody's upload is on its way
    assert inbox.instance.get_dynamic_partitions("intake") == ["2024", "unsorted", "2025"]
    assert request.tags == {
        "dagster/asset_partition_range_start": "2024",
        "dagster/asset_partition_range_end": "2025",
        "ogi/trigger": "sensor: 1 intake new, 1 intake changed, 1 intake gone",
        "ogi/asked_for": "2025, 2024",
    }
    assert inbox.run(request).success
    (Path(inbox.workspace.input) / "2024" / "upload.tmp").unlink()
    again = inbox.look()
    assert isinstance(again, dg.RunRequest), "the folder is again as it was asked for, and not as it was read"
    assert inbox.run(again).success
    found = dict(rows(inbox.workspace, "SELECT source_path, outcome FROM documents ORDER BY ALL"))  # type: ignore[arg-type]
    assert found == {
        "2024/b.txt": "parsed",
        "2024/broken.txt": "unreadable",
        "2024/c.txt": "parsed",
        "2025/e.txt": "parsed",
        "d.txt": "not_a_report",
    }
    assert "all in the dataset" in str(inbox.look()), "what cannot be read is no reason to ask again"
    notes = inbox.workspace.layout.work / "inbox.json"  # as another version would have noted it
    notes.write_text(notes.read_text(encoding="utf-8").replace('"unsorted": [', '"elsewhere": ['), encoding="utf-8")
    inbox.look()
    assert "the last run was about just this" in str(inbox.look()), "no run after run for nothing"
    asked, one, other = {"dagster/run_key": "now-7"}, {runs.SEEN: "one"}, {runs.SEEN: "other"}
    assert not _was_in_vain("now", {**asked, **one}, {**asked, **other}), "something else each time"
    assert _was_in_vain("now", {**asked, **one}, {**asked, **one}), "what looks reads the folder in another way"

    run = inbox.instance.get_run_by_id(first.run_id)
    assert run is not None and run.tags["ogi/trigger"] == "test" and run.tags["ogi/intakes"] == "3"
    assert run.tags["ogi/code"].startswith(__version__)
    assert get_reexecution_strategy(run, inbox.instance) == ReexecutionStrategy.ALL_STEPS, "were it killed"
    assert not list((inbox.workspace.layout.work / "runs").iterdir()), "what ended runs left is cleared away"


def test_it_waits_for_what_is_being_written_and_needs_no_memory(inbox: Inbox) -> None:
    inbox.publish()
    inbox.put("2024/long.txt", "丙")
    assert "waits until nothing moves" in str(inbox.look())
    inbox.put("2024/long.txt", "丙局")
    assert "waits until nothing moves" in str(inbox.look()), "it grew between the looks"
    inbox.cursor = None  # the daemon's storage was lost
    request = inbox.asked()
    assert inbox.look() == request, "the same state has the same key, and Dagster takes a key once"
    # A state that comes back after another was published is one more request.
    inbox.publish()
    (Path(inbox.workspace.input) / "2024" / "long.txt").unlink()
    gone = inbox.asked()
    inbox.publish()
    inbox.put("2024/long.txt", "丙局")
    inbox.asked()
    inbox.publish()
    (Path(inbox.workspace.input) / "2024" / "long.txt").unlink()
    assert inbox.asked().run_key != gone.run_key


def test_it_waits_for_runs_and_a_killed_one_does_not_hold_it_up(inbox: Inbox) -> None:
    inbox.publish()
    inbox.put("2025/e.txt", "丙局")
    inbox.asked()
    job, layout = definitions(inbox.workspace).resolve_job_def(jobs.BUILD), inbox.workspace.layout
    going = inbox.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    files = layout.work / "runs"
    with runs.alive(layout, going.run_id):
        assert f"run {going.run_id[:8]} is started" in str(inbox.look())
    (files / going.run_id).unlink()
    (files / going.run_id).touch()  # as kill -9 leaves it: the file is there, the lock is not
    assert isinstance(inbox.look(), dg.RunRequest)
    ended = inbox.instance.get_run_by_id(going.run_id)
    assert ended is not None and ended.status == dg.DagsterRunStatus.FAILURE


def test_a_run_that_is_just_ending_is_not_taken_for_dead(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dagster puts the resources of a run away before it writes that the run succeeded."""
    monkeypatch.setattr(runs, "_SECONDS_TO_BEGIN", -1.0)
    instance, layout = inbox.instance, inbox.workspace.layout
    job = definitions(inbox.workspace).resolve_job_def(jobs.BUILD)
    ending = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    with runs.alive(layout, ending.run_id):
        pass
    assert runs.end_dead(instance, layout) == []

    # Another one writes its last events, and its process ends, while somebody looks.
    last = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    is_dead = runs._is_dead

    def seen_late(layout: Layout, run_id: str, since: float) -> bool:
        found = is_dead(layout, run_id, since)
        if run_id == last.run_id:
            instance.report_run_canceled(last)
        return found

    with monkeypatch.context() as m:
        m.setattr(runs, "_is_dead", seen_late)
        assert runs.end_dead(instance, layout) == []
    ended = instance.get_run_by_id(last.run_id)
    assert ended is not None and ended.status == dg.DagsterRunStatus.CANCELED


def test_a_state_that_could_not_be_built_is_asked_for_once(inbox: Inbox) -> None:
    inbox.publish()
    inbox.put("2024/e.txt", "丙局")
    request = inbox.asked()
    inbox.workspace.layout.inventories.write_text("stands in the way of the list: the run fails")
    assert not inbox.run(request).success
    said = str(inbox.look())
    assert "ended as failure" in said and "run it again, or change the input" in said
    inbox.put("2024/e.txt", "丁局长")
    assert inbox.asked().run_key != request.run_key, "the input changed: that is another state"


def test_an_unusable_input_folder_is_told_not_raised(inbox: Inbox) -> None:
    inbox.workspace = Workspace(input="/nowhere/at/all", output=inbox.workspace.output)
    assert "/nowhere/at/all" in str(inbox.look())


def test_the_season_asks_for_everything_daily_from_january_to_april_and_weekly_otherwise(inbox: Inbox) -> None:
    with dg.build_schedule_context(inbox.instance, resources={"workspace": inbox.workspace}) as context:
        request = reporting_season(context)
    assert isinstance(request, dg.RunRequest)
    assert request.tags["dagster/asset_partition_range_start"] == "2023"
    assert request.tags["dagster/asset_partition_range_end"] == "unsorted"
    assert reporting_season.default_status == dg.DefaultScheduleStatus.STOPPED
    begin = datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    ticks = schedule_execution_time_iterator(begin.timestamp(), [IN_SEASON, OUT_OF_SEASON], "Asia/Shanghai")
    year = list(takewhile(lambda t: t.year == 2026, ticks))
    by_month = Counter(t.month for t in year)
    assert [by_month[m] for m in range(1, 13)] == [31, 28, 31, 30, 4, 5, 4, 5, 4, 4, 5, 4]
    assert {t.hour for t in year} == {3}
