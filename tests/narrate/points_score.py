"""Scores `find_points` on texts whose points were written down by hand: what is right, missed, wrong.

`DEVELOPMENT` and the texts kept apart are YAML of invented organs: a list of texts with `text_no`, `report_year`, `text`
and `points` (kind, marker, types, text). `VARIANTS` and the third development file are of the reader's author, `VARIANTS`
without types. `SHARED` gives offsets in section five of the five real reports beside the
project. A point is right where its kind is the same and its words are, punctuation and blanks at both ends aside; it is
nearly right where the kind is the same and at least `NEARLY` of the characters of both are shared.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import yaml

DATA = Path(__file__).parent / "data"
DEVELOPMENT = tuple(DATA / f"points_development{n}.yml" for n in ("", "_2", "_3"))
VARIANTS = DATA / "points_variants.yml"
TEST = DATA / "points_test.yml"
SHARED = DATA / "points_shared.csv"
SECTION = "problems"
NEARLY = 0.8
TRIMMED = "。；，;,、：:！!？?．.—\"'“”‘’ \t\n\u3000"


class Found(Protocol):
    """What the scorer reads of a point."""

    @property
    def kind(self) -> str: ...
    @property
    def marker(self) -> str | None: ...
    @property
    def types(self) -> tuple[str, ...]: ...
    @property
    def span(self) -> tuple[int, int]: ...


@dataclass(frozen=True)
class Item:
    """A point as it is judged; `span` in the text that it is from."""

    kind: str
    marker: str | None
    types: frozenset[str]
    span: tuple[int, int]


@dataclass(frozen=True)
class Narrative:
    name: str
    report_year: int | None
    text: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Verdict:
    """A narrative judged. `pairs` are (written down, found) of one kind and the same words."""

    narrative: Narrative
    pairs: tuple[tuple[Item, Item], ...]
    missed: tuple[Item, ...]
    wrong: tuple[Item, ...]
    nearly: int

    def text(self, item: Item) -> str:
        return self.narrative.text[slice(*item.span)]


@dataclass(frozen=True)
class Score:
    stated: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.stated if self.stated else 1.0


def read_texts(path: Path) -> list[Narrative]:
    """The texts of a YAML file with their points, each found in its text behind the one before it."""
    out = []
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
        text, at, items = entry["text"], 0, []
        for point in entry["points"]:
            words = point["text"]
            start = text.find(words, at)
            if start < 0:
                raise ValueError(f"{path}: text {entry['text_no']}: not in the text behind the last point: {words}")
            at = start + len(words)
            items.append(Item(point["kind"], point["marker"], frozenset(point.get("types", ())), (start, at)))
        out.append(Narrative(f"text {entry['text_no']}", entry["report_year"], text, tuple(items)))
    return out


def read_shared(sections: Mapping[str, str], path: Path = SHARED) -> list[Narrative]:
    """The real reports, `sections` by name of the file without its ending; checks that the offsets are of this text."""
    rows: dict[str, list[dict[str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["report"], []).append(row)
    out = []
    for name, points in rows.items():
        text = sections[name]
        if hashlib.sha256(text.encode()).hexdigest() != points[0]["section_sha256"]:
            raise ValueError(f"{path}: {name}: the section's text has changed, its offsets no longer fit")
        items = (
            Item(p["kind"], p["marker"] or None, frozenset(p["types"].split()), (int(p["start"]), int(p["end"])))
            for p in points
        )
        out.append(Narrative(name, None, text, tuple(items)))
    return out


def judge(narrative: Narrative, found: Iterable[Found]) -> Verdict:
    """One narrative judged; every point counts once."""
    claimed = [Item(p.kind, p.marker, frozenset(p.types), p.span) for p in found]
    open_items, pairs, wrong = list(narrative.items), [], []
    for item in claimed:
        same = next((i for i in open_items if i.kind == item.kind and _same(narrative.text, i.span, item.span)), None)
        if same is None:
            wrong.append(item)
        else:
            open_items.remove(same)
            pairs.append((same, item))
    near, rest = 0, list(open_items)
    for item in wrong:
        close = next((i for i in rest if i.kind == item.kind and _shared(i.span, item.span) >= NEARLY), None)
        if close is not None:
            rest.remove(close)
            near += 1
    return Verdict(narrative, tuple(pairs), tuple(open_items), tuple(wrong), near)


def judge_all(
    narratives: Iterable[Narrative], find: Callable[[str, str, int | None], Iterable[Found]]
) -> tuple[Verdict, ...]:
    return tuple(judge(n, find(n.text, SECTION, n.report_year)) for n in narratives)


def score(verdicts: Iterable[Verdict], nearly: bool = False) -> Score:
    """Points right among those written down and among those found; `nearly`: those nearly right count."""
    stated = found = right = 0
    for v in verdicts:
        stated += len(v.pairs) + len(v.missed)
        found += len(v.pairs) + len(v.wrong)
        right += len(v.pairs) + (v.nearly if nearly else 0)
    return Score(stated, found, right)


def average(scores: Iterable[Score], least: int = 2) -> tuple[float, float]:
    """Precision and recall averaged over the scores of which at least `least` points are stated; 0 where none was found."""
    counted = [s for s in scores if s.stated >= least]
    each = [(s.precision if s.found else 0.0, s.recall) for s in counted]
    return sum(p for p, _ in each) / max(1, len(each)), sum(r for _, r in each) / max(1, len(each))


def type_scores(verdicts: Iterable[Verdict]) -> dict[str, Score]:
    """The score of every type over the points that are right."""
    stated: Counter[str] = Counter()
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for v in verdicts:
        for written, claimed in v.pairs:
            stated.update(written.types)
            found.update(claimed.types)
            right.update(written.types & claimed.types)
    return {code: Score(stated[code], found[code], right[code]) for code in sorted(stated | found)}


def markers_wrong(verdicts: Iterable[Verdict]) -> int:
    """Points that are right but for their marker."""
    return sum((a.marker or None) != (b.marker or None) for v in verdicts for a, b in v.pairs)


def _same(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    return _trimmed(text, one) == _trimmed(text, other)


def _trimmed(text: str, span: tuple[int, int]) -> tuple[int, int]:
    start, end = span
    while start < end and text[start] in TRIMMED:
        start += 1
    while end > start and text[end - 1] in TRIMMED:
        end -= 1
    return start, end


def _shared(one: tuple[int, int], other: tuple[int, int]) -> float:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return max(0, shared) / max(one[1] - one[0], other[1] - other[0], 1)
