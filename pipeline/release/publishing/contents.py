"""What a release folder holds, taken up only when it holds what its sums say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.release import sums
from pipeline.release.edition import NoVersion, Version
from pipeline.release.folder import SUMS
from pipeline.release.publishing.errors import PublishingRefused


@dataclass(frozen=True, slots=True)
class File:
    """A file of a release: path relative to it, size in bytes, SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Release:
    """A release folder whose sums hold; `files` sorted by path, the sums themselves last: who has them has all."""

    root: Path
    version: Version
    files: tuple[File, ...]

    @property
    def seal(self) -> str:
        """The SHA-256 of its sums, which changes with any file."""
        return self.files[-1].sha256

    @property
    def size(self) -> int:
        return sum(f.size for f in self.files)


def read(root: Path) -> Release:
    """The release in a folder that is named by its version. Raises PublishingRefused where a sum does not hold."""
    root = root.resolve()
    try:
        version = Version.of(root.name)
        expected = sums.read(root)
        there = tuple(e for e in sums.entries(root) if e.path != SUMS)
        _require_the_same(root, {e.path for e in there if e.is_file}, set(expected), {e.path for e in there})
        files = [_file(root, path, expected[path]) for path in sorted(expected)]
        return Release(root, version, (*files, _file(root, SUMS, sums.digest(root / SUMS))))
    except NoVersion as e:
        raise PublishingRefused(f"{root} is no release: its folder is named by no version ({e})") from e
    except sums.SumsWrong as e:
        raise PublishingRefused(f"{root} is not published: {e}") from e
    except OSError as e:
        raise PublishingRefused(f"{root} cannot be read: {e.filename or root}: {e.strerror or e}") from e


def _require_the_same(root: Path, files: set[str], expected: set[str], there: set[str]) -> None:
    for strange, why in (
        (there - files, "it is no regular file"),
        (expected - files, f"it stands in {SUMS} but is not there"),
        (files - expected, f"it is there but does not stand in {SUMS}"),
    ):
        if strange:
            raise PublishingRefused(f"{root} is not published: {min(strange)}: {why}; make the release anew")


def _file(root: Path, path: str, expected: str) -> File:
    if sums.digest(root / path) != expected:
        raise PublishingRefused(
            f"{root} is not published: {path} is not what {SUMS} says: it was changed; make the release anew"
        )
    return File(path, (root / path).stat().st_size, expected)
