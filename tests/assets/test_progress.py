"""How fast it goes and how long it takes still, as the terminal, the run's log and the list of runs have it."""

import errno
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from assets.definitions import definitions
from assets.pace import Pace, duration
from assets.progress import TAG, reporter, watched
from assets.resources import Workspace
from pipeline.commands.build import _lines
from pipeline.store import publish


def test_rate_and_time_left_are_those_of_the_last_minute() -> None:
    pace = Pace()
    assert pace.told(1000) == ""
    pace.at(100.0, 0)
    pace.at(100.5, 5)
    assert pace.told(1000) == "", "too early to tell"
    for second in range(1, 301):
        pace.at(100.0 + second, 10 * second)
    assert pace.told(6000) == ", 10/s, 5 min left"
    for second in range(1, 121):  # scans from here on
        pace.at(400.0 + second, 3000 + second // 2)
    assert pace.told(6000) == ", 0.5/s, 1 h 38 min left"
    assert pace.left(3060) == 0.0 and pace.told(3060) == ", 0.5/s"


def test_what_was_there_at_the_beginning_is_no_speed() -> None:
    pace = Pace()
    pace.at(0.0, 99_990)  # unchanged: not read
    pace.at(5.0, 99_995)
    assert pace.told(100_000) == ", 1.0/s, 5 s left"


@pytest.mark.parametrize(("seconds", "said"), [(0, "0 s"), (89, "89 s"), (90, "2 min"), (5400, "1 h 30 min")])
def test_durations_read_well(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_lines_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    show = _lines()
    for done in (0, 1, 2, 3, 4, 5, 10, 10):
        now = float(done)
        show(done, 10)
    assert capsys.readouterr().err.splitlines() == [
        "read 5 of 10 documents, 1.0/s, 5 s left",
        "read 10 of 10 documents, 1.0/s",
    ]


def test_the_log_and_the_list_of_runs_have_it(instance: dg.DagsterInstance) -> None:
    now = 0.0
    seen: list[tuple[int, int]] = []

    @dg.asset
    def slow(context: dg.AssetExecutionContext) -> None:
        nonlocal now
        report = reporter(context, lambda: now)
        for second in range(4001):
            now = float(second)
            report(second, 4000)

    with watched(lambda done, total: seen.append((done, total))):
        result = dg.materialize([slow], instance=instance)
    lines = [e.user_message for e in instance.all_logs(result.run_id) if "documents read" in e.user_message]
    assert lines[0] == "5 of 4,000 documents read, 1.0/s, 67 min left"
    assert lines[-1] == "4,000 of 4,000 documents read, 1.0/s" and 60 < len(lines) < 120
    run = instance.get_run_by_id(result.run_id)
    assert run is not None and run.tags[TAG] == "4,000 of 4,000, 1.0/s"
    assert len(seen) == 4001


@pytest.mark.parametrize(
    ("fault", "tries"),
    [
        (lambda: OSError(errno.EIO, "the disk did not answer"), 4),
        (lambda: OSError(errno.ESTALE, "the share was away"), 4),
        (lambda: publish.OutputBusy("another build"), 4),
        (lambda: OSError(errno.ENOSPC, "disk full"), 1),
        (lambda: PermissionError(errno.EACCES, "not yours"), 1),
        (lambda: ValueError("an error of ours"), 1),
    ],
)
def test_a_step_is_tried_again_where_that_helps(
    fault: Callable[[], Exception],
    tries: int,
    tmp_path: Path,
    instance: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assets.resources._SECONDS_BETWEEN", 0)
    tried = 0

    @dg.asset
    def step(workspace: Workspace) -> None:
        nonlocal tried
        with workspace.alone():
            tried += 1
            raise fault()

    resources = {"workspace": Workspace(output=str(tmp_path / "out"))}
    assert not dg.materialize([step], resources=resources, instance=instance, raise_on_error=False).success
    assert tried == tries


def test_a_late_dataset_shows_in_the_ui(workspace: Workspace) -> None:
    policy = definitions(workspace).resolve_asset_graph().get(dg.AssetKey("dataset")).freshness_policy
    assert isinstance(policy, dg.FreshnessPolicy)
    days = policy.warn_window.to_timedelta().days, policy.fail_window.to_timedelta().days  # type: ignore[attr-defined]
    assert days == (8, 15), "a day after one weekly build did not come, and after two"
