"""The texts of one section over the corpus: masked, equal ones collapsed, each beside the reports that have it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import pairwise
from sys import intern

import numpy as np
from numpy.typing import NDArray

from pipeline.reuse.distinct import distinct
from pipeline.reuse.figures import value
from pipeline.reuse.mask import mask
from pipeline.reuse.postings import Index, indexed
from pipeline.reuse.relations import Place, Places
from pipeline.reuse.shingles import Shingled, shingled
from pipeline.reuse.tables import ALL_FELLOWS, COMMON_AT_LEAST, COMMON_SHARE, ENOUGH_SHINGLES, PARENTS_NEEDED

Integers = NDArray[np.int64]
NO_TEXT = -1

_FELLOWS_BLOCK = 1 << 20


@dataclass(frozen=True)
class Texts:
    """Documents are the sections of reports in the order of `Places`; texts are what is different among them, masked.

    `written`: each document's text as it stands. `numbers`: the values of its figures. `text_of`: its text's number, NO_TEXT where
    too little of it is left. `members`: the documents of each text, ascending.
    """

    places: Places
    reports: Integers
    written: list[str]
    numbers: list[tuple[str, ...]]
    shingles: Integers
    text_of: Integers
    members: list[Integers]
    sizes: Integers

    @classmethod
    def indexed(cls, by_report: Mapping[str, str], places: Places) -> tuple[Texts, Index]:
        """The texts of a section, by report, and the index of their shingles."""
        reports = np.array(sorted(places.number[r] for r in by_report), np.int64)
        written = [by_report[places.all[r].report_id] for r in reports]
        numbers: list[tuple[str, ...]] = []
        text_of = np.empty(len(reports), np.int64)

        def masked_texts() -> Iterator[str]:
            """Each masked text once, when it comes first."""
            number_of: dict[bytes, int] = {}
            for i, (report, text) in enumerate(zip(reports, written, strict=True)):
                masked = mask(text, places.all[report].names)
                numbers.append(tuple(intern(value(n)) for n in masked.numbers))
                # The hash stands for the text: the masked texts of a corpus are as large as the corpus.
                digest = blake2b(masked.text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
                known = len(number_of)
                text_of[i] = number_of.setdefault(digest, known)
                if len(number_of) > known:
                    yield masked.text

        # No mask is longer than what it stands for.
        sets = shingled(masked_texts(), sum(map(len, written)))
        shingles = sets.sizes[text_of]
        enough = sets.sizes >= ENOUGH_SHINGLES
        text_of = np.where(enough, np.cumsum(enough) - 1, NO_TEXT)[text_of]
        sets = _kept(sets, enough)
        members = _members(text_of, len(sets))
        parents = [places.all[r].parent for r in reports]
        index = indexed(sets, *_parents(members, parents))
        return cls(places, reports, written, numbers, shingles, text_of, members, sets.sizes), index

    @cached_property
    def document_of(self) -> dict[int, int]:
        """The document of a report, by its number in `Places`; reports with too little text left out."""
        return {int(r): i for i, r in enumerate(self.reports) if self.text_of[i] != NO_TEXT}

    def place(self, document: int) -> Place:
        return self.places.all[int(self.reports[document])]

    def previous(self, document: int) -> int | None:
        report = self.places.previous(int(self.reports[document]))
        return None if report is None else self.document_of.get(report)

    def superiors(self, document: int) -> list[int]:
        found = (self.document_of.get(r) for r in self.places.superiors(int(self.reports[document])))
        return [d for d in found if d is not None]

    def numbers_unchanged(self, a: int, b: int) -> bool | None:
        """Whether two documents state the same figures in the same order; None where neither states any."""
        one, other = self.numbers[a], self.numbers[b]
        return one == other if one or other else None

    @cached_property
    def _reports_of_organs(self) -> dict[tuple[int, str], int]:
        organs = ((int(t), self.place(d).issuer_id) for d, t in enumerate(self.text_of))
        return Counter((t, organ) for t, organ in organs if organ is not None)

    def copies(self, document: int) -> int:
        """Documents of other organs with the same text. An organ that is not known is another."""
        text, organ = int(self.text_of[document]), self.place(document).issuer_id
        own = 1 if organ is None else self._reports_of_organs[text, organ]
        return len(self.members[text]) - own

    @cached_property
    def fellows(self) -> list[Integers]:
        """Groups of documents of fellows, of one year, that have text."""
        groups = ([self.document_of[r] for r in g if r in self.document_of] for g in self.places.fellows())
        return [np.array(g, np.int64) for g in groups if len(g) > 1]

    def related(self) -> Iterator[Integers]:
        """Keys of the pairs of texts that stand in an exact relation: last year's, superior's, fellows' of groups up to
        ALL_FELLOWS.
        """
        found: list[Integers] = []
        held = 0
        own = self.document_of.values()
        links = [(d, o) for d in own for o in (self.previous(d), *self.superiors(d)) if o is not None]
        if links:
            ends = np.array(links, np.int64)
            found.append(keys_of(self.text_of[ends[:, 0]], self.text_of[ends[:, 1]]))
        for group in self.fellows:
            if len(group) <= ALL_FELLOWS:
                a, b = np.triu_indices(len(group), 1)
                found.append(keys_of(self.text_of[group[a]], self.text_of[group[b]]))
                held += len(a)
                if held > _FELLOWS_BLOCK:
                    yield distinct(np.concatenate(found))
                    found, held = [], 0
        if found:
            yield distinct(np.concatenate(found))


def keys_of(a: Integers, b: Integers) -> Integers:
    """Pairs of texts as one number each, the smaller first; pairs of a text with itself left out."""
    keys = (np.minimum(a, b) << 32) | np.maximum(a, b)
    return np.asarray(keys[a != b], np.int64)


@dataclass(frozen=True)
class Verified:
    """Pairs of texts with the number of shingles that they share: `keys` ascend."""

    keys: Integers
    shared: Integers
    sizes: Integers

    def between(self, a: Integers, b: Integers) -> Integers:
        """Shingles that texts a[i] and b[i] share; -1 where the pair was not compared."""
        keys = (np.minimum(a, b) << 32) | np.maximum(a, b)
        same = a == b
        found = np.full(len(a), -1, np.int64)
        if len(self.keys):
            at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
            found = np.where(self.keys[at] == keys, self.shared[at], -1)
        found[same] = self.sizes[a[same]]
        return found


def _kept(sets: Shingled, enough: NDArray[np.bool_]) -> Shingled:
    """The sets that are large enough, moved up in place."""
    filled = 0
    for t in np.flatnonzero(enough):
        own = sets.of(int(t))
        sets.values[filled : filled + len(own)] = own
        filled += len(own)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sets.sizes[enough])])
    sets.values.resize(filled, refcheck=False)
    return Shingled(offsets, sets.values)


def _members(text_of: Integers, count: int) -> list[Integers]:
    order = np.argsort(text_of, kind="stable")
    bounds = np.searchsorted(text_of[order], np.arange(count + 1))
    return [order[a:b] for a, b in pairwise(bounds)]


def _parents(members: list[Integers], parents: list[str | None]) -> tuple[list[Integers], int | None]:
    """The parent divisions of each text, numbered, and from how many on a shingle is common wording."""
    known = sorted({parents[d] or "" for documents in members for d in documents} - {""})
    number = {p: i for i, p in enumerate(known)}
    of_document = np.array([number.get(p or "", -1) for p in parents], np.int64)
    of_text = [distinct(of_document[m]) for m in members]
    of_text = [p[p >= 0] for p in of_text]
    if len(known) < PARENTS_NEEDED:
        return of_text, None
    return of_text, max(COMMON_AT_LEAST, int(np.ceil(COMMON_SHARE * len(known))))
