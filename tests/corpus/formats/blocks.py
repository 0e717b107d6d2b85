"""A report as a neutral list of blocks, from which every file format writes the same title, prose and tables."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from tests.corpus import dates, gold, grid
from tests.corpus.dates import Mention
from tests.corpus.document import SECTIONS, Writer
from tests.corpus.gold import GoldCell
from tests.corpus.grid import Sheet
from tests.corpus.labels import HALF_WIDTH
from tests.corpus.layouts import LAYOUTS
from tests.corpus.options import Options
from tests.corpus.truth import Truth

LAYOUT = "word_tabs"
"""The text layout with the traits of every file format: cells are delimited, blanks keep their places, no pages."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph. `kind`: title, text, signature."""

    text: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a section, its number ("二、" or "") apart; an editor's bookmark may stand at it."""

    number: str
    label: str
    has_bookmark: bool = False

    @property
    def text(self) -> str:
        return self.number + self.label


@dataclass(frozen=True, slots=True)
class MetadataBlock:
    """What the site says about the document, as label and value."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A statutory table."""

    sheet: Sheet


@dataclass(frozen=True, slots=True)
class MissingTable:
    """The place of a table that the document leaves out: an image or nothing stands there."""

    table_code: str


Block = Paragraph | Heading | MetadataBlock | Table | MissingTable


@dataclass(frozen=True, slots=True)
class Report:
    """The blocks of one report, and the answers that a reader should find."""

    truth: Truth
    options: Options
    blocks: tuple[Block, ...]
    metadata: dict[str, str]
    dates: tuple[Mention, ...]

    @property
    def gold(self) -> tuple[GoldCell, ...]:
        return gold.gold_cells(self.truth, LAYOUTS[LAYOUT], self.options, {})

    def rng(self, name: str) -> random.Random:
        """The random choices of one format for this report."""
        return random.Random(f"{name}{self.options.seed}-{self.truth.seed}")


class Outline(Writer):
    """Gathers blocks where the text writer gathers lines; numbers, wording and facts are the same."""

    def __init__(self, truth: Truth, options: Options) -> None:
        super().__init__(truth, LAYOUT, options)
        self.blocks: list[Block] = []

    def gather(self) -> Report:
        self.furniture_before()
        self.title()
        self.opening()
        for code in SECTIONS:
            self.section(code)
        self.signature()
        forms = {
            f"form_{t}": "none" if t in self.options.missing_tables else self.truth.tables[t].form
            for t in ("proactive", "applications")
        }
        facts = {k: str(v) for k, v in self.facts.items()} | forms
        return Report(self.truth, self.options, tuple(self.blocks), facts, tuple(self.mentions))

    def dressed(self, text: str) -> str:
        return text.translate(HALF_WIDTH) if self.options.half_width else text

    def paragraph(self, text: str, kind: str = "text") -> None:
        self.blocks.append(Paragraph(self.dressed(text), kind))

    def furniture_before(self) -> None:
        super().furniture_before()
        if not self.options.metadata_block:
            return
        day = self.truth.published_on.isoformat()
        pairs = [("索引号", self.truth.index_number), ("发布机构", self.truth.organ.name), ("公开日期", day)]
        if self.rng.random() < 0.5:
            pairs[1:1] = [("主题分类", "综合政务"), ("文号", "无"), ("有效期", "长期")]
        self.blocks.append(MetadataBlock(tuple(pairs)))

    def title(self) -> None:
        super().title()
        name = self.truth.organ.name
        lines = [name, self.truth.title.removeprefix(name)] if self.options.two_line_title else [self.truth.title]
        for line in lines:
            self.paragraph(line, "title")

    def heading_block(self, code: str) -> Heading:
        text = self.heading(code)
        has_bookmark = text.startswith("[bookmark")
        text = self.dressed(text.removeprefix("[bookmark: _GoBack]"))
        number, comma, label = text.partition("、")
        is_numbered = bool(comma) and len(number) == 1
        return Heading(number + comma, label, has_bookmark) if is_numbered else Heading("", text, has_bookmark)

    def section(self, code: str) -> None:
        heading = self.heading_block(code)
        last = self.blocks[-1]
        is_glued = self.options.headings == "glued" and code in ("proactive", "other_matters")
        if is_glued and isinstance(last, Paragraph):
            self.blocks[-1] = replace(last, text=last.text + heading.text)
        else:
            self.blocks.append(heading)
        for paragraph in self.truth.paragraphs.get(code, ()):
            self.paragraph(paragraph)
        if code in self.truth.tables:
            self.table(code)

    def table(self, code: str) -> None:
        if code in self.options.missing_tables:
            self.blocks.append(MissingTable(code))
        else:
            self.blocks.append(Table(grid.build(self.truth.tables[code], self.options, delimited=True)))

    def signature(self) -> None:
        super().signature()
        stated = dates.signature(self.truth.published_on, self.options.signature)
        if stated is not None:
            self.paragraph(self.truth.organ.name, "signature")
            self.paragraph(stated.text, "signature")


def outline(truth: Truth, options: Options) -> Report:
    """The report of a truth as blocks."""
    return Outline(truth, options).gather()
