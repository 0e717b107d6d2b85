"""The command `ogi`: build a dataset, ask it in SQL, open the Dagster UI on it, list the rules."""

from __future__ import annotations

import argparse
import math
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

from pipeline import __version__
from pipeline.limits import Limits

SAMPLE = Path("data/sample")
SAMPLE_BUILD = Path("data/build/sample")
FAILED, MISUSED = 1, 2
_SECONDS_BETWEEN_LINES = 5.0

_EXAMPLES = """examples:
  ogi build                                   build the sample that comes with the project
  ogi build --input reports --output built    build your own
  ogi sql "SELECT rule_code, count(*) AS findings FROM flags GROUP BY ALL ORDER BY findings DESC"
  ogi ui --output built                       see how it was built
"""


class Misused(Exception):
    """The command line asks for something that cannot be; the message says what to change."""


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="ogi",
        description="Annual reports on open government information, from raw documents to an exact dataset.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"ogi {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    build = commands.add_parser("build", help="read a folder of reports and publish the dataset")
    build.add_argument("--input", type=Path, default=SAMPLE, metavar="DIR", help=f"folder of reports ({SAMPLE})")
    build.add_argument(
        "--output", type=Path, metavar="DIR", help="folder for the dataset (data/build/ and the input folder's name)"
    )
    build.add_argument("--workers", type=_workers, metavar="N", help="documents read at once (one per processor)")
    _limits(build, "")
    build.set_defaults(run=_build)

    sql = commands.add_parser("sql", help="ask a dataset in SQL", description="Asks a dataset in SQL, read-only.")
    sql.add_argument("query", help='for example "SELECT * FROM applications LIMIT 5"; - reads it from standard input')
    _output(sql)
    shape = sql.add_mutually_exclusive_group()
    shape.add_argument("--csv", action="store_true", help="answer as CSV")
    shape.add_argument("--json", action="store_true", help="answer as JSON")
    sql.set_defaults(run=_sql)

    ui = commands.add_parser("ui", help="open the Dagster UI on a dataset and its history")
    _output(ui)
    ui.add_argument("--input", type=Path, metavar="DIR", help="folder of reports (that of the last build)")
    ui.add_argument("--port", type=int, default=3000, help="port on this machine (3000)")
    _limits(ui, "; without it those of the last build")
    ui.set_defaults(run=_ui)

    rules = commands.add_parser("rules", help="list the quality rules")
    rules.set_defaults(run=_rules)
    return top


def _output(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--output", type=Path, default=SAMPLE_BUILD, metavar="DIR", help=f"folder of the dataset ({SAMPLE_BUILD})"
    )


def _limits(command: argparse.ArgumentParser, otherwise: str) -> None:
    command.add_argument(
        "--limit",
        type=_limit,
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help=f"what one document may cost, for example max_bytes=100000000; may be repeated{otherwise}",
    )


def _limit(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        value = float(number)
        if not math.isfinite(value):
            raise ValueError("a limit is a finite number")
        Limits().with_settings({name.strip(): value})
    except ValueError as e:
        known = ", ".join(f"{f.name}={getattr(Limits(), f.name):.12g}" for f in fields(Limits))
        why = "" if str(e).startswith("could not convert") else f" ({e})"
        raise argparse.ArgumentTypeError(
            f"takes NAME=NUMBER, not {text!r}{why}; the names and their defaults are {known}"
        ) from None
    return name.strip(), value


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 512:
        raise argparse.ArgumentTypeError("takes a number from 1 to 512")
    return int(text)


def main(arguments: list[str] | None = None) -> int:
    """Runs the command. Exit status 0: done; 1: it failed, and why was said; 2: wrong usage."""
    options = parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except Misused as e:
        return _complain(str(e), MISUSED)
    except KeyboardInterrupt:
        return _complain("stopped; what was published before is unchanged", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on: not an error of ours
        return 0


def _complain(message: str, status: int) -> int:
    print(f"ogi: {message}", file=sys.stderr)
    return status


# ---- build --------------------------------------------------------------------------------------------------------
def _build(options: argparse.Namespace) -> int:
    from assets.headless import run_build
    from pipeline.store.inventory import InputError
    from pipeline.store.layout import Layout
    from pipeline.store.publish import OutputBusy
    from pipeline.store.summary import summary

    source: Path = options.input
    out: Path = options.output or Path("data/build") / _real(source).name
    _check_output(out)
    if _real(out).is_relative_to(_real(source)):
        raise Misused(
            f"the output folder {out} lies inside the input folder {source}: choose one outside with --output"
        )
    try:
        with _progress() as watcher:
            outcome = run_build(source, out, options.workers, watcher, dict(options.limit))
    except InputError as e:
        return _complain(str(e), MISUSED if not source.is_dir() else FAILED)
    except OutputBusy as e:
        return _complain(str(e), FAILED)
    except OSError as e:
        return _unwritable(out, e)
    if not outcome.succeeded:
        for failure in outcome.failures:
            print(f"ogi: {failure}", file=sys.stderr)
        kept = "What was published before is unchanged." if Layout(out).database.exists() else "Nothing was published."
        return _complain(f"the build failed. {kept} `ogi ui --output {out}` shows each step.", FAILED)
    print(summary(Layout(out), _command(), outcome.left_out))
    return 0


def _real(path: Path) -> Path:
    """A path without links; unlike Path.resolve it gives an answer for a link that leads to itself, too."""
    return Path(os.path.realpath(path))


def _check_output(out: Path) -> None:
    if os.path.isfile(out):  # noqa: PTH113 - unlike Path.is_file it raises for nothing
        raise Misused(f"output {out} is a file: --output takes a folder")
    if "?" in str(_real(out)):
        raise Misused(
            f"the output folder {out} has a question mark in its path, which the addresses of Dagster's databases "
            "cannot hold: choose a path without one with --output"
        )


def _unwritable(out: Path, error: OSError) -> int:
    if error.strerror is None:  # ours: it says what to do
        return _complain(str(error), FAILED)
    what = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return _complain(
        f"cannot write in the output folder {out} ({what}): choose a folder with --output that you may write in",
        FAILED,
    )


def _command() -> str:
    """How this command can be called again from here: by name where the shell finds it, else as it was called."""
    called = Path(sys.argv[0])
    found = shutil.which("ogi")
    is_found = found is not None and called.exists() and Path(found).samefile(called)
    return "ogi" if is_found or called.name != "ogi" else str(called)


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


# ---- sql, ui, rules -----------------------------------------------------------------------------------------------
def _sql(options: argparse.Namespace) -> int:
    from pipeline.store import query
    from pipeline.store.layout import Layout

    text = sys.stdin.read() if options.query == "-" else options.query
    try:
        columns, rows = query.ask(Layout(options.output), text)
    except query.QueryFailed as e:
        return _complain(str(e), FAILED)
    if options.csv:
        print(query.as_csv(columns, rows), end="")
    elif options.json:
        print(query.as_json(columns, rows))
    else:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        print(query.as_table(columns, rows, width))
        print(f"({len(rows):,} row{'' if len(rows) == 1 else 's'})")
    return 0


def _ui(options: argparse.Namespace) -> int:
    from assets.headless import PortTaken, remembered_input, serve
    from pipeline.store.inventory import InputError
    from pipeline.store.layout import Layout
    from pipeline.store.publish import OutputBusy

    layout = Layout(options.output)
    if not 1 <= options.port <= 65535:
        raise Misused("--port takes a number from 1 to 65535")
    _check_output(layout.out)
    if any(c in str(_real(layout.out)) for c in "*["):
        raise Misused(
            f"the output folder {layout.out} has * or [ in its path, which Dagster would read as a pattern for its "
            "settings: rename it, or choose another with --output"
        )
    source = options.input or remembered_input(layout)
    if source is None:
        raise Misused(f"nothing was built in {layout.out} yet: say with --input which reports to read")
    try:
        serve(
            layout,
            source,
            options.port,
            lambda url: print(f"Dagster on {url} (Ctrl-C ends it)", flush=True),
            dict(options.limit),
        )
    except (InputError, OutputBusy, PortTaken) as e:
        return _complain(str(e), FAILED)
    except OSError as e:
        return _unwritable(layout.out, e)
    return 0


def _rules(options: argparse.Namespace) -> int:
    from expectations.catalogue import catalogue
    from pipeline.store.query import as_table

    rows = [(r.code, r.severity, r.family, r.title_en, r.title_zh) for r in catalogue()]
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    print(as_table(["rule", "severity", "family", "finds", "含义"], rows, width))
    return 0


if __name__ == "__main__":
    sys.exit(main())
