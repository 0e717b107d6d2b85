"""Scores `find_claims` on sentences whose figures were written down by hand: what is right, wrong, missed.

The sentences are of our own writing and of invented organs. Those of `TEST` are kept apart: nobody looks at them while
the extractor is built, and only they tell how precise it is. Those of `DEVELOPMENT` may be used to improve it.
One row of a CSV is one figure that the sentence states; a sentence without one has one row with these columns empty.
- Approximate numbers (二十余件), increases, percentages, dates and plans are no figures.
- A figure that covers only part of what its subject counts has the scope `part`: another organ, one channel of
  application, one reason among several of a result, lawsuits of one kind beside the other.
- A denial of reconsiderations and lawsuits in one breath is two figures of 0; `remedies` 0 says the same.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple, Protocol

DATA = Path(__file__).parent / "data"
TEST = DATA / "claims_test.csv"
DEVELOPMENT = tuple(DATA / f"claims_development{n}.csv" for n in ("", "_2", "_3", "_4"))

GROUPS = {
    "received and handled": ("received_new", "carried_in", "received_altogether", "handled_total", "carried_out"),
    "results": ("granted", "partial", "denied", "unavailable", "declined", "other_result"),
    "remedies": ("reconsideration", "litigation", "remedies"),
    "fees": ("fees",),
    "proactive": ("regulations", "normative_documents", "licensing", "penalties", "coercive_measures"),
}
GROUP_OF = {subject: group for group, subjects in GROUPS.items() for subject in subjects}
NOT_CELLS = "not about a cell"
NOT_COMPARABLE = ("part", "other_year")
RECEIVED = frozenset({"received_new", "received_altogether"})
NUMERALS = frozenset("0123456789０１２３４５６７８９零〇一二两三四五六七八九十百千万廿")


class Claimed(Protocol):
    """What the scorer reads of a claim."""

    @property
    def printed(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def column_code(self) -> str | None: ...
    @property
    def scope(self) -> str: ...
    @property
    def value(self) -> Decimal: ...
    @property
    def unit(self) -> str | None: ...


class Figure(NamedTuple):
    """A figure as it is judged: all four must agree. Amounts are in yuan."""

    subject: str
    column_code: str
    is_comparable: bool
    value: Decimal


@dataclass(frozen=True)
class Sentence:
    number: int
    section_code: str
    report_year: int | None
    text: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Verdict:
    """One sentence judged. `implied`: figures that a word such as 均 implies and no numeral states, judged neither way."""

    sentence: Sentence
    right: tuple[Figure, ...]
    missed: tuple[Figure, ...]
    wrong: tuple[Figure, ...]
    implied: tuple[Figure, ...]

    @property
    def received_confused(self) -> int:
        """Figures of new applications taken for all received, or the other way round."""
        other = Counter(f._replace(subject="") for f in self.missed if f.subject in RECEIVED)
        return sum((other & Counter(f._replace(subject="") for f in self.wrong if f.subject in RECEIVED)).values())


@dataclass(frozen=True)
class Score:
    """Counts of one group of subjects: figures stated, found right, and claimed wrongly."""

    stated: int
    right: int
    wrong: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.stated if self.stated else 1.0


def read_rows(path: Path = TEST) -> list[dict[str, str]]:
    """The rows of a file of sentences as they stand."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_sentences(path: Path = TEST) -> list[Sentence]:
    """The sentences of the file with their figures, in its order."""
    rows: dict[int, list[dict[str, str]]] = {}
    for row in read_rows(path):
        rows.setdefault(int(row["sentence_no"]), []).append(row)
    return [
        Sentence(
            number=number,
            section_code=first["section_code"],
            report_year=int(first["report_year"]) if first["report_year"] else None,
            text=first["sentence"],
            figures=tuple(
                figure
                for row in group
                if row["subject"]
                for figure in _figures(
                    row["subject"], row["column_code"], row["scope"], Decimal(row["value"]), row["unit"]
                )
            ),
        )
        for number, group in rows.items()
        for first in group[:1]
    ]


def judge(sentence: Sentence, claims: Iterable[Claimed]) -> Verdict:
    """Compares the claims found in a sentence with the figures that it states.

    A figure of a cell is right where subject, column, value and comparability agree; any other claim of a cell is wrong.
    A figure about something else is found where its value is claimed for no cell, whatever its subject; claims of such
    figures that the file does not list are not counted.
    """
    cells: Counter[Figure] = Counter()
    others: Counter[Decimal] = Counter()
    implied: list[Figure] = []
    for claim in claims:
        for figure in _figures(claim.subject, claim.column_code or "", claim.scope, claim.value, claim.unit or ""):
            if figure.subject not in GROUP_OF:
                others[figure.value] += 1
            elif figure.value and not NUMERALS & set(claim.printed):
                implied.append(figure)
            else:
                cells[figure] += 1
    right, missed = [], []
    for figure in sentence.figures:
        is_cell = figure.subject in GROUP_OF
        if (cells[figure] if is_cell else others[figure.value]) > 0:
            right.append(figure)
            if is_cell:
                cells[figure] -= 1
            else:
                others[figure.value] -= 1
        else:
            missed.append(figure)
    return Verdict(sentence, tuple(right), tuple(missed), tuple(cells.elements()), tuple(implied))


def judge_all(
    sentences: Iterable[Sentence], find: Callable[[str, str, int | None], Iterable[Claimed]]
) -> tuple[Verdict, ...]:
    """Every sentence judged by itself, as `find(text, section_code, report_year)` reads it."""
    return tuple(judge(s, find(s.text, s.section_code, s.report_year)) for s in sentences)


def scores(verdicts: Iterable[Verdict]) -> dict[str, Score]:
    """The score of every group of subjects, in the order of `GROUPS`; last the figures that are not about a cell."""
    right: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for verdict in verdicts:
        for counts, figures in ((right, verdict.right), (missed, verdict.missed), (wrong, verdict.wrong)):
            counts.update(GROUP_OF.get(f.subject, NOT_CELLS) for f in figures)
    return {g: Score(right[g] + missed[g], right[g], wrong[g]) for g in (*GROUPS, NOT_CELLS)}


def cell_score(by_group: dict[str, Score]) -> Score:
    """All figures with the subject of a cell together."""
    cells = [score for group, score in by_group.items() if group != NOT_CELLS]
    return Score(sum(s.stated for s in cells), sum(s.right for s in cells), sum(s.wrong for s in cells))


def _figures(subject: str, column: str, scope: str, value: Decimal, unit: str) -> tuple[Figure, ...]:
    # The interface names an applicant or an outcome; a row of section two has neither.
    column = "" if GROUP_OF.get(subject) == "proactive" else column
    value = value * 10000 if unit == "万元" else value
    subjects = ("reconsideration", "litigation") if subject == "remedies" and not value else (subject,)
    return tuple(Figure(s, column, scope not in NOT_COMPARABLE, value) for s in subjects)
