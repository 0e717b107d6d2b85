"""`ogi build`: reads a folder of reports and publishes the dataset."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.commands.common import (
    FAILED,
    MISUSED,
    SAMPLE,
    Commands,
    Misused,
    called_as,
    check_output,
    complain,
    real,
    unwritable,
)
from pipeline.commands.corrections_option import corrections
from pipeline.commands.limit_option import limits

_SECONDS_BETWEEN_LINES = 5.0


def add(commands: Commands) -> None:
    build = commands.add_parser("build", help="read a folder of reports and publish the dataset")
    build.add_argument("--input", type=Path, default=SAMPLE, metavar="DIR", help=f"folder of reports ({SAMPLE})")
    build.add_argument(
        "--output", type=Path, metavar="DIR", help="folder for the dataset (data/build/ and the input folder's name)"
    )
    build.add_argument("--workers", type=_workers, metavar="N", help="documents read at once (one per processor)")
    corrections(build, "data/corrections.yml in the working directory, if there; an empty file corrects nothing")
    limits(build, "")
    build.set_defaults(run=_build)


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 512:
        raise argparse.ArgumentTypeError("takes a number from 1 to 512")
    return int(text)


def _build(options: argparse.Namespace) -> int:
    from assets.headless import run_build
    from pipeline.store.corrections_file import CorrectionsWrong, default_file, read_corrections
    from pipeline.store.inventory import InputError
    from pipeline.store.layout import Layout
    from pipeline.store.publish import OutputBusy
    from pipeline.store.summary import summary

    source: Path = options.input
    out: Path = options.output or Path("data/build") / real(source).name
    check_output(out)
    if real(out).is_relative_to(real(source)):
        raise Misused(
            f"the output folder {out} lies inside the input folder {source}: choose one outside with --output"
        )
    by_hand = options.corrections or default_file()
    try:
        if by_hand is not None:
            read_corrections(by_hand)  # what is wrong with the file itself is said before anything is read
        with _progress() as watcher:
            outcome = run_build(source, out, options.workers, watcher, dict(options.limit), by_hand)
    except CorrectionsWrong as e:
        return complain(str(e), FAILED)
    except InputError as e:
        return complain(str(e), MISUSED if not source.is_dir() else FAILED)
    except OutputBusy as e:
        return complain(str(e), FAILED)
    except OSError as e:
        return unwritable(out, e)
    if not outcome.succeeded:
        for failure in outcome.failures:
            print(f"ogi: {failure}", file=sys.stderr)
        kept = "What was published before is unchanged." if Layout(out).database.exists() else "Nothing was published."
        return complain(f"the build failed. {kept} `ogi ui --output {out}` shows each step.", FAILED)
    print(summary(Layout(out), called_as(), outcome.left_out))
    return 0


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A live bar on a terminal, a line now and then elsewhere; on standard error, so that output can be piped."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None, rate="")

        def show(done: int, total: int) -> None:
            speed = bar.tasks[0].speed
            description = "reading documents" if done < total else "building and checking the tables"
            rate = f"{speed:,.0f}/s" if speed else ""
            bar.update(task, completed=done, total=total, description=description, rate=rate)

        yield show


def _lines() -> Callable[[int, int], None]:
    last, said = time.monotonic(), 0

    def show(done: int, total: int) -> None:
        nonlocal last, said
        if done > said and (done == total or time.monotonic() - last >= _SECONDS_BETWEEN_LINES):
            last, said = time.monotonic(), done
            print(f"read {done:,} of {total:,} documents", file=sys.stderr, flush=True)

    return show
