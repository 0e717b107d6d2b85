"""The job `build` without the UI, and the UI over what it left: what the command `ogi` calls."""

from __future__ import annotations

import errno
import fcntl
import glob
import json
import os
import socket
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.store import inventory, publish, published_place
from pipeline.store.corrections_file import CorrectionsWrong
from pipeline.store.executors import Elsewhere
from pipeline.store.files import replace_text
from pipeline.store.layout import Layout
from pipeline.store.places import Place, S3Folder, place_of

if TYPE_CHECKING:
    import dagster as dg

HOST = "127.0.0.1"
_HERE = Elsewhere()
_INTERRUPTS = ("DagsterExecutionInterruptedError", "KeyboardInterrupt")
_A_LITTLE = 1 << 20
_NOT_AGAIN = {"dagster/max_retries": "0"}
"""Whoever typed the command is there to repeat it: nothing does so behind their back."""
_DAGSTER_YAML = Path(__file__).with_name("dagster.yaml")
"""The settings of an output folder's own Dagster home, as they are written where there are none."""


class PortTaken(Exception):
    """The UI cannot be served on this port; the message says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a build ended: nothing in `failures` means that the dataset was published.

    `left_out` are entries of the input that are no documents, each with the reason.
    """

    failures: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def succeeded(self) -> bool:
        return not self.failures


def prepare_home(
    layout: Layout,
    source: Place,
    workers: int | None,
    limits: Mapping[str, float],
    corrections: Path | None,
    elsewhere: Elsewhere = _HERE,
    again: bool = False,
) -> None:
    """Dagster's home in the output folder, what it needs in the environment, and what `ogi ui` has to remember."""
    home = layout.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "dagster.yaml").exists():
        replace_text(home / "dagster.yaml", _DAGSTER_YAML.read_text(encoding="utf-8"))
    settings = {
        "input": str(source.resolve()),
        **({"workers": workers} if workers else {}),
        **({"limits": dict(limits)} if limits else {}),
        **({"corrections": str(corrections.resolve())} if corrections else {}),
        **({"elsewhere": asdict(elsewhere)} if elsewhere != _HERE else {}),
    }
    replace_text(layout.settings, json.dumps(settings, ensure_ascii=False))
    os.environ.update(
        DAGSTER_HOME=str(home.resolve()),
        DAGSTER_DISABLE_TELEMETRY="yes",
        OGI_INPUT=str(source.resolve()),
        OGI_OUTPUT=str(layout.out.resolve()),
        OGI_WORKERS=str(workers or 0),
        OGI_LIMITS=json.dumps(dict(limits)),
        OGI_CORRECTIONS=str(corrections.resolve()) if corrections else "",
        OGI_EXECUTOR=elsewhere.executor,
        OGI_EXCHANGE=elsewhere.exchange,
        OGI_UPLOAD=elsewhere.upload,
        OGI_AGAIN="yes" if again else "",
    )


def remembered_input(layout: Layout) -> Place | None:
    """The input folder of the last build here."""
    source = _remembered(layout).get("input")
    return place_of(source) if source is not None else None


def remembered_workers(layout: Layout) -> int | None:
    """How many documents the last build here read at once, None where it was not told."""
    workers: int | None = _remembered(layout).get("workers")
    return workers


def remembered_limits(layout: Layout) -> dict[str, float]:
    """The limits that the last build here was given."""
    limits: dict[str, float] = _remembered(layout).get("limits", {})
    return limits


def remembered_corrections(layout: Layout) -> Path | None:
    """The corrections file of the last build here."""
    corrections = _remembered(layout).get("corrections")
    return Path(corrections) if corrections is not None else None


def remembered_elsewhere(layout: Layout) -> Elsewhere:
    """The machines and stores that the last build here used."""
    return Elsewhere(**_remembered(layout).get("elsewhere", {}))


def _remembered(layout: Layout) -> dict[str, Any]:
    if not layout.settings.exists():
        return {}
    settings: dict[str, Any] = json.loads(layout.settings.read_text(encoding="utf-8"))
    return settings


def run_build(
    source: Place,
    out: Path,
    workers: int | None,
    watcher: Callable[[int, int], None],
    limits: Mapping[str, float] | None = None,
    corrections: Path | None = None,
    elsewhere: Elsewhere = _HERE,
    again: bool = False,
) -> Outcome:
    """Runs the job `build` in this process over all intakes. `limits` are those that differ from the defaults,
    `corrections` is the file of those made by hand, `elsewhere` says which other machines and stores take part;
    `again`: documents that hung or ended their reader are read once more.

    Raises InputError where the input cannot be used, PlaceUnusable where a store would not take the result, OutputBusy
    where another build works on the output, FileExistsError where something else stands in a published place, OSError
    where Dagster cannot write what it notes of the run, KeyboardInterrupt at Ctrl-C.
    """
    inventory.intakes(source)
    if isinstance(place := place_of(elsewhere.upload) if elsewhere.upload else None, S3Folder):
        published_place.require_usable(place)
    layout = Layout(out)
    publish.require_free(layout)
    with publish.lock(layout):
        prepare_home(layout, source, workers, limits or {}, corrections, elsewhere, again)
        with _disk_speaks(layout.dagster_home):
            return Outcome(_run(watcher), publish.left_out(layout))


@contextmanager
def _disk_speaks(home: Path) -> Iterator[None]:
    """Within, a failure of Dagster's databases is raised as an OSError: SQLite says of a full disk "disk I/O error"."""
    try:
        yield
    except Exception as e:
        said = e if isinstance(e, sqlite3.OperationalError) else e.__cause__
        if not isinstance(said, sqlite3.OperationalError):
            raise
        with tempfile.TemporaryFile(dir=home) as probe:  # where the disk is full or cannot be written, this raises
            probe.write(bytes(_A_LITTLE))
        raise OSError(errno.EIO, f"Dagster's database: {said}", str(home)) from e


def _run(watcher: Callable[[int, int], None]) -> tuple[str, ...]:
    import dagster as dg

    from assets import jobs, runs
    from assets.definitions import definitions
    from assets.documents import INTAKE
    from assets.progress import watched
    from assets.resources import from_environment
    from assets.sensors import sync_intakes

    workspace = from_environment()
    with _instance() as instance, watched(watcher):
        runs.end_dead(instance, workspace.layout)
        sync_intakes(instance, workspace)
        intakes = instance.get_dynamic_partitions(str(INTAKE.name))
        job = definitions(workspace).resolve_job_def(jobs.BUILD)
        try:
            result = job.execute_in_process(
                instance=instance,
                raise_on_error=False,
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                tags={**jobs.covering(intakes, intakes, "ogi build"), **_NOT_AGAIN},
            )
        except dg.DagsterExecutionInterruptedError:
            raise KeyboardInterrupt from None
        if result.success:
            return ()
        errors = [e.step_failure_data.error for e in result.all_events if e.is_step_failure]
        if any(_innermost(e).cls_name in _INTERRUPTS for e in errors):  # within a step Dagster notes it as a failure
            raise KeyboardInterrupt
        broken = [
            f"invariant {c.check_name} is broken: {c.description}{_verdicts(c)}"
            for c in result.get_asset_check_evaluations()
            if not c.passed and c.severity == dg.AssetCheckSeverity.ERROR
        ]
        failed = [
            f"step {e.step_key} failed: {_message(e.step_failure_data.error)}"
            for e in result.all_events
            if e.is_step_failure and not (broken and e.step_key == "check_dataset")
        ]
        return (*broken, *failed) or ("the run failed before its first step",)


def _instance() -> dg.DagsterInstance:
    """Dagster's instance. It searches its settings by pattern, so that it does not find them in a folder `out[1]`."""
    import dagster as dg
    import yaml
    from dagster._core.instance.ref import InstanceRef

    home = os.environ["DAGSTER_HOME"]
    if home == glob.escape(home):
        return dg.DagsterInstance.get()
    return dg.DagsterInstance.from_ref(
        InstanceRef.from_dir(home, overrides=yaml.safe_load(_DAGSTER_YAML.read_text(encoding="utf-8")))
    )


def _verdicts(check: dg.AssetCheckEvaluation) -> str:
    records = getattr(check.metadata["verdicts"], "records", [])
    return "".join(f"\n  {' · '.join(str(v) for v in r.data.values())}" for r in records)


def _innermost(error: Any) -> Any:
    while getattr(error, "cause", None) is not None:
        error = error.cause
    return error


def _message(error: Any) -> str:
    """The innermost message of a chain of Dagster errors: what our own code said."""
    error = _innermost(error)
    if error.cls_name == CorrectionsWrong.__name__:
        faults = str(error.message).removeprefix(f"{CorrectionsWrong.__module__}.{CorrectionsWrong.__name__}: ")
        return "".join(("the corrections do not fit this input", *(f"\n  {line}" for line in faults.splitlines())))
    return " ".join(str(getattr(error, "message", error)).split())


def _one_ui(layout: Layout) -> None:
    """Takes a lock that this process keeps through `exec`: two Dagster daemons on one home disturb each other."""
    layout.dagster_home.mkdir(parents=True, exist_ok=True)
    handle = os.open(layout.dagster_home / "ui.lock", os.O_RDWR | os.O_CREAT)
    os.set_inheritable(handle, True)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise publish.OutputBusy(f"a Dagster UI is open on {layout.out} already: use it, or end it first") from None


def _free(port: int) -> None:
    """Raises PortTaken. Dagster itself would wait without end for a web server that never starts."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the web server does: no wait after an end
        try:
            probe.bind((HOST, port))
        except OSError as e:
            why = "is in use" if e.errno == errno.EADDRINUSE else f"cannot be used ({e.strerror})"
            raise PortTaken(f"port {port} {why}: pass another with --port") from None


def serve(
    layout: Layout,
    source: Place,
    port: int,
    announce: Callable[[str], None],
    limits: Mapping[str, float] | None = None,
    corrections: Path | None = None,
) -> None:
    """Replaces this process by the Dagster UI on an output folder, with the partitions of its input registered.

    Without `limits` and `corrections` those of the last build hold, as do its workers, machines and stores. `announce` is
    told the address. Raises InputError where the input cannot be used, OutputBusy where another UI is open on the output,
    PortTaken; nothing is remembered then.
    """
    import dagster as dg

    inventory.intakes(source)
    _one_ui(layout)
    _free(port)
    prepare_home(
        layout,
        source,
        remembered_workers(layout),
        limits or remembered_limits(layout),
        corrections or remembered_corrections(layout),
        remembered_elsewhere(layout),
    )
    from assets import runs
    from assets.resources import from_environment
    from assets.sensors import sync_intakes

    with dg.DagsterInstance.get() as instance:
        runs.end_dead(instance, layout)
        sync_intakes(instance, from_environment())
    # The modules may lie beside the working directory only (an editable checkout): hand the search path on.
    os.environ["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
    # `dagster dev` says that `dg dev` supersedes it; that command is another package and needs a project of its own.
    os.environ["PYTHONWARNINGS"] = "ignore:Function `dev_command` is superseded"
    command = [
        sys.executable,
        "-m",
        "assets.dev",
        "dev",
        "-m",
        "assets.definitions",
        "-h",
        HOST,
        "-p",
        str(port),
    ]
    announce(f"http://{HOST}:{port}")
    os.execv(sys.executable, [*command, "--log-level", "warning"])
