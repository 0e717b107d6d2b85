"""Publishes to a folder: copied beside, held against the sums, renamed; whoever looks sees no release or the whole."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.release import sums
from pipeline.release.publishing.contents import File
from pipeline.release.publishing.errors import PublishingInterrupted, PublishingRefused
from pipeline.release.publishing.model import Outcome, Plan, Setting, Upload
from pipeline.store.files import flush

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class ToFolder:
    """The release lies in `FOLDER/<version>`; until it is whole, in `FOLDER/.partial-<version>`."""

    def __init__(self, setting: Setting) -> None:
        self._release, self._target, self._progress = setting.release, setting.target, setting.progress
        self._folder = Path(setting.target.name).resolve()
        self._place = self._folder / str(self._release.version)
        self._beside = self._folder / f".partial-{self._release.version}"
        if self._folder.is_relative_to(self._release.root) or self._place == self._release.root:
            raise PublishingRefused(f"{self._folder} is where the release itself lies: name another folder")

    def plan(self) -> Plan:
        """Raises PublishingRefused where another release has this place, or there is no room."""
        with _told(self._folder):
            return self._plan()

    def publish(self, final: bool) -> Outcome:
        """A second call copies only what is missing. What lies there and is not of this release is never touched."""
        with _told(self._folder):
            plan = self._plan()
            already = len(plan.uploads) - len(plan.to_send)
            if not self._place.exists():
                self._beside.mkdir(parents=True, exist_ok=True)
                missing = {u.name for u in plan.to_send}
                for file in self._release.files:
                    if file.path in missing:
                        self._copy(file)
                        self._progress(f"{file.path}: copied")
                flush(self._beside)
                self._beside.rename(self._place)
                flush(self._folder)
            return Outcome(plan.place, len(plan.to_send), already)

    def _plan(self) -> Plan:
        above = self._folder if self._folder.is_dir() else self._folder.parent
        if not above.is_dir():
            raise PublishingRefused(f"{above} is no folder: make it, or name another")
        there = self._whole() if os.path.lexists(self._place) else self._begun()
        uploads = tuple(Upload(f.path, f.size, f.path in there) for f in self._release.files)
        plan = Plan(self._release, self._target, str(self._place), uploads)
        free = shutil.disk_usage(above).free
        if plan.bytes_to_send > free:
            raise PublishingRefused(
                f"{above} has room for {free:,} bytes; the release needs {plan.bytes_to_send:,}: make room and call again"
            )
        return plan

    def _whole(self) -> set[str]:
        """The paths of the release, when exactly it lies at its place. Raises PublishingRefused."""
        try:
            there = {e.path for e in sums.entries(self._place)}
        except (OSError, sums.SumsWrong):
            there = set()
        expected = {f.path for f in self._release.files}
        if there != expected or self._same(self._place) != expected:
            raise PublishingRefused(
                f"{self._place} is there already, and is not this release: a release that is published stays as it is; "
                "release the changes as a new version, or name another folder"
            )
        return there

    def _begun(self) -> set[str]:
        """What an earlier call has copied whole. Raises PublishingRefused where something else lies beside."""
        if not os.path.lexists(self._beside):
            return set()
        try:
            strange = {e.path for e in sums.entries(self._beside)} - {f.path for f in self._release.files}
        except (OSError, sums.SumsWrong) as e:
            raise PublishingRefused(f"{self._beside} cannot be read: {e}; remove it, and call again") from e
        if strange:
            raise PublishingRefused(
                f"{self._beside} holds {min(strange)}, which is not of this release: remove the folder if it was "
                "left by an earlier attempt, and call again"
            )
        return self._same(self._beside)

    def _same(self, root: Path) -> set[str]:
        """The paths of the release whose files lie in a folder with the same content."""

        def is_same(file: File) -> bool:
            try:
                return (root / file.path).lstat().st_size == file.size and sums.digest(root / file.path) == file.sha256
            except OSError:
                return False

        return {f.path for f in self._release.files if is_same(f)}

    def _copy(self, file: File) -> None:
        copying = self._folder / f".copying-{self._release.version}"
        copying.unlink(missing_ok=True)
        shutil.copyfile(self._release.root / file.path, copying)
        flush(copying)
        if sums.digest(copying) != file.sha256:
            raise PublishingInterrupted(
                f"{file.path} arrived changed in {self._folder}: the release was changed in the meantime, or a disk fails"
            )
        (self._beside / file.path).parent.mkdir(parents=True, exist_ok=True)
        copying.rename(self._beside / file.path)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Says what the operating system refuses in words that help."""
    try:
        yield
    except OSError as e:
        if e.errno in _FULL:
            raise PublishingInterrupted(f"{folder}: no room is left: make room") from e
        remedy = (
            "name a folder that you may write to"
            if e.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
            else "see to it"
        )
        raise PublishingRefused(f"{e.filename or folder}: {e.strerror or e}; {remedy}, and call again to go on") from e
