"""`ogi dfm`: writes a document-feature matrix for R, Python or Stata."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from pipeline.commands.common import FAILED, Commands, Misused, complain, named_folder, output_option, utf8_text
from pipeline.commands.counting import features_option, positive, section_option, working

_EXAMPLE = """examples:
  ogi dfm --output built --to matrix --section overview --where "report_year = 2024" --min-reports 5
  ogi dfm --output built --to matrix --features dictionary --format quanteda-csv"""


def add(commands: Commands) -> None:
    dfm = commands.add_parser(
        "dfm",
        help="write a document-feature matrix for R, Python or Stata",
        description="Writes how often each word (or subcategory of the dictionaries) occurs in each narrative section: "
        "as Matrix Market with names of rows and columns, or as CSV for quanteda. README.txt beside it says how to load it.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    dfm.add_argument("--to", type=named_folder, required=True, metavar="DIR", help="folder for the files")
    features_option(dfm)
    section_option(dfm)
    dfm.add_argument("--where", type=utf8_text, metavar="SQL", help="condition on the table reports (all reports)")
    dfm.add_argument(
        "--min-reports", type=positive, default=1, metavar="N", help="only features of N or more of these reports (1)"
    )
    dfm.add_argument(
        "--weight", choices=("count", "tfidf"), default="count", help="occurrences, or times the frozen idf (count)"
    )
    dfm.add_argument(
        "--format", choices=("matrix-market", "quanteda-csv"), default="matrix-market", help="(matrix-market)"
    )
    output_option(dfm)
    dfm.set_defaults(run=_dfm)


def _dfm(options: argparse.Namespace) -> int:
    from pipeline.store.layout import Layout
    from pipeline.textdata.condition import NotAnswered
    from pipeline.textdata.matrix import Wanted, write_matrix

    to: Path = options.to
    if os.path.isfile(to):  # noqa: PTH113 - unlike Path.is_file it raises for nothing
        raise Misused(f"{to} is a file: --to takes a folder")
    wanted = Wanted(
        options.features,
        tuple(options.section),
        options.where,
        options.min_reports,
        options.weight,
        options.format,
    )
    try:
        with working("selecting documents") as step:
            written = write_matrix(Layout(options.output), wanted, to, step)
    except NotAnswered as e:
        return complain(str(e), FAILED)
    except OSError as e:
        return complain(f"cannot write in {to} ({e.strerror or e}): choose another folder with --to", FAILED)
    print(
        f"{written.rows:,} documents, {written.columns:,} features, {written.entries:,} values above zero: "
        f"{', '.join(written.files)} in {to}"
    )
    return 0
