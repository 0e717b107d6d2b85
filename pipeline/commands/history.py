"""`ogi history`: lists the builds of an output folder and what changed from each to the next."""

from __future__ import annotations

import argparse

from pipeline.commands.common import FAILED, Commands, complain, output_option, terminal_width

_MARKS = {"worse": "worse ", "better": "better", "other": "other "}
_EXAMPLE = """Findings are compared per report. All results lie in the folder `history` of the output, one Parquet file a
build; for a question of your own:
  ogi sql "SELECT build, name, number FROM 'data/build/sample/history/*.parquet' WHERE kind = 'rule' ORDER BY ALL"
"""


def add(commands: Commands) -> None:
    history = commands.add_parser(
        "history",
        help="list the builds and what changed between them",
        description="Lists the builds published in a folder, newest first, and what changed from each to the next.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    output_option(history)
    history.add_argument("--last", type=_count, default=10, metavar="N", help="show only the last N builds (10)")
    history.set_defaults(run=_history)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError("takes a number from 1 to 100000")
    return int(text)


def _history(options: argparse.Namespace) -> int:
    from expectations import changes, history
    from pipeline.store.layout import Layout
    from pipeline.store.query import as_table

    try:
        results = history.read(Layout(options.output))
    except history.NoHistory as e:
        return complain(str(e), FAILED)
    builds = changes.builds(results)
    shown = builds[-options.last :][::-1]
    columns = ["build", "started (UTC)", "code", "documents", "reports", "errors", "warnings", "infos", "invariants"]
    rows = [
        (
            b.build,
            b.started_at,
            f"{b.code_version} {b.code_digest[:8]}",
            b.documents,
            b.reports,
            *b.findings,
            f"{b.expectations - b.broken} of {b.expectations} hold",
        )
        for b in shown
    ]
    print(as_table(columns, rows, terminal_width() or 200))
    for new in shown:
        old = next((b for b in reversed(builds) if b.build < new.build), None)
        if old is None:
            continue
        print(f"\nBuild {new.build} against build {old.build} ({_same(old, new)})")
        found = changes.compared(results, old, new)
        print("\n".join(f"  {_MARKS[c.direction]}  {c.en}" for c in found) if found else "  nothing changed")
    return 0


def _same(old: object, new: object) -> str:
    """In words, whether input and code are the same."""
    told = []
    for what, name in (("input", "input_digest"), ("code", "code_digest")):
        told.append(f"{'same' if getattr(old, name) == getattr(new, name) else 'another'} {what}")
    return ", ".join(told)
