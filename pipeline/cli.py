"""The command `ogi`: build a dataset, ask it in SQL, open the Dagster UI on it, list the rules, count words."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable

from pipeline import __version__
from pipeline.commands import (
    build,
    compare,
    dfm,
    dictionary,
    dossier,
    explain,
    history,
    hits,
    keyness,
    quality,
    release,
    rules,
    sql,
    ui,
)
from pipeline.commands.common import FAILED, MISUSED, Misused, complain
from pipeline.commands.streams import Unshown, discard_output, show_in_any_encoding

COMMANDS = (
    *(build, sql, ui, rules, explain, dossier, compare, history, quality),
    *(hits, dfm, keyness, dictionary, release),
)

_EXAMPLES = """examples:
  ogi build                                   build the sample that comes with the project
  ogi build --input reports --output built    build your own
  ogi sql "SELECT rule_code, count(*) AS findings FROM flags GROUP BY ALL ORDER BY findings DESC"
  ogi ui --output built                       see how it was built
  ogi explain 5b613749                        one finding, with the lines of the source around it
  ogi dossier --output built                  a page about each report with findings
"""


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="ogi",
        description="Annual reports on open government information, from raw documents to an exact dataset.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"ogi {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(commands)
    return top


def main(arguments: list[str] | None = None) -> int:
    """Runs the command. Exit status 0: done; 1: it failed, and why was said; 2: wrong usage."""
    unshown = show_in_any_encoding()
    try:
        try:
            return _run(arguments)
        finally:
            sys.stdout.flush()  # what is still in the buffer fails here, where it can be said
            _say(unshown)
    except BrokenPipeError:
        discard_output()  # nobody reads on: not an error of ours
        return 0
    except OSError as e:
        discard_output()
        what = f"{e.strerror}: {e.filename}" if e.filename else f"standard output: {e.strerror or e}"
        with contextlib.suppress(OSError):  # where nothing can be said, the exit status says it
            complain(f"cannot write or read ({what})", FAILED)
        return FAILED


def _run(arguments: list[str] | None) -> int:
    options = parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except Misused as e:
        return complain(str(e), MISUSED)
    except KeyboardInterrupt:
        return complain("stopped; what was published before is unchanged", 130)


def _say(unshown: Unshown) -> None:
    if unshown.count:
        complain(
            f"{unshown.count:,} character{'' if unshown.count == 1 else 's'} could not be written in {unshown.encoding} and "
            "became a question mark: for exact text set PYTHONIOENCODING=utf-8",
            0,
        )


if __name__ == "__main__":
    sys.exit(main())
