"""`ogi hits`: shows where the terms of the dictionaries, or a wording of one's own, stand in the reports."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.common import (
    FAILED,
    Commands,
    Misused,
    complain,
    named_file,
    output_option,
    terminal_width,
    utf8_text,
)
from pipeline.commands.counting import positive, section_option

if TYPE_CHECKING:
    from pipeline.textdata.hits import Hit

_ABOUT = """Looks for the terms of the dictionaries, or for a wording of your own, in the sections' texts and shows every hit with
the words around it. Denied hits (未收到…申请, …0件) are marked: features does not count them among the others.

A wording is written as in the dictionaries: [a|b] for alternatives, … for up to 20 characters of the same clause.

The CSV has, for each hit, its place: text[start:end] of the section in the table sections, in characters from 0
(in SQL: substr(text, start + 1, end - start)), and where the section stands in the source."""

_EXAMPLE = """examples:
  ogi hits --category training --section problems
  ogi hits --term 三审三校 --where "report_year = 2024" --csv hits.csv"""

_MOST_CONTEXT = 500
_NARROW, _WIDE = 8, 30


def add(commands: Commands) -> None:
    hits = commands.add_parser(
        "hits",
        help="show the hits of the dictionaries, or of a wording, with the words around them",
        description=_ABOUT,
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    hits.add_argument("--category", metavar="CODE", help="a category of the dictionaries, or category.subcategory")
    hits.add_argument(
        "--term", type=utf8_text, metavar="WORDING", help="a wording; with --category only the category's hits of it"
    )
    section_option(hits)
    hits.add_argument("--where", type=utf8_text, metavar="SQL", help="condition on the table reports (all reports)")
    hits.add_argument("--context", type=positive, default=20, metavar="N", help="characters on each side (20)")
    hits.add_argument("--limit", type=positive, default=200, metavar="N", help="hits shown (200); --csv has all")
    hits.add_argument("--csv", type=named_file, metavar="FILE", help="write all hits there")
    output_option(hits)
    hits.set_defaults(run=_hits)


def _hits(options: argparse.Namespace) -> int:
    from pipeline.store.layout import Layout
    from pipeline.textdata.condition import NotAnswered
    from pipeline.textdata.hits import Sought, changed_dictionaries, hits

    if options.category is None and options.term is None:
        raise Misused("say what to look for: --category CODE (of the dictionaries) or --term WORDING")
    if options.context > _MOST_CONTEXT:
        raise Misused(f"--context {options.context} is too much: up to {_MOST_CONTEXT} characters on each side")
    sought = Sought(options.category, options.term, tuple(options.section), options.where, options.context)
    shown: list[Hit] = []
    counts = Counter[str]()
    reports = set[str]()

    def seen(found: Iterator[Hit]) -> Iterator[Hit]:
        for hit in found:
            counts["denied" if hit.is_denied else "affirmed"] += 1
            reports.add(hit.report_id)
            if len(shown) < options.limit:
                shown.append(hit)
            yield hit

    layout = Layout(options.output)
    try:
        changed = changed_dictionaries(layout)
        if changed is None:
            said = "the dataset does not say with which word lists it was counted"
            print(f"ogi: {said}: hits may differ from features; a new build says so", file=sys.stderr)
        elif changed:
            print(
                f"ogi: the dataset was counted with other word lists ({', '.join(changed)}): hits may differ from features",
                file=sys.stderr,
            )
        with _watching() as progress:
            found = seen(hits(layout, sought, progress))
            if options.csv:
                _write(options.csv, found)
            else:
                for _ in found:
                    pass
    except NotAnswered as e:
        return complain(str(e), FAILED)
    except OSError as e:
        what = f"cannot write {options.csv} ({e.strerror or e})"
        return complain(f"{what}: name a file in a folder that you may write in", FAILED)
    _print(shown)
    total = counts.total()
    denied = f", {counts['denied']:,} of them denied" if counts["denied"] else ""
    print(
        f"({total:,} hit{'' if total == 1 else 's'} in {len(reports):,} report{'' if len(reports) == 1 else 's'}{denied})"
    )
    if options.csv:
        print(f"all hits: {options.csv}")
    return 0


def _write(path: Path, found: Iterator[Hit]) -> None:
    from dataclasses import astuple, fields

    from pipeline.store.files import writing
    from pipeline.textdata.hits import Hit
    from pipeline.textdata.spreadsheet import write_csv

    with writing(path) as f:
        write_csv(f, [x.name for x in fields(Hit)], map(astuple, found))


def _print(shown: list[Hit]) -> None:
    """Keyword in context: the hits below each other in one column, counted in cells of the terminal."""
    from pipeline.dossier.visible import one_line
    from pipeline.store.query import cells, cut, padded

    # Blanks at the cut ends go, those beside the hit stay out as well: the column is what matters.
    lines = [
        (
            f"{hit.report_year or '?'}  {one_line(hit.issuer or '?', _WIDE)}  {hit.section_code}",
            one_line(hit.left, _MOST_CONTEXT),
            one_line(hit.hit, _MOST_CONTEXT),
            one_line(hit.right, _MOST_CONTEXT),
            f"{hit.category}.{hit.subcategory}" if hit.category else "",
            hit.is_denied,
        )
        for hit in shown
    ]
    width = terminal_width()
    head = max((cells(x[0]) for x in lines), default=0)
    kept = max((cells(x[1]) for x in lines), default=0)
    if width is not None:
        kept = min(kept, max(_NARROW, (width - head) // 3))
    for place, left, hit, right, practice, is_denied in lines:
        said = f"  {practice}" if practice else ""
        line = f"{padded(place, head, right=False)}  {_end_of(left, kept)}【{hit}】{right}{said}{'  (denied)' if is_denied else ''}"
        print(cut(line, width))


def _end_of(text: str, width: int) -> str:
    """The end of a text in exactly so many cells."""
    from pipeline.store.query import cells, padded

    while cells(text) > width:
        text = text[1:]
    return padded(text, width, right=True)


@contextmanager
def _watching() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal that says how many sections are searched."""
    if not sys.stderr.isatty():
        yield lambda done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    parts = (TextColumn("searching sections"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*parts, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
