"""`ogi dossier`: writes a page about each report: its tables, its findings, its source with the evidence marked."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.commands.common import FAILED, Commands, Misused, complain, output_option
from pipeline.commands.explain import input_option


def add(commands: Commands) -> None:
    dossier = commands.add_parser(
        "dossier",
        help="write a page about each report, with its tables, findings and source",
        description="Writes one self-contained HTML page a report: its statutory tables, its findings, and its source "
        "with the evidence marked. Without REPORT, of all reports with a finding that is an error or a warning.",
    )
    dossier.add_argument("report", nargs="*", metavar="REPORT", help="report_id, the beginning of one, or source path")
    dossier.add_argument("--all", action="store_true", help="of all reports")
    output_option(dossier)
    input_option(dossier)
    dossier.add_argument("--to", type=Path, metavar="DIR", help="folder for the pages (dossiers/ in the dataset's)")
    dossier.set_defaults(run=_dossier)


def _dossier(options: argparse.Namespace) -> int:
    from assets.headless import remembered_input, remembered_limits
    from pipeline.dossier import write
    from pipeline.dossier.facts import Dataset, NotFound
    from pipeline.dossier.source import SourceReader
    from pipeline.limits import Limits
    from pipeline.store.layout import Layout

    layout = Layout(options.output)
    to: Path = options.to or layout.out / "dossiers"
    if os.path.isfile(to):  # noqa: PTH113 - unlike Path.is_file it raises for nothing
        raise Misused(f"{to} is a file: --to takes a folder")
    try:
        with Dataset(layout) as dataset:
            named = [r for name in options.report for r in dataset.reports_named(name)]
            reports = tuple(dict.fromkeys(named)) or dataset.reports(is_flagged=not options.all)
            limits = Limits().with_settings(remembered_limits(layout))
            with SourceReader(options.input or remembered_input(layout), limits) as reader:
                missing = write.pages(dataset, reader, _watched(reports), to)
            write.index(dataset, () if named else reports, to)
    except NotFound as e:
        return complain(str(e), FAILED)
    except OSError as e:
        return complain(f"cannot write pages in {to} ({e.strerror or e}): choose another folder with --to", FAILED)
    for path, why in missing:
        print(f"ogi: the page of {path} shows no source: {why}", file=sys.stderr)
    print(f"{len(reports):,} page{'' if len(reports) == 1 else 's'}: {to / write.INDEX}")
    return 0


def _watched(reports: Sequence[str]) -> Iterator[str]:
    """The reports, with a bar on a terminal that says how far the work is."""
    from rich.console import Console
    from rich.progress import track

    yield from track(
        reports,
        description="writing pages",
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
