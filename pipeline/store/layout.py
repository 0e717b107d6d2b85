"""Where things lie in an output folder: the published dataset, the working files of a build, Dagster's home."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.store import ids

DATABASE = "ogi.duckdb"


def folder_of(intake: str) -> str:
    """A name for the working files of an intake: the intake's own may be too long for one with an ending."""
    return ids.digest("intake", intake)


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths in an output folder.

    `parquet` and `database` are links into the version that `.versions/current` names, so that one rename replaces
    both. Files in `.work` never carry a published name (`cells.parquet`): whoever searches the folder finds one of each.
    """

    out: Path

    @property
    def parquet(self) -> Path:
        return self.out / "parquet"

    @property
    def database(self) -> Path:
        return self.out / DATABASE

    @property
    def history(self) -> Path:
        """What each publication's checks found, one file a build."""
        return self.out / "history"

    def history_of(self, build: int) -> Path:
        return self.history / f"build-{build:06d}.parquet"

    @property
    def quality_page(self) -> Path:
        return self.out / "quality.html"

    @property
    def versions(self) -> Path:
        return self.out / ".versions"

    @property
    def current(self) -> Path:
        return self.versions / "current"

    @property
    def dagster_home(self) -> Path:
        return self.out / ".dagster"

    @property
    def settings(self) -> Path:
        """What `ogi ui` has to remember of the last build."""
        return self.dagster_home / "ogi.json"

    @property
    def work(self) -> Path:
        return self.out / ".work"

    @property
    def lock(self) -> Path:
        return self.work / "lock"

    @property
    def inventories(self) -> Path:
        return self.work / "inventory"

    @property
    def left_out(self) -> Path:
        """Entries of the input that are no documents, as the last listing found them."""
        return self.inventories / "left_out.json"

    @property
    def corrections(self) -> Path:
        """How many corrections made by hand the last build applied, and which it did not."""
        return self.work / "corrections.json"

    @property
    def corrections_file(self) -> Path:
        """Which file of corrections made by hand the last build applied."""
        return self.work / "corrections_file.json"

    def inventory(self, intake: str) -> Path:
        return self.inventories / f"{folder_of(intake)}.list.parquet"

    @property
    def shards(self) -> Path:
        return self.work / "read"

    def shards_of(self, intake: str) -> Path:
        return self.shards / folder_of(intake)

    def signatures_of(self, intake: str) -> Path:
        """Hashes of the files of an intake, with what the file system said of each."""
        return self.shards_of(intake) / "signatures.parquet"

    def reading_of(self, intake: str) -> Path:
        """With what the documents of an intake were read."""
        return self.shards_of(intake) / "reading.json"

    @property
    def hashes(self) -> Path:
        """Hashes of working files, with what the file system said of each."""
        return self.work / "hashes.json"

    def stage_note(self, stage: str) -> Path:
        """What a step of the corpus half was done with."""
        return self.work / "stages" / f"{stage}.json"

    @property
    def staged(self) -> Path:
        return self.work / "staged"

    def staged_table(self, table: str) -> Path:
        return self.staged / f"{table}.staged.parquet"

    @property
    def staged_database(self) -> Path:
        return self.staged / "staged.duckdb"

    @property
    def results(self) -> Path:
        """What the checks of the staged dataset found, as the history keeps it."""
        return self.staged / "results.staged.parquet"

    @property
    def verdicts(self) -> Path:
        """What Great Expectations said of the staged dataset."""
        return self.staged / "verdicts.json"

    @property
    def provenance(self) -> Path:
        """What the staged dataset was made from and by."""
        return self.staged / "provenance.staged.json"

    @property
    def verdict(self) -> Path:
        """Says that the staged dataset passed its checks, and of which files that was said."""
        return self.staged / "verdict.json"
