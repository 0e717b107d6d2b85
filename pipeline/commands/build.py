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
from pipeline.commands.place_options import executor, place, told
from pipeline.store.executors import LOCAL
from pipeline.store.places import Place, S3Folder

_SECONDS_BETWEEN_LINES = 5.0


def add(commands: Commands) -> None:
    build = commands.add_parser("build", help="read a folder of reports and publish the dataset")
    build.add_argument(
        "--input",
        type=place,
        default=SAMPLE,
        metavar="PLACE",
        help=f"folder of reports, also s3://BUCKET/PREFIX ({SAMPLE})",
    )
    build.add_argument(
        "--output",
        type=place,
        metavar="PLACE",
        help="folder for the dataset (data/build/ and the input folder's name), also s3://BUCKET/PREFIX",
    )
    build.add_argument(
        "--work",
        type=Path,
        metavar="DIR",
        help="with --output s3://…: folder of this machine to build in (data/build/ and the prefix's last part)",
    )
    executor(build)
    build.add_argument("--workers", type=_workers, metavar="N", help="documents read at once (one per processor)")
    corrections(build, "data/corrections.yml in the working directory, if there; an empty file corrects nothing")
    limits(build, "")
    build.add_argument(
        "--again", action="store_true", help="read once more what took too long or ended its reader in an earlier build"
    )
    build.set_defaults(run=_build)


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 512:
        raise argparse.ArgumentTypeError("takes a number from 1 to 512")
    return int(text)


def _output(options: argparse.Namespace) -> tuple[Path, S3Folder | None]:
    """The folder to build in, and the place in a store that is given the result."""
    source, output, work = options.input, options.output, options.work
    if isinstance(output, S3Folder):
        if isinstance(source, S3Folder) and f"{output}/".startswith(f"{source}/"):
            raise Misused(f"the output {output} lies inside the input {source}: choose one outside with --output")
        return work or Path("data/build") / output.name, output
    if work is not None:
        raise Misused("--work is for an --output s3://…; a folder is built in as it is")
    return output or Path("data/build") / (source if isinstance(source, S3Folder) else real(source)).name, None


def _build(options: argparse.Namespace) -> int:
    from assets.headless import run_build
    from pipeline.store.corrections_file import CorrectionsWrong, default_file, read_corrections
    from pipeline.store.executors import Elsewhere
    from pipeline.store.folder_input import InputError
    from pipeline.store.layout import Layout
    from pipeline.store.publish import OutputBusy, current_build
    from pipeline.store.published_place import CURRENT, PlaceUnusable
    from pipeline.store.summary import summary

    source: Place = options.input
    out, upload = _output(options)
    if options.exchange is not None and options.executor == LOCAL:
        raise Misused("--exchange is for --executor dask=ADDRESS: one machine needs none")
    check_output(out)
    if isinstance(source, Path) and real(out).is_relative_to(real(source)):
        raise Misused(
            f"the output folder {out} lies inside the input folder {source}: choose one outside with --output"
        )
    by_hand = options.corrections or default_file()
    before = current_build(Layout(out))
    try:
        if by_hand is not None:
            read_corrections(by_hand)  # what is wrong with the file itself is said before anything is read
        with _progress() as watcher:
            elsewhere = Elsewhere(options.executor, told(options.exchange), told(upload))
            limit = dict(options.limit)
            outcome = run_build(source, out, options.workers, watcher, limit, by_hand, elsewhere, options.again)
    except CorrectionsWrong as e:
        return complain(str(e), FAILED)
    except InputError as e:
        return complain(str(e), MISUSED if isinstance(source, Path) and not source.is_dir() else FAILED)
    except (OutputBusy, PlaceUnusable) as e:
        return complain(str(e), FAILED)
    except OSError as e:
        return unwritable(out, e)
    if not outcome.succeeded:
        for failure in outcome.failures:
            print(f"ogi: {failure}", file=sys.stderr)
        if not Layout(out).database.exists():
            kept = "Nothing was published."
        elif current_build(Layout(out)) == before:
            kept = "What was published before is unchanged."
        else:
            kept = f"The new dataset is published in {out}: what failed comes after that."
        return complain(f"the build failed. {kept} `ogi ui --output {out}` shows each step.", FAILED)
    print(summary(Layout(out), called_as(), outcome.left_out))
    if upload is not None:
        print(f"Published in {upload}: {CURRENT} there names the version.")
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
        task = bar.add_task("working", total=None, rate="")

        def show(done: int, total: int) -> None:
            speed = bar.tasks[0].speed
            description = "reading documents" if done < total else "building and checking the tables"
            rate = f"{speed:,.0f}/s" if speed else ""
            bar.update(task, completed=done, total=total, description=description, rate=rate)

        yield show


def _lines() -> Callable[[int, int], None]:
    from assets.pace import Pace

    last, said, pace = time.monotonic(), 0, Pace()

    def show(done: int, total: int) -> None:
        nonlocal last, said
        now = time.monotonic()
        pace.at(now, done)
        if done > said and (done == total or now - last >= _SECONDS_BETWEEN_LINES):
            last, said = now, done
            print(f"read {done:,} of {total:,} documents{pace.told(total)}", file=sys.stderr, flush=True)

    return show
