"""What passes between the stages: small frozen dataclasses, one group a stage.

Every place in a text is a half-open span of character offsets. `Document.text` is the source as decoded; `Text.text`
is the normalised text, and `Text.to_source` leads from the second back to the first.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal


# ---- source and reading -------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SourceFile:
    """Where a document comes from, known before it is read. `path` is relative to the input root, POSIX style."""

    path: str
    intake: str
    container_path: str | None = None
    member: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Unusable:
    """A document that yields no report: `outcome` and `reason_code` as in the code lists, `reason` in words."""

    outcome: str
    reason_code: str
    reason: str
    reader: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document as read: its whole text, and by which reader and in which encoding."""

    text: str
    reader: str
    encoding: str | None = None


# ---- normalized text ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Line:
    """A line of normalised text: `text` without its line break, `start` its offset in `Text.text`."""

    text: str
    start: int
    is_furniture: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Text:
    """Normalised text with the way back: `breaks` are (normalised offset, source offset) pairs, piecewise linear."""

    text: str
    lines: tuple[Line, ...]
    breaks: tuple[tuple[int, int], ...]
    source: str

    def source_characters(self, start: int, end: int) -> str:
        """The source's character for each normalised one: as wide as it is printed (１ is twice as wide as 1)."""
        if len(self.breaks) == 1:
            return self.source[start:end]
        return "".join(self.source[self.to_source(i)] for i in range(start, end))

    def to_source(self, offset: int) -> int:
        """Source offset of a normalised offset."""
        at, source = self.breaks[bisect_right(self.breaks, (offset, 1 << 62)) - 1]
        return source + offset - at

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Source span of a normalised span; what was removed inside it is inside the result."""
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
    """What the report says about itself. None where it says nothing."""

    title: str | None = None
    issuer: str | None = None
    issuer_basis: str | None = None
    report_year: int | None = None
    report_year_basis: str | None = None
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    published_on: dt.date | None = None
    index_number: str | None = None


# ---- statutory tables ---------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Cell:
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
    locator: str | None = None


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
    """A statutory table as read: its form ("2019", "2021" or "none"), its layout, its cells, what was noticed."""

    table_code: str
    form: str
    layout: str | None
    cells: tuple[Cell, ...]
    findings: tuple[Finding, ...]
    spans: tuple[tuple[int, int], ...]


# ---- narrative ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of a section. Rates are None for lengths."""

    section_code: str
    feature: str
    count: int
    per_1000_tokens: float | None
    per_1000_characters: float | None


# ---- a document, whole --------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SectionText:
    """A section's row: its text without the statutory table."""

    section_code: str
    heading: str | None
    text: str
    locator: str


@dataclass(frozen=True, slots=True)
class ParsedReport:
    """All that one document yields, before the corpus is looked at."""

    metadata: Metadata
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
