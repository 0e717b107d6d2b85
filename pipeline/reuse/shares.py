"""How much of a section stands elsewhere: last year, above, beside, in common wording; and what is its own."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.reuse.postings import Index
from pipeline.reuse.relations import OTHER, SAME_ORGAN, SIBLING
from pipeline.reuse.stale import copied, stale_years
from pipeline.reuse.tables import ALL_FELLOWS, REUSE
from pipeline.reuse.texts import NO_TEXT, Integers, Texts, Verified


def share_rows(
    code: str, texts: Texts, index: Index, verified: Verified, own: Integers, other: Integers, relations: list[str]
) -> pl.DataFrame:
    """The rows of `reuse` of one section; `own`, `other`, `relations` are the published pairs of documents."""
    sources = _sources(texts, own, other, relations)
    best_fellow = _best_fellows(texts, verified, sources)
    mark = np.zeros(index.lone + 1, np.bool_)
    rows: dict[str, list[Any]] = {c: [] for c in REUSE}
    for d in range(len(texts.reports)):
        row: dict[str, Any] = {"report_id": texts.place(d).report_id, "section_code": code}
        row |= {"shingles": int(texts.shingles[d]), "numbers": len(texts.numbers[d])}
        if texts.text_of[d] != NO_TEXT:
            row |= _shares(texts, index, verified, d, sources.get(d, []), best_fellow.get(d), mark)
        row |= _stale(texts, d)
        for column, values in rows.items():
            values.append(row.get(column))
    return pl.DataFrame(rows, schema=REUSE)


_Sources = dict[int, list[tuple[int, str]]]


def _sources(texts: Texts, own: Integers, other: Integers, relations: list[str]) -> _Sources:
    """Of each document the published ones that it may have taken text from: none that is later."""
    out: _Sources = defaultdict(list)
    for a, b, relation in zip(own.tolist(), other.tolist(), relations, strict=True):
        for x, y in ((a, b), (b, a)):
            if texts.places.may_be_source(int(texts.reports[x]), int(texts.reports[y])):
                out[x].append((y, relation))
    return out


def _best_fellows(texts: Texts, verified: Verified, sources: _Sources) -> dict[int, int]:
    """Of each document the fellow of the same year that has most of its text; none where no fellow was compared."""
    best: dict[int, int] = {}
    for group in texts.fellows:
        if len(group) > ALL_FELLOWS:
            for d in group.tolist():
                found = [o for o, relation in sources.get(d, []) if relation == SIBLING]
                if found:
                    shared = verified.between(np.full(len(found), texts.text_of[d]), texts.text_of[found])
                    best[d] = found[int(np.argmax(shared))]
            continue
        text = texts.text_of[group]
        shared = verified.between(np.repeat(text, len(group)), np.tile(text, len(group)))
        shared = shared.reshape(len(group), len(group))
        organ = np.array([texts.place(d).issuer_id or texts.place(d).report_id for d in group])
        shared[organ[:, None] == organ[None, :]] = -1
        at = np.argmax(shared, axis=1)
        best |= {int(d): int(group[o]) for d, o, s in zip(group, at, shared.max(axis=1), strict=True) if s >= 0}
    return best


def _shares(
    texts: Texts,
    index: Index,
    verified: Verified,
    d: int,
    sources: list[tuple[int, str]],
    fellow: int | None,
    mark: NDArray[np.bool_],
) -> dict[str, Any]:
    text = int(texts.text_of[d])
    size = int(texts.sizes[text])

    def share(documents: list[int]) -> float | None:
        """The most of this text that one of these documents has."""
        if not documents:
            return None
        there = texts.text_of[documents]
        return int(verified.between(np.full(len(there), text), there).max()) / size

    previous = texts.previous(d)
    last_year = [] if previous is None else [previous]
    superiors = texts.superiors(d)
    fellows = [] if fellow is None else [fellow]
    elsewhere = [o for o, relation in sources if relation in (OTHER, SAME_ORGAN)]
    seen = {*last_year, *superiors, *fellows, *(o for o, _ in sources)}
    own = index.of(text)
    is_common = index.is_common
    found = np.zeros(len(own), np.bool_) if is_common is None else is_common[own]
    row: dict[str, Any] = {
        "share_from_previous_year": share(last_year),
        "share_from_superior": share(superiors),
        "share_from_sibling": share(fellows),
        "share_from_other": share(elsewhere),
        "share_boilerplate": None if is_common is None else float(np.count_nonzero(found)) / size,
        "copies_count": texts.copies(d),
    }
    if previous is not None:
        row["is_identical_to_previous_year"] = bool(texts.text_of[previous] == text)
        row["numbers_unchanged"] = texts.numbers_unchanged(d, previous)
    if seen or is_common is not None:
        for other in {int(texts.text_of[o]) for o in seen}:
            there = index.of(other)
            mark[there] = True
            # Lone shingles share a number, and stand in no other text; in the same text all stand.
            mark[index.lone] = other == text
            found = found | mark[own]
            mark[there] = False
        row["share_novel"] = float(np.count_nonzero(~found)) / size
    return row


def _stale(texts: Texts, d: int) -> dict[str, Any]:
    """Sentences with a stale year, and which of them last year's report has."""
    place = texts.place(d)
    if place.year is None:
        return {}
    report = texts.places.previous(int(texts.reports[d]))
    at = None if report is None else int(np.searchsorted(texts.reports, report))
    earlier = texts.written[at] if at is not None and at < len(texts.reports) and texts.reports[at] == report else None
    stale = stale_years(texts.written[d], place.year, place.names, earlier)
    taken = copied(stale, earlier, place.names)
    first = next(iter(taken or stale), None)
    return {
        "stale_year_mentions": len(stale),
        "stale_year_copied": None if earlier is None else len(taken),
        "stale_sentence": first.sentence if first else None,
    }
