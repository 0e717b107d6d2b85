"""Finds dictionary terms in a text: leftmost-longest and without overlaps within each category, in one pass."""

from __future__ import annotations

import operator
import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.narrate.denial import CLAUSE_END, Denials, Spans, last_figure
from pipeline.narrate.dictionary import Dictionaries, default_dictionaries
from pipeline.narrate.practice_context import SENTENCE_END, Contexts, Sentence
from pipeline.narrate.practice_tables import EXCLUDED, GENERAL, PROBLEMS, Practice, PracticeTerm
from pipeline.narrate.practice_wording import GAP, alternation, expanded, is_plain, lower, pattern, pattern_head
from pipeline.narrate.tokens import STRAY_BLANK


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A term found at [start, end) of the given text; `term` as it stands there, without stray blanks.

    A problem or promise whose clause names several types gives one occurrence for each, at the same place.
    """

    category: str
    subcategory: str
    term: str
    start: int
    end: int
    is_denied: bool


@dataclass(frozen=True, slots=True)
class _Term:
    subcategory: str
    sections: frozenset[str]
    requires: tuple[str, ...]
    unless: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Beginning:
    """The terms of a category that begin with the same two characters."""

    category: str
    plain: tuple[tuple[int, dict[str, tuple[_Term, ...]]], ...]
    """By length, the longest first: what a comparison of characters finds."""
    patterns: tuple[tuple[str, re.Pattern[str], tuple[_Term, ...]], ...]
    """Where comparing is not enough: a gap, or a Latin end that must be the end of the word; before it, its head."""


@dataclass(frozen=True, slots=True)
class _Index:
    beginnings: dict[str, tuple[_Beginning, ...]]
    contexts: Contexts
    denials: Denials
    undeniable: frozenset[str]
    unless: dict[str, tuple[str, ...]]
    types: dict[str, tuple[tuple[str, re.Pattern[str]], ...]]


def find_occurrences(
    text: str, section_code: str, dictionaries: Dictionaries | None = None, report_year: int | None = None
) -> tuple[Occurrence, ...]:
    """Terms in the text of a section, by start and category, in offsets of the text.

    Of the terms of a category that begin at a place and whose conditions hold the longest is taken, and the search
    goes on behind it. Places that a wording of the subcategory `excluded` covers are passed over in its category.
    Case and single blanks between two Chinese characters do not matter. Without `report_year` the contexts
    `report_year` and `next_year` never hold.
    """
    own = (dictionaries or default_dictionaries()).practice
    blanks = [m.start() for m in STRAY_BLANK.finditer(text)]
    searched = lower(STRAY_BLANK.sub("", text) if blanks else text)
    found = _subjects_denied(searched, _found(searched, section_code, own, report_year))
    if not blanks:
        return tuple(found)
    # A blank taken out at b stood, in the searched text, before the character that was the (b - n)th.
    shifted = [b - n for n, b in enumerate(blanks)]
    return tuple(
        Occurrence(
            o.category,
            o.subcategory,
            o.term,
            o.start + bisect_right(shifted, o.start),
            o.end + bisect_right(shifted, o.end - 1),
            o.is_denied,
        )
        for o in found
    )


def _found(searched: str, section_code: str, practice: Practice, report_year: int | None) -> list[Occurrence]:
    index = _index(practice)
    contexts, denials, beginnings = index.contexts, index.denials, index.beginnings
    free_from: dict[str, int] = {}
    sentence = Sentence(contexts, searched, 0, 0, report_year)
    reached: Spans | None = None
    out: list[tuple[int, Occurrence]] = []
    admitting = set[int]()
    candidates = [i for i, pair in enumerate(map(operator.add, searched, searched[1:])) if pair in beginnings]
    for start in candidates:
        if start >= sentence.end:
            sentence = _sentence(contexts, searched, sentence.end, start, report_year)
            reached = None
        for beginning in beginnings[searched[start : start + 2]]:
            category = beginning.category
            if start < free_from.get(category, 0):
                continue
            best = _best(beginning, searched, start, section_code, sentence)
            if best is None:
                continue
            term, end = best
            unless = index.unless.get(category)
            if unless and any(sentence.holds(c, start) for c in unless):
                continue
            free_from[category] = end
            if term.subcategory == EXCLUDED:
                continue
            if reached is None:
                reached = denials.reached(searched, sentence.start, sentence.end)
            if category in index.undeniable:
                # 未及时 begins with what would deny: it admits. What follows a denial (未发现不及时) is none.
                if any(a < start and end <= b for a, b in reached):
                    continue
                is_denied = False
                admitting.add(sentence.start)
            else:
                is_denied = any(a <= start and end <= b for a, b in reached)
            for subcategory in _types(index, category, term.subcategory, sentence, start):
                occurrence = Occurrence(category, subcategory, searched[start:end], start, end, is_denied)
                out.append((sentence.start, occurrence))
    if section_code != PROBLEMS:
        return [o for _, o in out]
    # 没有召开新闻发布会，解读单一: what section five admits or promises is a duty not yet done, and no zero statement.
    return [replace(o, is_denied=False) if o.is_denied and s in admitting else o for s, o in out]


def _subjects_denied(searched: str, found: list[Occurrence]) -> list[Occurrence]:
    """12345热线未转来工单: what a clause denies of a category, it denies of what it named before as its subject."""
    denied_at: dict[str, int] = {}
    for number in range(len(found) - 1, -1, -1):
        o = found[number]
        if o.is_denied:
            denied_at[o.category] = o.start
        elif (until := denied_at.get(o.category)) is not None:
            if CLAUSE_END.search(searched, o.end, until) or SENTENCE_END.search(searched, o.end, until):
                del denied_at[o.category]
            elif last_figure(searched, o.end, until) == o.end:
                found[number] = replace(o, is_denied=True)
    return found


def _sentence(contexts: Contexts, searched: str, since: int, at: int, report_year: int | None) -> Sentence:
    """The sentence that holds a position; `since` is an end of a sentence before it."""
    start = since
    for mark in SENTENCE_END.finditer(searched, since):
        if mark.start() >= at:
            return Sentence(contexts, searched, start, mark.start(), report_year)
        start = mark.end()
    return Sentence(contexts, searched, start, len(searched), report_year)


def _best(
    beginning: _Beginning, searched: str, start: int, section_code: str, sentence: Sentence
) -> tuple[_Term, int] | None:
    best, best_end = None, start
    for length, terms in beginning.plain:
        candidates = terms.get(searched[start : start + length])
        if candidates and (term := _first_allowed(candidates, section_code, sentence, start)):
            best, best_end = term, start + length
            break
    for head, compiled, candidates in beginning.patterns:
        if not searched.startswith(head, start):
            continue
        match = compiled.match(searched, start, sentence.end)
        if match and match.end() > best_end:
            term = _first_allowed(candidates, section_code, sentence, start)
            if term:
                best, best_end = term, match.end()
    return (best, best_end) if best else None


def _first_allowed(terms: tuple[_Term, ...], section_code: str, sentence: Sentence, at: int) -> _Term | None:
    for term in terms:
        if term.sections and section_code not in term.sections:
            continue
        if (term.requires or term.unless) and not sentence.all_hold(term.requires, term.unless, at):
            continue
        return term
    return None


def _types(index: _Index, category: str, subcategory: str, sentence: Sentence, at: int) -> tuple[str, ...]:
    """What a general problem or promise is about: by the words of its clause, else of the sentence before its end."""
    types = index.types.get(category)
    if subcategory != GENERAL or not types:
        return (subcategory,)
    start, end = sentence.clause(at)
    named = tuple(code for code, words in types if words.search(sentence.text, start, end))
    if not named:
        named = tuple(code for code, words in types if words.search(sentence.text, sentence.start, start))
    return named or (subcategory,)


@lru_cache(maxsize=8)
def _index(practice: Practice) -> _Index:
    grouped: dict[str, dict[str, dict[str, list[tuple[tuple[object, ...], _Term]]]]] = {}
    for row in practice.terms:
        for wording in expanded(row.term):
            text = lower(wording)
            by_category = grouped.setdefault(text[:2], {})
            by_category.setdefault(row.category, {}).setdefault(text, []).append((_rank(row), _term(row)))
    beginnings = {
        pair: tuple(_beginning(category, grouped[pair][category]) for category in sorted(grouped[pair]))
        for pair in grouped
    }
    words: dict[tuple[str, str], list[str]] = {}
    typed = sorted({s.category for s in practice.subcategories if s.subcategory == GENERAL})
    for word in practice.types:
        for category in (word.category,) if word.category else typed:
            words.setdefault((category, word.type), []).append(word.term)
    types = {
        category: tuple((code, re.compile(alternation(words[c, code]))) for c, code in sorted(words) if c == category)
        for category in typed
    }
    undeniable = frozenset(c.category for c in practice.categories if not c.is_deniable)
    unless = {c.category: c.unless for c in practice.categories if c.unless}
    return _Index(beginnings, Contexts(practice.contexts), Denials(practice.denials), undeniable, unless, types)


def _rank(row: PracticeTerm) -> tuple[object, ...]:
    """Of rows with the same wording the one with the most conditions comes first; the order of lines never matters."""
    conditions = len(row.requires) + len(row.unless) + bool(row.sections)
    return (row.subcategory != EXCLUDED, -conditions, row.subcategory, row.sections, row.requires, row.unless)


def _term(row: PracticeTerm) -> _Term:
    return _Term(row.subcategory, frozenset(row.sections), row.requires, row.unless)


def _beginning(category: str, ranked: dict[str, list[tuple[tuple[object, ...], _Term]]]) -> _Beginning:
    terms = {t: tuple(term for _, term in sorted(rows, key=lambda r: r[0])) for t, rows in sorted(ranked.items())}
    lengths = sorted({len(t) for t in terms if is_plain(t)}, reverse=True)
    # Terms that differ behind their last gap only are one pattern: 收到…申请, 收到…申请表.
    families: dict[tuple[str, tuple[_Term, ...]], list[str]] = {}
    for text in terms:
        if not is_plain(text):
            families.setdefault((text.rpartition(GAP)[0] or text, terms[text]), []).append(text)
    return _Beginning(
        category,
        tuple((n, {t: terms[t] for t in terms if len(t) == n and is_plain(t)}) for n in lengths),
        tuple(
            (stem.partition(GAP)[0], re.compile(_family(stem, sorted(texts, key=lambda t: (-len(t), t)))), of)
            # Where two end at the same place the first is taken: a wording that is excluded goes first.
            for (stem, of), texts in sorted(families.items(), key=lambda f: f[0][1][0].subcategory != EXCLUDED)
        ),
    )


def _family(stem: str, texts: list[str]) -> str:
    """One regular expression for terms with the same stem; the nearest end is taken, of several there the longest."""
    if GAP not in texts[0]:
        return pattern(texts[0])
    ends = (pattern(t).removeprefix(pattern_head(stem)) for t in texts)
    return pattern_head(stem) + f"(?:{'|'.join(ends)})"
