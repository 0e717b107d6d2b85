"""What passes between the stages: small frozen dataclasses, one group a stage.

Every place in a text is a half-open span of character offsets. `Document.text` is the document as its reader wrote it
out (a plain text: as decoded); `Text.text` is the normalised text, and `Text.to_source` leads from the second back to
the first.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

LARGEST, DECIMALS = 10**12, 6
"""Every value of the dataset is smaller than the first and has at most so many decimals: DECIMAL(18,6). What is printed
beyond that is no number of a report, and stays printed."""


# ---- source and reading -------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SourceFile:
    """Where a document comes from, known before it is read. `path` is relative to the input root, POSIX style.

    Of a member of a container `path` and `container_path` are the container's. `packing` is how it is packed ("zip",
    "warc", "jsonl", "parquet", "gzip"; None for a plain file), `offset` and `within` where it stands, in the container's
    own way. `charset` is the encoding that whoever sent or stored it tells. `reason_code` and `reason` are given where
    listing the container showed that there is nothing to read.
    """

    path: str
    intake: str
    container_path: str | None = None
    member: str | None = None
    url: str | None = None
    fetched_at: str | None = None
    packing: str | None = None
    offset: int | None = None
    within: int | None = None
    charset: str | None = None
    reason_code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Unusable:
    """A document that yields no report: `outcome` and `reason_code` as in the code lists, `reason` in words."""

    outcome: str
    reason_code: str
    reason: str
    reader: str | None = None
    encoding: str | None = None


Parts = tuple[tuple[str, int], ...]
"""A place in the source, from the widest part to the narrowest: `(("page", 2), ("table", 1), ("row", 5), ("column", 3))`."""


class Place(NamedTuple):
    """Where a span of `Document.text` stands in the source. The parts count from 1.

    `group` is the same for paragraphs that the source sets as one block: lines of one heading, neighbours in one element.
    """

    start: int
    end: int
    parts: Parts
    group: int = 0


class GridCell(NamedTuple):
    """A cell of a table with lines: rows `row` to `row + row_span - 1`, from `left` to `right` (exclusive), half-open.

    `start` and `end` are its text in `Document.text`, equal for a blank cell. `certainty` is the recogniser's, 0 to 1,
    None where the text was not recognised from a picture.
    """

    row: int
    row_span: int
    left: int
    right: int
    start: int
    end: int
    certainty: float | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose cells the source positions: no two cells overlap; cells by row and place.

    `frame` tells which grids share horizontal coordinates: the pages of a PDF do, two tables of a web page do not.
    `span` in `Document.text` runs from the first cell to the last.
    """

    cells: tuple[GridCell, ...]
    frame: int
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Document:
    """A document as read: its whole text, by which reader and in which encoding, and what only the format knows.

    `grids` and `places` in the order of the text; a plain text has neither. `furniture` are spans that belong to the
    site or the page and not to the report. `facts` are metadata of the file itself as (field, value), fields as in
    `pipeline/structure/data/metadata_keys.csv`. `notes` say what a user should know about the reading (pages recognised
    from pictures, and how surely). `has_all_text`: whether the reader surely has every character that the source shows,
    each in its place, so that what is blank here is blank there. `reservation` is a reason code with its reason where a
    part of the document was not read.
    """

    text: str
    reader: str
    encoding: str | None = None
    grids: tuple[Grid, ...] = ()
    places: tuple[Place, ...] = ()
    furniture: tuple[tuple[int, int], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    has_all_text: bool = False
    reservation: tuple[str, str] | None = None


# ---- normalized text ----------------------------------------------------------------------------------------------
class Line(NamedTuple):
    """A line of normalised text: `text` without its line break, `start` its offset in `Text.text`."""

    text: str
    start: int
    is_furniture: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Text:
    """Normalised text with the way back: `breaks` are (normalised offset, source offset) pairs, piecewise linear.

    `grids` are the document's, their offsets normalised; `places` are the document's, in source offsets; `has_all_text` is
    the document's.
    """

    text: str
    lines: tuple[Line, ...]
    breaks: tuple[tuple[int, int], ...]
    source: str
    grids: tuple[Grid, ...] = ()
    places: tuple[Place, ...] = ()
    has_all_text: bool = False

    def source_characters(self, start: int, end: int) -> str:
        """The source's character for each normalised one: as wide as it is printed (１ is twice as wide as 1)."""
        if len(self.breaks) == 1:
            return self.source[start:end]
        # A place at which something was removed ends a stretch of the source.
        first, last = (bisect_right(self.breaks, (x, 1 << 62)) for x in (start, end - 1))
        if first >= last:
            a = self.to_source(start)
            return self.source[a : a + end - start]
        cuts = [start, *(at for at, _ in self.breaks[first:last]), end]
        stretches = ((self.to_source(a), b - a) for a, b in pairwise(cuts))
        return "".join(self.source[a : a + length] for a, length in stretches)

    def to_source(self, offset: int) -> int:
        """Source offset of a normalised offset."""
        at, source = self.breaks[bisect_right(self.breaks, (offset, 1 << 62)) - 1]
        return source + offset - at

    def from_source(self, offset: int) -> int:
        """Normalised offset of a source offset; of what was removed, where it stood."""
        if len(self.breaks) == 1:
            at, source = self.breaks[0]
            return at + max(0, offset - source)
        k = max(0, bisect_right(self.breaks, offset, key=lambda b: b[1]) - 1)
        at, source = self.breaks[k]
        end = self.breaks[k + 1][0] if k + 1 < len(self.breaks) else len(self.text)
        return min(at + max(0, offset - source), end)

    @property
    def without_furniture(self) -> str:
        """The lines that belong to the report."""
        return "\n".join([x.text for x in self.lines if not x.is_furniture])

    def group_at(self, offset: int) -> int:
        """The group of the place that a normalised offset is in; 0 in a plain text."""
        if not self.places:
            return 0
        source = self.to_source(offset)
        return self.places[max(0, bisect_right(self.places, source, key=lambda p: p.start) - 1)].group

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Source span of a normalised span; what was removed inside it is inside the result."""
        k = bisect_right(self.breaks, (start, 1 << 62))
        if k == len(self.breaks) or end <= self.breaks[k][0]:
            at, source = self.breaks[k - 1]
            return source + start - at, source + max(start, end) - at
        return self.to_source(start), (self.to_source(end - 1) + 1 if end > start else self.to_source(start))


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date written in the text. `start_date` and `end_date` are null where several readings remain.

    `span` is in normalised text; `precision`, `role` as in the code lists; `repair_rule` says which repair on what
    ground, or, for an undecided date, which readings remain.
    """

    span: tuple[int, int]
    printed: str
    start_date: dt.date | None
    end_date: dt.date | None
    precision: str
    is_repaired: bool
    repair_rule: str | None
    role: str


# ---- structure ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Section:
    """A section found, in offsets of `Text.text`: `span` from its heading to the next one, `body_span` without heading."""

    section_code: str
    heading: str | None
    span: tuple[int, int]
    body_span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the report says about itself. None where it says nothing. `publisher` is the organ that the site names."""

    title: str | None = None
    issuer: str | None = None
    issuer_basis: str | None = None
    report_year: int | None = None
    report_year_basis: str | None = None
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    published_on: dt.date | None = None
    index_number: str | None = None
    publisher: str | None = None


# ---- statutory tables ---------------------------------------------------------------------------------------------
class Cell(NamedTuple):
    """A cell of the dataset, all but its report. Columns as in the schema's table `cells`."""

    table_code: str
    row_code: str
    column_code: str
    printed: str | None = None
    value: Decimal | None = None
    unit: str | None = None
    obs_status: str = "O"
    missing_reason: str | None = None
    derivation: str | None = None
    absence: str | None = None
    value_suggested: Decimal | None = None
    locator: str | None = None


@dataclass(frozen=True, slots=True)
class RepairedCell:
    """A cell of one smallest repair of a table whose identities fail. Columns as in the schema's table `repairs`."""

    table_code: str
    solution_no: int
    row_code: str
    column_code: str
    value_printed: Decimal | None
    value_repaired: Decimal | None
    kind: str
    weight: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What only the reading stages can see and a rule of the catalogue later reports. Codes as in `expectations`."""

    rule_code: str
    table_code: str | None = None
    row_code: str | None = None
    column_code: str | None = None
    observed: str | None = None
    expected: str | None = None
    locator: str | None = None


@dataclass(frozen=True, slots=True)
class StatutoryTable:
    """A statutory table as read: its form ("2019", "2021" or "none"), its layout, its cells, what was noticed, and the
    smallest repairs where its identities fail."""

    table_code: str
    form: str
    layout: str | None
    cells: tuple[Cell, ...]
    findings: tuple[Finding, ...]
    spans: tuple[tuple[int, int], ...]
    repairs: tuple[RepairedCell, ...] = ()


# ---- narrative ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of a section. Rates are None for lengths.

    `count` and the rates count affirmed occurrences, `count_denied` those within a denial (未收到…, 0件).
    """

    section_code: str
    feature: str
    count: int
    per_1000_tokens: float | None
    per_1000_characters: float | None
    count_denied: int = 0


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a narrative section with its class (code list `token_class`) and how often it occurs there."""

    section_code: str
    term: str
    token_class: str
    count: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a section: what stands under one subheading or behind one number. Columns as in the table `passages`.

    `passage_no` counts from 1 within the section; `span` is in the section's narrative text.
    """

    passage_no: int
    section_code: str
    kind: str
    level: int
    marker: str | None
    heading: str | None
    topic_code: str | None
    span: tuple[int, int]
    characters: int
    numbers: int
    number_share: float | None


@dataclass(frozen=True, slots=True)
class Point:
    """A problem admitted, or an improvement promised or made. Columns as in the table `points`.

    `point_no` and `passage_no` count from 1 within the section; `span` is in the section's narrative text, `types` sorted.
    """

    point_no: int
    section_code: str
    passage_no: int
    kind: str
    marker: str | None
    types: tuple[str, ...]
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure that a narrative sentence states; spans are in the text that was searched.

    `subject` and `scope` as in the code lists; `column_code` is the applicant or outcome that it is about, None for all of
    them. `reading` names the sets of cells that it may be held against (`narrate/data/claim_cells.csv`), behind an `@` a
    group of columns; None where it is compared with nothing.
    """

    span: tuple[int, int]
    sentence_span: tuple[int, int]
    printed: str
    subject: str
    column_code: str | None
    scope: str
    value: Decimal
    unit: str | None
    reading: str | None = None


@dataclass(frozen=True, slots=True)
class ComparedClaim:
    """A claim beside the table. Columns as in the schema's table `claims`."""

    claim: Claim
    section_code: str
    sentence: str
    table_code: str | None
    row_code: str | None
    column_code: str | None
    compared_with: str | None
    value_in_table: Decimal | None
    agrees: bool | None
    locator: str


# ---- issuer ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Issuer:
    """The organ that reports, as known from one document: its division in the report's year, what told it, its kind.

    `lineage` is the division's identity over the years, `key` the organ's name within its division: the same organ has
    the same two in every year; `key` is empty where no organ is named.
    """

    key: str
    lineage: str | None = None
    division_code: str | None = None
    division_name: str | None = None
    division_level: str | None = None
    division_basis: str | None = None
    division_evidence: str | None = None
    issuer_kind: str | None = None


# ---- a document, whole --------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SectionText:
    """A section's row: its text without the statutory table."""

    section_code: str
    heading: str | None
    text: str
    locator: str


@dataclass(frozen=True, slots=True)
class PlacedPassage:
    """A passage with its words and where it stands in the source; `passage_no` counts over the report."""

    passage: Passage
    text: str
    locator: str


@dataclass(frozen=True, slots=True)
class PlacedPoint:
    """A point with its words and where it stands in the source; `passage_no` counts over the report."""

    point: Point
    text: str
    locator: str


@dataclass(frozen=True, slots=True)
class ParsedReport:
    """All that one document yields, before the corpus is looked at."""

    metadata: Metadata
    issuer: Issuer
    tables: tuple[StatutoryTable, ...]
    sections: tuple[SectionText, ...]
    dates: tuple[tuple[DateMention, str | None, str], ...]
    """(mention, section_code, locator)"""
    features: tuple[Feature, ...]
    findings: tuple[Finding, ...]
    reader: str
    encoding: str | None
    reason_code: str | None = None
    reason: str | None = None
    notes: tuple[str, ...] = ()
    claims: tuple[ComparedClaim, ...] = ()
    passages: tuple[PlacedPassage, ...] = ()
    points: tuple[PlacedPoint, ...] = ()
    terms: tuple[Term, ...] = ()
