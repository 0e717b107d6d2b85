"""What a comparison of two releases finds: changes of the schema, counts of rows by reason, reports that came and went."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.release.edition import Version

ADDED, REMOVED, CHANGED, RENAMED = "added", "removed", "changed", "renamed"
UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """A table, column, code or rule (`kind`) that was added, removed, renamed, or whose `attribute` changed.

    `parent` is the table of a column, or the code list (with form and table) of a code. Of a renamed thing `old` and
    `new` are its names; of a changed one, what the attribute was and is.
    """

    kind: str
    parent: str
    name: str
    change: str
    attribute: str = ""
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        what = f"{self.kind} {self.parent + '.' if self.parent else ''}{self.name}"
        if self.change == RENAMED:
            return f"{what} is now called {self.new}"
        if self.change == CHANGED:
            return f"{what}: {self.attribute} was {self.old or 'nothing'}, is {self.new or 'nothing'}"
        return f"{what} was {self.change}"


@dataclass(frozen=True, slots=True)
class Count:
    """Rows of a table that were added, removed or changed for one reason; `values` counts the changed cells of these."""

    table: str
    change: str
    reason: str
    rows: int
    values: int


@dataclass(frozen=True, slots=True)
class ChangedTable:
    """How many rows of a table changed, each counted once whatever its reasons, and how many values by column."""

    table: str
    rows: int
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ChangedNumber:
    """A cell of a statutory table with another number, or another correction by hand; empty where there is none."""

    issuer: str
    year: int | None
    cell: str
    """`table/row/column`."""
    old: str
    new: str
    reason: str


@dataclass(frozen=True, slots=True)
class MetadataChange:
    """A field of what a release says of itself (`About`, and `doi`) that is another one now; empty where it says nothing."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class LostReport:
    """A report that is lost, as the release before has it; empty, or None, where that does not say.

    `member` is that of a container. `outcome` is what became of its document, empty where that is not there any more.
    """

    issuer: str
    year: int | None
    source_path: str
    member: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Reports:
    """How the reports changed.

    `lost` counts observations (an organ's year) that had a report and have none: where a report went because another
    document has the same one, nothing is lost; the first of them are `lost_reports`. New divisions and organs are counted
    where a report of theirs is new. `moved` counts reports whose bytes stand elsewhere under another `report_id`: they are
    neither added nor removed.
    """

    total_old: int
    total_new: int
    added: int
    removed: int
    lost: int
    years: tuple[int, ...]
    issuers: int
    divisions: int
    moved: int = 0
    lost_reports: tuple[LostReport, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A release against the one before; `previous` is None for the first, and then there is nothing else."""

    previous: Version | None
    schema: tuple[SchemaChange, ...] = ()
    counts: tuple[Count, ...] = ()
    reports: Reports | None = None
    dictionaries: tuple[tuple[str, str, str], ...] = ()
    """Word lists that changed: name, version before (empty where new), version now (empty where gone)."""
    metadata: tuple[MetadataChange, ...] = ()
    changed: tuple[ChangedTable, ...] = ()
    numbers: tuple[ChangedNumber, ...] = ()
    """The first of those that changed, by organ, year and cell."""

    @property
    def is_first(self) -> bool:
        return self.previous is None

    @property
    def unexplained(self) -> int:
        """Rows that changed, and nothing says why: what a release warns of."""
        return sum(c.rows for c in self.counts if c.reason == UNEXPLAINED)
