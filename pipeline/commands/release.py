"""`ogi release`: makes a release of a build that can be cited, checks one, publishes one."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.common import FAILED, MISUSED, SAMPLE_BUILD, Commands, Misused, complain, named_folder, real

if TYPE_CHECKING:
    from pipeline.release.edition import Version
    from pipeline.release.publishing import Outcome, Plan
    from pipeline.release.write import Released

RELEASES = Path("releases")
_SAMPLE_GOLD = Path("data/sample_gold")
_EPOCH = "SOURCE_DATE_EPOCH"
_ABOUT = f"""Makes a release of a published build: a folder named by its version, with the tables in Parquet, CSV, Stata
and DuckDB, codebook, quality pages, the changes since the release before, and metadata for archives. The version is worked
out from what changed: major for tables, columns and codes that are gone or mean something else, minor for new reports,
patch for corrected values. The date is the publisher's, never a clock's: --date, or {_EPOCH} in the environment."""
_EXAMPLES = """examples:
  ogi release --date 2026-03-01                                a release of the sample, in releases/
  ogi release --input built --output releases --date 2026-03-01 --about about.yml
  ogi release verify releases/1.0.0
  ogi release publish releases/1.0.0 --to zenodo               says what would be sent
  ogi release publish releases/1.0.0 --to zenodo --yes         sends it, as a draft
"""
_TARGETS = "zenodo, zenodo:RECORD (a new version of it), huggingface:OWNER/NAME, s3://BUCKET/PREFIX, or a folder"


def add(commands: Commands) -> None:
    release = commands.add_parser(
        "release",
        help="make a release that can be cited; check or publish one",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    release.add_argument(
        "--input", type=named_folder, default=SAMPLE_BUILD, metavar="BUILD", help=f"output of a build ({SAMPLE_BUILD})"
    )
    release.add_argument(
        "--output", type=named_folder, default=RELEASES, metavar="DIR", help=f"folder of the releases ({RELEASES})"
    )
    release.add_argument("--date", type=_date, metavar="YYYY-MM-DD", help="date of the release")
    release.add_argument("--version", dest="number", type=_version, metavar="X.Y.Z", help="refused if it is not right")
    release.add_argument(
        "--about",
        type=Path,
        metavar="FILE",
        help="title, authors, licence of the dataset (those of ogi-panel; the sample says that it is invented)",
    )
    release.add_argument("--doi", type=_doi, metavar="DOI", help="a DOI that was reserved for this release")
    release.add_argument(
        "--previous", type=named_folder, metavar="RELEASE", help="what it is compared with (the latest in --output)"
    )
    release.add_argument(
        "--gold",
        type=named_folder,
        action="append",
        metavar="DIR",
        help=f"folder with the right cells of some reports, to measure accuracy with; may be given again "
        f"({_SAMPLE_GOLD} for the sample)",
    )
    release.set_defaults(run=_release)
    further = release.add_subparsers(dest="release_command", metavar="verify | publish")

    verify = further.add_parser(
        "verify",
        help="check a release folder",
        description="Checks sums, schema, keys, counts and invariants of a release. Exit status 1 where one fails.",
    )
    verify.add_argument("folder", type=named_folder, metavar="RELEASE")
    verify.set_defaults(run=_verify)

    publish = further.add_parser(
        "publish",
        help="send a release to an archive",
        description="Says what would be sent to where; --yes sends it. What was cut off goes on at the next call. Tokens come "
        "from the environment (ZENODO_TOKEN, HF_TOKEN, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY) and are written nowhere.",
    )
    publish.add_argument("folder", type=named_folder, metavar="RELEASE")
    publish.add_argument("--to", required=True, metavar="TARGET", help=_TARGETS)
    publish.add_argument("--yes", action="store_true", help="send it, rather than saying what would be sent")
    publish.add_argument(
        "--final", action="store_true", help="publish the draft as well: a published record cannot be taken back"
    )
    publish.set_defaults(run=_publish)


def _date(text: str) -> dt.date:
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as e:
        raise argparse.ArgumentTypeError("takes a date such as 2026-03-01") from e


def _version(text: str) -> Version:
    from pipeline.release.edition import NoVersion, Version

    try:
        return Version.of(text)
    except NoVersion as e:
        raise argparse.ArgumentTypeError(str(e)) from e


def _doi(text: str) -> str:
    import re

    if not re.fullmatch(r"10\.\d{4,9}/[!-~]{1,200}", text, re.ASCII):
        raise argparse.ArgumentTypeError("takes a DOI such as 10.5281/zenodo.1234567, without an address before it")
    return text


def _release(options: argparse.Namespace) -> int:
    from expectations.release import Parts
    from pipeline.release.accuracy import GoldWrong
    from pipeline.release.changes.compare import NotComparable
    from pipeline.release.declared import NotReadable
    from pipeline.release.exports import BuildOutdated
    from pipeline.release.metadata import AboutWrong, default_about, read_about
    from pipeline.release.verify import CannotJudge
    from pipeline.release.versions import WrongVersion
    from pipeline.release.write import Order, Refused, release
    from pipeline.store.layout import Layout
    from pipeline.store.provenance import NoteWrong
    from pipeline.store.publish import OutputBusy
    from pipeline.store.query import QueryFailed

    date = options.date or _date_of_environment()
    source, out = Layout(options.input), options.output
    if real(out).is_relative_to(real(source.out)) and real(out) != real(source.out):
        raise Misused(f"the releases would lie inside the build {source.out}: choose another folder with --output")
    try:
        about = read_about(options.about) if options.about else default_about(options.input == SAMPLE_BUILD)
        order = Order(source, out, date, about, options.number, options.doi, options.previous)
        made = release(order, Parts(_gold(options)), lambda what: print(what, file=sys.stderr, flush=True))
    except (Refused, WrongVersion, NotComparable, NotReadable, BuildOutdated, NoteWrong) as e:
        return complain(str(e), FAILED)
    except (AboutWrong, GoldWrong, OutputBusy, QueryFailed) as e:
        return complain(str(e), FAILED)
    except CannotJudge as e:
        return complain(f"the dataset could not be judged: {e}", FAILED)
    _tell(made)
    return 0


def _date_of_environment() -> dt.date:
    """The date that reproducible builds are given in the environment. Raises Misused."""
    epoch = os.environ.get(_EPOCH, "")
    if not epoch:
        raise Misused(f"say the date of the release: --date 2026-03-01, or {_EPOCH} in the environment")
    try:
        return dt.datetime.fromtimestamp(int(epoch), dt.UTC).date()
    except (ValueError, OverflowError, OSError) as e:
        raise Misused(f"{_EPOCH} is no number of seconds since 1970: {epoch[:50]!r}") from e


def _gold(options: argparse.Namespace) -> Sequence[Path]:
    """The folders given; for the sample of the repository that of its right answers."""
    if options.gold is None and options.input == SAMPLE_BUILD and _SAMPLE_GOLD.is_dir():
        return (_SAMPLE_GOLD,)
    return tuple(options.gold or ())


def _tell(made: Released) -> None:
    root, difference = made.folder.root, made.difference
    print(f"{root}")
    if difference.previous is None:
        print("the first release")
    else:
        print(f"since {difference.previous}: see {made.folder.changelog} and {made.folder.changes}")
    if difference.unexplained:
        complain(
            f"{difference.unexplained:,} rows changed and nothing says why: look at `unexplained` in "
            f"{made.folder.changes} before you publish",
            0,
        )
    print(f"Next:\n  ogi release verify {root}\n  ogi release publish {root} --to zenodo")


def _verify(options: argparse.Namespace) -> int:
    from expectations.release import verified

    if not options.folder.is_dir():
        return complain(f"there is no folder {options.folder}: name that of a release, such as releases/1.0.0", MISUSED)
    report = verified(options.folder)
    print(report.text())
    return 0 if report.passed else FAILED


def _publish(options: argparse.Namespace) -> int:
    from expectations.release import verified
    from pipeline.release.publishing import PublishingInterrupted, PublishingRefused, plan, publish

    if options.final and not options.yes:
        raise Misused("--final publishes what --yes sends: give both")
    try:
        planned = plan(options.folder, options.to)
        if options.yes and not (report := verified(options.folder)).passed:
            print(report.text(), file=sys.stderr)
            return complain(f"{options.folder} is not sound and was not sent: {', '.join(report.failed)}", FAILED)
        if not options.yes:
            _show_files(planned)
        _show(planned)
        if not options.yes:
            print("\nNothing was sent. --yes sends it.")
            return 0
        _tell_outcome(publish(planned, lambda what: print(what, file=sys.stderr, flush=True), final=options.final))
    except PublishingRefused as e:
        return complain(str(e), FAILED)
    except PublishingInterrupted as e:
        return complain(f"{e}\nThe same command goes on where this was cut.", FAILED)
    return 0


def _show_files(planned: Plan) -> None:
    """The files one by one, which sending them names again."""
    from pipeline.store.query import as_table

    words = {True: "yes", False: "no", None: "not known"}
    print(as_table(["file", "bytes", "there already"], [(u.name, u.size, words[u.is_there]) for u in planned.uploads]))
    print()


def _show(planned: Plan) -> None:
    print(f"{len(planned.to_send):,} files, {planned.bytes_to_send:,} bytes to {planned.place}", flush=True)
    for note in planned.notes:
        print(f"note: {note}")


def _tell_outcome(outcome: Outcome) -> None:
    print(f"{outcome.place}: {outcome.sent:,} files sent, {outcome.there_already:,} were there")
    if outcome.doi:
        print(f"DOI {outcome.doi}")
    if outcome.is_draft:
        print(
            "It is a draft: nobody else sees it until it is published (--yes --final, or on the page of the archive)."
        )
    for note in outcome.notes:
        print(f"note: {note}")
