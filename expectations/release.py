"""What a release needs of this room: the verdicts of the suites on its dataset, and the quality page."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from expectations import gx
from expectations.quality import release as quality
from pipeline.release import verify
from pipeline.release.edition import Edition
from pipeline.release.folder import Folder


def verified(root: Path) -> verify.Report:
    """The verdict on a release folder, with the invariants of the dataset."""
    return verify.verify(root, Judge())


@dataclass(frozen=True, slots=True)
class Judge:
    """Runs the suites on a DuckDB file; on the same bytes once."""

    _known: dict[tuple[str, int], list[gx.Verdict]] = field(default_factory=dict)

    def __call__(self, database: Path, documents: int) -> list[gx.Verdict]:
        """Verdicts of all suites. Raises `verify.CannotJudge` where they could not be run."""
        with database.open("rb") as f:
            key = (hashlib.file_digest(f, "sha256").hexdigest(), documents)
        if key not in self._known:
            try:
                self._known[key] = gx.judge(database, documents)
            except gx.SuitesFailed as e:
                raise verify.CannotJudge(str(e)) from e
        return self._known[key]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a release that rest on rules and suites; `gold` are the folders with the right answers, if any."""

    gold: Sequence[Path] = ()
    judge: Judge = field(default_factory=Judge)

    def quality(self, folder: Folder, edition: Edition) -> None:
        """Writes the quality tables and page. Raises `accuracy.GoldWrong`, `verify.CannotJudge`."""
        documents = pl.scan_parquet(folder.parquet("documents"), glob=False).select(pl.len()).collect().item()
        quality.write(folder, edition, self.gold, self.judge(folder.database, documents))

    def faults(self, root: Path) -> tuple[str, ...]:
        """Every check that fails, with the first thing that it found.

        The file that `quality` judged is not judged again in a copy: it is our own, and another check holds it to be equal to
        the tables.
        """

        def judge(_: Path, documents: int) -> list[gx.Verdict]:
            return self.judge(Folder(root).database, documents)

        return tuple(
            f"{c.name}: {c.faults[0] if c.faults else c.unchecked}"
            for c in verify.verify(root, judge).checks
            if c.faults or c.unchecked is not None
        )
