"""Holds the dictionaries of practice against hand-coded sentences: precision and recall by category."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from pipeline.narrate.dictionary import Dictionaries, default_dictionaries, dictionary_folder
from pipeline.narrate.matching import find_occurrences
from pipeline.narrate.point_types import typed_categories
from pipeline.narrate.practice_tables import DictionaryError, read_table
from pipeline.structure.headings import NARRATIVES

COLUMNS = ("sentence_no", "section_code", "report_year", "sentence", "codes")
"""Header of a sample; see the coding manual."""

DENIED = "-"
"""Before a category: the sentence denies it."""

HELD_OUT = "test"
"""Name of a sample that was never in view when the dictionaries were corrected; `test_fees`: of one coded for fees alone."""

LEAST_PRECISION, LEAST_RECALL, LEAST_CODED = 0.95, 0.85, 10
"""The bar: what each code needs that a coder gave to so many sentences or more."""

LEAST_DENIED = 10
"""From so many sentences on that deny a category, its denials have a row of their own."""

_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class CodedSentence:
    """A sentence of a sample with the codes a coder gave it: `training`, `-fees`, `problems_admitted:form`."""

    sample: str
    sentence_no: str
    section_code: str
    report_year: int | None
    sentence: str
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total`, with the Wilson score interval at 95 %; without a total there is no share."""

    hits: int
    total: int

    @property
    def value(self) -> float | None:
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson, E. B. (1927): Probable inference, the law of succession, and statistical inference. JASA 22."""
        if not self.total:
            return None
        n, p, zz = self.total, self.hits / self.total, _Z * _Z
        centre = (p + zz / (2 * n)) / (1 + zz / n)
        half = _Z * sqrt(p * (1 - p) / n + zz / (4 * n * n)) / (1 + zz / n)
        return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, slots=True)
class Score:
    """How a code fares: sentences that the coder gave it (`coded`), that the dictionaries found (`found`), both."""

    code: str
    coded: int
    found: int
    agreed: int

    @property
    def precision(self) -> Share:
        return Share(self.agreed, self.found)

    @property
    def recall(self) -> Share:
        return Share(self.agreed, self.coded)

    @property
    def meets_bar(self) -> bool | None:
        """Whether precision and recall reach the bar; None where too few sentences have the code to tell."""
        if self.coded < LEAST_CODED:
            return None
        return (self.precision.value or 0) >= LEAST_PRECISION and (self.recall.value or 0) >= LEAST_RECALL


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A sentence where coder and dictionaries differ: codes that were `missed`, and those found in `excess`."""

    sentence: CodedSentence
    missed: tuple[str, ...]
    excess: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Validation:
    """The table of a sample. `types` are those of problems and promises; `denied` has all categories together first."""

    sentences: int
    mentions: tuple[Score, ...]
    denied: tuple[Score, ...]
    types: tuple[Score, ...]
    disagreements: tuple[Disagreement, ...]

    @property
    def missed(self) -> tuple[str, ...]:
        """Codes below the bar: categories, and all denied mentions together."""
        return tuple(s.code for s in (*self.mentions, self.denied[0]) if s.meets_bar is False)


def is_held_out(sample: Path) -> bool:
    """Whether the name of a sample says that it was never in view."""
    return sample.stem == HELD_OUT or sample.stem.startswith(f"{HELD_OUT}_")


def coded_for(sample: Path, dictionaries: Dictionaries | None = None) -> frozenset[str] | None:
    """The only category that a held-out sample is coded for, by its name; None where it is coded for all."""
    named = sample.stem.removeprefix(f"{HELD_OUT}_")
    practice = (dictionaries or default_dictionaries()).practice
    return frozenset({named}) if is_held_out(sample) and named in {c.category for c in practice.categories} else None


def shipped_samples() -> tuple[Path, ...]:
    """The samples that come with the dictionaries, by name."""
    return tuple(sorted((dictionary_folder() / "validation").glob("*.csv")))


def read_sample(path: Path, dictionaries: Dictionaries | None = None) -> tuple[CodedSentence, ...]:
    """The sentences of a sample. Raises OSError, or DictionaryError for a line that cannot be used."""
    practice = (dictionaries or default_dictionaries()).practice
    typed = typed_categories(practice)
    known = {c.category for c in practice.categories}
    known |= {DENIED + c for c in known} | {
        f"{s.category}:{s.subcategory}" for s in practice.subcategories if s.category in typed
    }
    return tuple(_sentences(path, known))


def _sentences(path: Path, known: set[str]) -> Iterator[CodedSentence]:
    for row in read_table(path.parent, path.name, COLUMNS):
        v, where = row.values, f"{path}, line {row.line}"
        if v["section_code"] not in NARRATIVES:
            raise DictionaryError(
                f"{where}: unknown section {v['section_code']!r}; sections are {', '.join(NARRATIVES)}"
            )
        if v["report_year"] and not (v["report_year"].isascii() and v["report_year"].isdecimal()):
            raise DictionaryError(f"{where}: report_year {v['report_year']!r} is no year; correct or empty it")
        codes = frozenset(v["codes"].split())
        for code in sorted(codes - known):
            raise DictionaryError(f"{where}: unknown code {code!r}; codes are the categories of the coding manual")
        year = int(v["report_year"]) if v["report_year"] else None
        # A type says that there is a problem, too.
        whole = codes | {c.partition(":")[0] for c in codes}
        yield CodedSentence(path.name, v["sentence_no"], v["section_code"], year, v["sentence"], whole)


def codes_found(sentence: CodedSentence, dictionaries: Dictionaries | None = None) -> frozenset[str]:
    """Codes that the dictionaries give a sentence; a category is denied where every mention of it is."""
    own = dictionaries or default_dictionaries()
    typed = typed_categories(own.practice)
    found = find_occurrences(sentence.sentence, sentence.section_code, own, sentence.report_year)
    affirmed = {o.category for o in found if not o.is_denied}
    denied = {o.category for o in found} - affirmed
    types = {f"{o.category}:{o.subcategory}" for o in found if o.category in typed and not o.is_denied}
    return frozenset(affirmed | {DENIED + c for c in denied} | types)


def validate(
    sentences: tuple[CodedSentence, ...],
    dictionaries: Dictionaries | None = None,
    only: frozenset[str] | None = None,
) -> Validation:
    """Counts, code by code, the sentences where coder and dictionaries agree; of the categories `only`, or of all."""
    own = dictionaries or default_dictionaries()
    wanted = only or {c.category for c in own.practice.categories}
    coded, found, agreed = Counter[str](), Counter[str](), Counter[str]()
    disagreements = []
    for sentence in sentences:
        here, there = (
            frozenset(c for c in codes if c.removeprefix(DENIED).partition(":")[0] in wanted)
            for codes in (codes_found(sentence, own), sentence.codes)
        )
        coded.update(there)
        found.update(here)
        agreed.update(there & here)
        if there != here:
            missed, excess = sorted(there - here), sorted(here - there)
            disagreements.append(Disagreement(sentence, tuple(missed), tuple(excess)))

    def score(code: str) -> Score:
        return Score(code, coded[code], found[code], agreed[code])

    categories = [c.category for c in own.practice.categories if c.category in wanted]
    denials = [score(DENIED + c) for c in categories]
    total = Score(
        DENIED + "all", sum(s.coded for s in denials), sum(s.found for s in denials), sum(s.agreed for s in denials)
    )
    types = [f"{s.category}:{s.subcategory}" for s in own.practice.subcategories]
    return Validation(
        sentences=len(sentences),
        mentions=tuple(score(c) for c in categories),
        denied=(total, *(s for s in denials if s.coded >= LEAST_DENIED)),
        types=tuple(s for s in map(score, types) if s.coded or s.found),
        disagreements=tuple(disagreements),
    )
