"""Every cell of documents judged against their truth, counted by format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.model import Cell
from tests.corpus.gold import GoldCell
from tests.corpus.scale import documents, mix
from tests.corpus.score import Verdict, judged_cells, said

COUNTED = ("cells", "right", "contested", "unfilled", "flagged", "silent", "unread")
MUST_NOT = ("html", "docx", "pdf", "positioned text")
"""Groups of formats in which no cell may be silent."""
JUDGED = {"exact": "right", "deduced": "right", "overclaimed": "silent"}
SCORED = ("report", "other_format", *documents.ODD)
"""Kinds of documents that count; a copy would be read as what it copies."""
NO_REPORT = "no report"
"""Stands for the format of documents that hold no tables."""


@dataclass(frozen=True, slots=True)
class Known:
    """A document and what is right: `gold` is empty where it has no tables."""

    seed: int
    number: int
    format: str
    gold: Sequence[GoldCell]

    def __str__(self) -> str:
        return f"seed {self.seed} document {self.number} {self.format}"


@dataclass(slots=True)
class Result:
    """Counts by format, and a line on each silent cell and unread or failed document, with its format."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    lines: list[tuple[str, str]] = field(default_factory=list)

    def of(self, known: Known) -> Counter[str]:
        return self.counts.setdefault(known.format if known.gold else NO_REPORT, Counter())

    def add(self, known: Known, read: Sequence[Cell] | None, named: Iterable[tuple[str, str, str | None]]) -> None:
        """Counts a document: the cells read of it, None where it is said to be no usable report, and the places that a
        finding names (no column: a whole row)."""
        n = self.of(known)
        n["documents"] += 1
        for v in judged(known.gold, read or (), named):
            column = word(v, is_read=read is not None)
            n["cells"] += 1
            n[column] += 1
            if column == "silent":
                self.lines.append((known.format, line(known, v)))


def judged(
    gold: Sequence[GoldCell], read: Sequence[Cell], named: Iterable[tuple[str, str, str | None]]
) -> list[Verdict]:
    """Every cell of a document; numbers read from a table that it does not have are silent, too."""
    out = judged_cells(gold, said(read, named))
    known = {g.key for g in gold}
    for cell in read:
        key = (cell.table_code, cell.row_code, cell.column_code)
        if cell.value is not None and key not in known:
            out.append(Verdict(GoldCell(*key, None, "open"), "silent", False, cell))
    return out


def word(v: Verdict, *, is_read: bool) -> str:
    """The column of the table that a verdict counts in."""
    if v.verdict == "missing":
        return "silent" if is_read else "unread"
    return JUDGED.get(v.verdict, v.verdict)


def line(known: Known, v: Verdict) -> str:
    got = "no such cell" if v.got is None else f"{v.got.value} ({v.got.obs_status}, printed {v.got.printed!r})"
    return f"{known} {'/'.join(v.gold.key)}: expected {v.gold.value} ({v.gold.kind}), got {got}"


def is_to_be_silent_free(name: str) -> bool:
    """Whether no cell of documents in this format may be silent."""
    return name not in mix.SHARES or mix.group(name) in MUST_NOT


def failed(counts: dict[str, Counter[str]]) -> list[str]:
    """Formats that miss the bar."""
    return sorted(name for name, n in counts.items() if n["raised"] or (n["silent"] and is_to_be_silent_free(name)))


def row(name: str, n: Counter[str]) -> str:
    million = 1e6 / n["cells"] if n["cells"] else 0.0
    per = n["microseconds"] / 1000 / max(1, n["documents"])
    counts = "".join(f"{n[c]:>11,}" for c in COUNTED)
    return f"{name:<28}{n['documents']:>9,}{counts}{n['silent'] * million:>11.1f}{n['flagged'] * million:>11.1f}{per:>9.1f}"


def table(counts: dict[str, Counter[str]]) -> list[str]:
    """Lines: a row a format, a row a group of formats, all."""
    heads = "".join(f"{c:>11}" for c in COUNTED)
    out = [f"{'format':<28}{'documents':>9}{heads}{'silent/mio':>11}{'flagged/mio':>11}{'ms/doc':>9}"]
    for group in mix.GROUPS:
        of = {name: n for name, n in counts.items() if name in mix.SHARES and mix.group(name) == group}
        out += [row("  " + name, of[name]) for name in mix.SHARES if name in of]
        if of:
            out.append(row(f"{group} ({len(of)})", sum(of.values(), Counter())))
    if NO_REPORT in counts:
        out.append(row(NO_REPORT, counts[NO_REPORT]))
    return [*out, row("all", sum(counts.values(), Counter()))]
