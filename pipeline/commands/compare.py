"""`ogi compare`: what differs between two builds, for people or as CSV or JSON."""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.commands.common import FAILED, MISUSED, Commands, complain, terminal_width, unwritable

if TYPE_CHECKING:
    from pipeline.store.compare import Comparison
    from pipeline.store.compare_sections import Section

_DIFFERENT, _TROUBLE = FAILED, MISUSED
_EACH = 3
_PAGE = 200
_LONGEST = 60
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

_ABOUT = """Compares two builds of the dataset: which reports newly fail or newly pass a rule, which cells, documents and
reports changed, and how many rows of every other table.

An output folder keeps only what was published last. To judge a change, build once before it and once after it, into two
folders: `ogi build --input DIR --output before`, the change, `ogi build --input DIR --output after`,
`ogi compare before after`. To keep what a folder publishes now, copy its `parquet` folder (`cp -rL built/parquet kept`)."""

_STATUS = "Exit status 0: no difference; 1: they differ; 2: they cannot be compared."


def add(commands: Commands) -> None:
    compare = commands.add_parser(
        "compare",
        help="list what differs between two builds",
        description=_ABOUT,
        epilog=_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for which in ("old", "new"):
        compare.add_argument(which, type=Path, help=f"output folder of the {which} build, or its Parquet folder")
    shape = compare.add_mutually_exclusive_group()
    shape.add_argument("--list", action="store_true", help=f"list everything that differs, not {_EACH} of each kind")
    shape.add_argument("--csv", type=Path, metavar="DIR", help="write everything that differs into CSV files there")
    shape.add_argument("--json", action="store_true", help="print everything that differs as JSON")
    compare.set_defaults(run=_compare)


def _compare(options: argparse.Namespace) -> int:
    from pipeline.store.compare import NotComparable, compared, parquet_of

    try:
        old, new = parquet_of(options.old), parquet_of(options.new)
        with compared(old, new) as comparison:
            if options.json:
                _print_json(comparison, options.old, options.new)
            elif options.csv:
                try:
                    _write_csv(comparison, options.csv)
                except OSError as e:
                    unwritable(options.csv, e)
                    return _TROUBLE
            else:
                _print_text(comparison, options.old, options.new, None if options.list else _EACH)
            return 0 if comparison.equal else _DIFFERENT
    except NotComparable as e:
        return complain(str(e), _TROUBLE)


def _print_text(comparison: Comparison, old: Path, new: Path, each: int | None) -> None:
    from pipeline.dossier.visible import one_line
    from pipeline.store.compare_sections import SECTIONS

    print(f"old  {one_line(str(old))}\nnew  {one_line(str(new))}")
    if comparison.equal:
        print("\nNo difference in any row of any table.")
    for section in SECTIONS:
        total = comparison.totals[section.name]
        if not total:
            continue
        limit = None if section.is_whole else each
        rows = comparison.rows(section, shown=True, each=limit)
        first = list(islice(rows, _PAGE))
        is_cut = limit is not None and len(first) < total
        more = f": {total:,}, of which {len(first):,} here (--list for all)" if is_cut else f": {total:,}"
        print(f"\n{section.title}" + ("" if section.is_whole else more))
        for page in _pages(first, rows):
            print(_table(section, page))


def _pages(first: list[tuple[Any, ...]], rest: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """Rows in tables of a size that is laid out at once, however many there are."""
    page = first
    while page:
        yield page
        page = list(islice(rest, _PAGE))


def _table(section: Section, rows: Sequence[tuple[Any, ...]]) -> str:
    from pipeline.dossier.visible import one_line
    from pipeline.store.query import as_table

    # What documents say is hostile until shown otherwise: no character of theirs may steer the terminal.
    shown = [tuple(one_line(v, _LONGEST) if isinstance(v, str) else v for v in row) for row in rows]
    lines = as_table([heading for heading, _ in section.shown], shown, terminal_width()).splitlines()
    return "\n".join("  " + line for line in lines)


def _write_csv(comparison: Comparison, folder: Path) -> None:
    from pipeline.store.compare_sections import SECTIONS

    folder.mkdir(parents=True, exist_ok=True)
    for section in SECTIONS:
        with (folder / f"{section.name}.csv").open("w", encoding="utf-8", newline="") as f:
            writer = csv.writer(f, lineterminator="\n")
            writer.writerow(section.columns)
            writer.writerows(comparison.rows(section))
    print(f"wrote {len(SECTIONS)} files to {folder}: " + ", ".join(f"{s.name}.csv" for s in SECTIONS))


def _print_json(comparison: Comparison, old: Path, new: Path) -> None:
    from pipeline.store.compare_sections import SECTIONS

    head = {"old": str(old), "new": str(new), "equal": comparison.equal, "totals": comparison.totals}
    print(_json(head)[:-1], end="")
    for section in SECTIONS:
        print(f",\n{_json(section.name)}: [", end="")
        for n, row in enumerate(comparison.rows(section)):
            values = dict(zip(section.columns, row, strict=True))
            print(("," if n else "") + "\n " + _json(values), end="")
        print("]", end="")
    print("}")
    sys.stdout.flush()


def _json(value: Any) -> str:
    """As JSON, which may be read on a terminal: characters that could steer it are escaped, and remain what they are."""
    text = json.dumps(value, ensure_ascii=False)
    return _UNSAFE.sub(lambda m: f"\\u{ord(m[0]):04x}", text)
