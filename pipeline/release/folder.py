"""Where things lie in the folder of a release, for those who write, read and check it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SUMS = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class Folder:
    """Paths in the folder of one release; `root` is named by the version.

    `tables` of the schema lie in `data/parquet`, some of them and the wide tables also in `data/csv` and `data/stata`.
    """

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    def parquet(self, table: str) -> Path:
        return self.data / "parquet" / f"{table}.parquet"

    def csv(self, table: str) -> Path:
        return self.data / "csv" / f"{table}.csv.gz"

    def stata(self, table: str) -> Path:
        return self.data / "stata" / f"{table}.dta"

    @property
    def database(self) -> Path:
        return self.data / "ogi.duckdb"

    @property
    def codebook(self) -> Path:
        """`index.html` and the CSV files of the codebook."""
        return self.root / "codebook"

    @property
    def quality(self) -> Path:
        """`index.html` and the tables of the quality page."""
        return self.root / "quality"

    @property
    def changes(self) -> Path:
        """What differs from the release before."""
        return self.root / "changes"

    @property
    def readme(self) -> Path:
        return self.root / "README.md"

    @property
    def changelog(self) -> Path:
        """Entries of this release and of those before, newest first."""
        return self.root / "CHANGELOG.md"

    @property
    def licence(self) -> Path:
        return self.root / "LICENSE"

    @property
    def citation(self) -> Path:
        return self.root / "CITATION.cff"

    @property
    def datacite(self) -> Path:
        return self.root / "datacite.json"

    @property
    def datapackage(self) -> Path:
        return self.root / "datapackage.json"

    @property
    def croissant(self) -> Path:
        return self.root / "croissant.json"

    @property
    def provenance(self) -> Path:
        return self.root / "PROVENANCE.json"

    @property
    def sums(self) -> Path:
        return self.root / SUMS
