"""The documents of a large corpus, block by block: every block is made alone, so that any number of processes may write.

A block holds `BLOCK` documents: the reports of `ORGANS` organs over all years, then copies of some of them and documents
that are no reports. Document n of a seed is the same whatever the size of the corpus.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.corpus import odd_documents, odd_files
from tests.corpus.formats import render_container, render_format
from tests.corpus.formats.containers import FORMATS_INSIDE
from tests.corpus.gold import GoldCell
from tests.corpus.layouts import LAYOUTS
from tests.corpus.options import Options, random_options
from tests.corpus.rendering import render_report
from tests.corpus.scale import mix, regions, series
from tests.corpus.truth import Truth

BLOCK = 250
ORGANS = 40
COPIES = 4
"""Documents of a block that stand a second time under another path, byte by byte."""
OTHER_FORMATS = 2
"""Reports of a block that stand a second time as a file of another format."""
TABLE_MISSING = 0.02
"""Share of the reports with a picture where a table should be."""
ODD = (
    "binary",
    "undecodable",
    "mojibake",
    "pictures",
    "template",
    "workbook",
    "cut_off_pdf",
    "notice",
    "explanation",
    "blank_form",
    "attachment",
    "old_style",
)
"""Kinds of documents that hold no statutory tables."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document with its truth. `path` of the file in the corpus, `member` its name in a container or "".

    `kind`: report, copy or other_format (of the document `same_as`), or one of `ODD`. `gold` is empty where a document has
    no tables; `data` are the bytes of the document itself, also where it lies in a container.
    """

    number: int
    path: str
    member: str
    kind: str
    format: str
    organ: str
    year: int
    data: bytes
    gold: tuple[GoldCell, ...] = ()
    missing_tables: tuple[str, ...] = ()
    same_as: int | None = None

    @property
    def name(self) -> str:
        return f"{self.path}!{self.member}" if self.member else self.path

    @property
    def file_name(self) -> str:
        """A name with the right extension for the document on its own."""
        return f"{self.number}{mix.extension(self.format)}"


@dataclass(frozen=True, slots=True)
class Block:
    """Documents in the order of their numbers, and the files that hold them."""

    documents: tuple[Document, ...]
    files: tuple[tuple[str, bytes], ...]


def blocks(count: int) -> list[tuple[int, int]]:
    """The blocks of a corpus of `count` documents, each with the number of documents wanted of it."""
    return [(at // BLOCK, min(BLOCK, count - at)) for at in range(0, count, BLOCK)]


def block(seed: int, at: int, count: int = BLOCK) -> Block:
    """The first `count` documents of block `at`."""
    return _Writer(seed, at).write(count)


def document(seed: int, number: int) -> Document:
    """One document by its number."""
    at, within = divmod(number, BLOCK)
    return _Writer(seed, at).write(within + 1).documents[within]


def options_of(truth: Truth) -> Options:
    """How a report is written, beside its format."""
    rng = random.Random(f"scale options {truth.seed}")
    options = random_options(truth.seed)
    if rng.random() < TABLE_MISSING:
        return replace(options, missing_tables=(rng.choice(tuple(truth.tables)),))
    return options


def written(truth: Truth, name: str) -> tuple[bytes, tuple[GoldCell, ...]]:
    """A report in a format or a layout of text: its bytes and the right cells."""
    made = (render_report if name in LAYOUTS else render_format)(truth, name, options_of(truth))
    return made.data, made.gold


class _Writer:
    def __init__(self, seed: int, at: int) -> None:
        self.seed, self.at, self.first = seed, at, at * BLOCK
        self.rng = random.Random(f"block {seed} {at}")
        self.documents: dict[int, Document] = {}
        self.files: list[tuple[str, bytes]] = []

    def write(self, count: int) -> Block:
        reports = ORGANS * len(series.YEARS)
        packed: dict[tuple[int, str], list[tuple[int, Truth]]] = {}
        for n in range(ORGANS):
            start = n * len(series.YEARS)
            if start >= count:
                break
            organ = self.at * ORGANS + n
            rng = random.Random(f"organ {self.seed} {organ}")
            house = mix.draw(rng)
            container = rng.choices(tuple(mix.CONTAINERS), tuple(mix.CONTAINERS.values()))[0]
            is_packed = rng.random() < mix.PACKED
            for i, truth in enumerate(series.reports(self.seed, organ)[: count - start]):
                chosen = house if rng.random() < mix.HOUSE else mix.draw(rng)
                if is_packed:
                    packed.setdefault((truth.year + 1, container), []).append((start + i, truth))
                else:
                    self.report(start + i, truth, chosen)
        for (intake, container), members in packed.items():
            self.container(intake, container, members)
        for n in range(reports, count):
            self.extra(n, n - reports)
        return Block(tuple(self.documents[n] for n in sorted(self.documents)), tuple(self.files))

    def add(self, document: Document) -> None:
        self.documents[document.number - self.first] = document
        if not document.member:
            self.files.append((document.path, document.data))

    def path(self, n: int, year: int, organ: str, extension: str) -> str:
        """A folder for each year of publication, as collectors keep them, with a folder for each block in it."""
        return f"{year + 1}/{self.at:05d}/{self.first + n:08d}_{organ[-12:]}{extension}"

    def report(self, n: int, truth: Truth, name: str, *, kind: str = "report", same_as: int | None = None) -> None:
        data, gold = written(truth, name)
        path = self.path(n, truth.year, truth.organ.name, mix.extension(name))
        organ, missing = truth.organ.name, options_of(truth).missing_tables
        self.add(Document(self.first + n, path, "", kind, name, organ, truth.year, data, gold, missing, same_as))

    def container(self, intake: int, name: str, members: Sequence[tuple[int, Truth]]) -> None:
        """A container with the reports of some organs for one year."""
        made = render_container([(t, options_of(t)) for _, t in members], name)
        path = f"{intake}/{self.at:05d}/{name}_{made.path}"
        self.files.append((path, made.data))
        inside = ("html_site", "pipes_padded") if name in ("jsonl", "parquet") else FORMATS_INSIDE
        for i, ((n, truth), member) in enumerate(zip(members, made.members, strict=True)):
            self.add(
                Document(
                    self.first + n,
                    path,
                    member.name,
                    "report",
                    inside[i % len(inside)],
                    truth.organ.name,
                    truth.year,
                    member.file.data,
                    member.file.gold,
                    options_of(truth).missing_tables,
                )
            )

    # ---- what is there twice, and what is no report ----
    def extra(self, n: int, rank: int) -> None:
        rng = random.Random(f"extra {self.seed} {self.first + n}")
        of = rng.choice([d for d in self.documents.values() if d.kind == "report" and not d.member])
        if rank < COPIES:
            path = self.path(n, of.year, "mirror", mix.extension(of.format))
            self.add(replace(of, number=self.first + n, path=path, kind="copy", same_as=of.number))
        elif rank < COPIES + OTHER_FORMATS:
            organ, year = divmod(of.number - self.first, len(series.YEARS))
            truth = series.reports(self.seed, self.at * ORGANS + organ)[year]
            other = "docx" if of.format != "docx" else "html_site"
            self.report(n, truth, other, kind="other_format", same_as=of.number)
        else:
            self.odd(n, rng)

    def odd(self, n: int, rng: random.Random) -> None:
        kind, organ = rng.choice(ODD), regions.organ(self.at * ORGANS + rng.randrange(ORGANS)).name
        year, number = rng.choice(series.YEARS), self.first + n
        extension, data = odd_document(kind, number, organ, year)
        path = self.path(n, year, kind, extension)
        self.add(Document(number, path, "", kind, extension.removeprefix("."), organ, year, data))


def odd_document(kind: str, number: int, organ: str, year: int) -> tuple[str, bytes]:
    """The extension and the bytes of a document that is no usable report; no two are the same."""
    texts = {
        "notice": lambda: odd_documents.notice(year) + f"第{number}号\n",
        "explanation": lambda: odd_documents.explanation(organ, year) + f"第{number}期\n",
        "blank_form": lambda: odd_documents.blank_form(1) + f"\n样本{number}\n",
        "attachment": lambda: odd_documents.attachment_only(organ, year) + f"浏览次数：{number}\n",
        "old_style": lambda: odd_documents.old_style(organ, 2008 + number % 10) + f"编号{number}\n",
    }
    if kind in texts:
        return ".txt", texts[kind]().encode()
    plain = odd_documents.old_style(organ, year) + f"编号{number}\n"
    comment = f"<!-- {number} -->".encode()
    if kind == "binary":
        return ".txt", odd_documents.binary(number)
    if kind == "undecodable":
        return ".txt", odd_documents.undecodable(plain, number)
    if kind == "mojibake":
        return ".txt", odd_documents.mojibake(plain)
    if kind == "pictures":
        return ".html", odd_files.pictures(organ, year) + comment
    if kind == "template":
        return ".html", odd_files.template() + comment
    if kind == "workbook":
        return ".xlsx", odd_files.workbook((year, number, 0, 3))
    truth = series.reports(0, number % 1000)[0]
    whole = render_format(truth, "pdf_drawn", options_of(truth)).data
    return ".pdf", whole[: len(whole) // 3] + b"%%%d" % number
