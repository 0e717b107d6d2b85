"""Makes a release of a published build: beside the releases that are there, checked, and moved into place as a whole."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pipeline.release import codebook, declared, exports, metadata, sums
from pipeline.release.changes import compare, entry
from pipeline.release.changes.model import Difference
from pipeline.release.edition import About, Edition, NoVersion, Version
from pipeline.release.folder import Folder
from pipeline.release.verify_files import check_sums
from pipeline.release.versions import version_for
from pipeline.store import publish
from pipeline.store.files import flush
from pipeline.store.layout import Layout
from pipeline.store.provenance import published_provenance

_BESIDE = ".partial"
_LOCK = ".lock"

Said = Callable[[str], None]
"""Is told what is being done, for people who wait."""


class Refused(Exception):
    """There is no release to be made of this build, or not here; the message says why and what to do."""


class Parts(Protocol):
    """What a release needs of the rooms above this one: the rules' verdicts, and the pages that rest on them."""

    def quality(self, folder: Folder, edition: Edition) -> None:
        """Writes the quality tables and page of a release."""

    def faults(self, root: Path) -> tuple[str, ...]:
        """What forbids publishing a release: the name of every check that fails. Empty where all hold."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to release: the build, the folder of releases, and what cannot be read off either.

    `version` is worked out from the difference where none is given; `previous` is the latest release in `out` where none
    is given.
    """

    source: Layout
    out: Path
    date: dt.date
    about: About
    version: Version | None = None
    doi: str | None = None
    previous: Path | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """A release that was made, and how it differs from the one before."""

    folder: Folder
    edition: Edition
    difference: Difference


def versions_in(out: Path) -> list[Version]:
    """The releases in a folder, the oldest first."""
    found = []
    for path in out.iterdir() if out.is_dir() else ():
        try:
            version = Version.of(path.name)
        except NoVersion:
            continue
        if path.is_dir() and not path.is_symlink():
            found.append(version)
    return sorted(found)


def release(order: Order, parts: Parts, say: Said) -> Released:
    """Makes a release in `order.out`, named by its version.

    Nothing is there before all of it is, and a release is never written over. Raises Refused, WrongVersion where the version
    given is not the one that the difference asks for or nothing differs, NotComparable, BuildOutdated, NoteWrong, OSError.
    """
    if publish.current_build(order.source) is None:  # before anything is locked: nothing is written into other folders
        raise Refused(
            f"there is no dataset in {order.source.out}: build one with `ogi build --input DIR --output {order.source.out}`, "
            "or name another build with --input"
        )
    with _alone(order.out), publish.lock(order.source):
        previous = _previous(order)
        beside = order.out / _BESIDE
        if beside.is_symlink() or (beside.exists() and not beside.is_dir()):
            raise Refused(f"{beside} is in the way and was not written by ogi: move it elsewhere")
        if beside.exists():
            shutil.rmtree(beside)  # what an interrupted release left
        try:
            folder = Folder(beside)
            folder.root.mkdir()
            made = _make(order, parts, folder, previous, published_provenance(order.source), say)
            target = order.out / str(made.edition.version)
            if os.path.lexists(target):
                raise Refused(f"{target} is there already: a release is never written over; give another --output")
            _settle(folder.root)
            folder.root.rename(target)
            flush(order.out)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    return Released(Folder(target), made.edition, made.difference)


def _make(
    order: Order, parts: Parts, folder: Folder, previous: Folder | None, note: Mapping[str, Any] | None, say: Said
) -> Released:
    say("copying the tables")
    exports.copy_tables(order.source, folder)
    say("comparing with the release before" if previous else "no release before")
    says = (order.about, order.doi)
    difference = compare.between(previous, folder, declared.of_program(), declared.program(note or {}), says)
    version = version_for(difference, order.version)
    edition = Edition(version, order.date, order.about, order.doi, difference.previous)
    if previous is not None and (before := declared.made(previous).date) > order.date.isoformat():
        raise Refused(f"the release before, {difference.previous}, is dated {before}: give that date or a later one")
    say(f"version {version}: writing CSV, Stata and DuckDB files")
    left_out = exports.write_data(order.source, folder, edition)
    entry.write(folder, edition, difference, previous)
    say("writing codebook, quality pages and metadata")
    codebook.write(folder, edition)
    parts.quality(folder, edition)
    metadata.write_metadata(folder, edition, note, left_out)
    sums.write(folder.root)
    say("checking the release")
    if faults := parts.faults(folder.root):
        raise Refused("the release does not pass its own checks and is not kept: " + "; ".join(faults))
    return Released(folder, edition, difference)


def _previous(order: Order) -> Folder | None:
    """The release to compare with. One that is damaged would give a false changelog and a false version. Raises Refused."""
    if order.previous is not None and not order.previous.is_dir():
        raise Refused(f"{order.previous} is no release: --previous takes the folder of one")
    found = versions_in(order.out)
    root = order.previous or (order.out / str(found[-1]) if found else None)
    if root is None:
        return None
    try:
        faults = check_sums(root, [e.path for e in sums.entries(root)])
    except sums.SumsWrong as e:
        faults = (str(e),)
    if faults:
        raise Refused(
            f"the release before, {root}, is not what it was: {faults[0]}. Put it back whole, or name another with "
            "--previous"
        )
    return Folder(root)


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """One release at a time in a folder. Raises Refused."""
    import fcntl

    out.mkdir(parents=True, exist_ok=True)
    with (out / _LOCK).open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as e:
            raise Refused(f"another release is being made in {out}: wait for it, or give another --output") from e
        yield


def _settle(root: Path) -> None:
    """Has everything of a release on the disk before its name appears."""
    for path, _, files in os.walk(root):
        for name in files:
            flush(Path(path) / name)
        flush(Path(path))
