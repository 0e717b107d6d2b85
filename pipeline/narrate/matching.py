"""Finds dictionary terms in a text: leftmost-longest and without overlaps within each category, from left to right."""

from __future__ import annotations

import operator
from bisect import bisect_right
from dataclasses import dataclass, replace

from pipeline.narrate.denial import CLAUSE_END, Reach, has_figure
from pipeline.narrate.dictionary import Dictionaries, default_dictionaries
from pipeline.narrate.point_types import ClauseTypes
from pipeline.narrate.practice_context import SENTENCE_END, Sentence, sentences_of
from pipeline.narrate.practice_index import Beginning, Term, index_of
from pipeline.narrate.practice_tables import EXCLUDED, GENERAL, PROBLEMS, Practice
from pipeline.narrate.practice_wording import lower
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
    index = index_of(practice)
    section = index.of_section(section_code)
    free_from: dict[str, int] = {}
    sentences = sentences_of(searched)
    sentence = Sentence(index.contexts, searched, 0, 0, report_year, section_code)
    reached: Reach | None = None
    types: ClauseTypes | None = None
    out: list[tuple[int, Occurrence]] = []
    admitting = set[int]()
    # Two characters first: most places begin nothing, and this way they cost no step of Python's own.
    pairs = map(operator.add, searched, searched[1:])
    for start in [i for i, pair in enumerate(pairs) if pair in section.pairs]:
        begun = section.at(searched[start : start + 3])
        if begun is None:
            continue
        if start >= sentence.end:
            sentence = sentence.another(*next(s for s in sentences if start < s[1]))
            reached = types = None
        for beginning in begun.standing(searched, start, sentence.end):
            category = beginning.category
            if start < free_from.get(category, 0):
                continue
            best = _best(beginning, searched, start, sentence)
            if best is None:
                continue
            term, end = best
            if (unless := index.unless.get(category)) and not sentence.all_hold(unless, start):
                continue
            free_from[category] = end
            if term.subcategory == EXCLUDED:
                continue
            if reached is None:
                reached = index.denials.reached(searched, sentence.start, sentence.end)
            if category in index.undeniable:
                # 未及时 begins with what would deny: it admits. What follows a denial (未发现不及时) is none.
                if reached.holds(start - 1, end):
                    continue
                is_denied = False
                admitting.add(sentence.start)
            else:
                is_denied = reached.holds(start, end)
            subcategories: tuple[str, ...] = (term.subcategory,)
            if term.subcategory == GENERAL:
                types = types or ClauseTypes(practice, searched, sentence.clauses)
                subcategories = types.of(category, sentence.clause_number(start)) or subcategories
            for subcategory in subcategories:
                occurrence = Occurrence(category, subcategory, searched[start:end], start, end, is_denied)
                out.append((sentence.start, occurrence))
    if section_code != PROBLEMS:
        return [o for _, o in out]
    # 没有召开新闻发布会，解读单一: what section five admits or promises is a duty not yet done, and no zero statement.
    return [replace(o, is_denied=False) if o.is_denied and s in admitting else o for s, o in out]


def _subjects_denied(searched: str, found: list[Occurrence]) -> list[Occurrence]:
    """12345热线未转来工单: what a clause denies of a category, it denies of what it named before as its subject."""
    denied_from: dict[str, int] = {}
    for number in range(len(found) - 1, -1, -1):
        o = found[number]
        if o.is_denied:
            denied_from[o.category] = o.start
        elif (until := denied_from.get(o.category)) is not None:
            ends = CLAUSE_END.search(searched, o.end, until) or SENTENCE_END.search(searched, o.end, until)
            # What parts this occurrence from the denial parts earlier ones from it as well.
            if ends or has_figure(searched, o.end, until):
                del denied_from[o.category]
            else:
                found[number] = replace(o, is_denied=True)
                denied_from[o.category] = o.end
    return found


def _best(beginning: Beginning, searched: str, start: int, sentence: Sentence) -> tuple[Term, int] | None:
    best, best_end = None, start
    for length, terms in beginning.plain:
        candidates = terms.get(searched[start : start + length])
        if candidates and (term := _first_allowed(candidates, sentence, start)):
            best, best_end = term, start + length
            break
    if beginning.gate is None or beginning.gate.match(searched, start, sentence.end) is None:
        return (best, best_end) if best else None
    for pattern, candidates in beginning.patterns:
        match = pattern.match(searched, start, sentence.end)
        if match and match.end() > best_end and (term := _first_allowed(candidates, sentence, start)):
            best, best_end = term, match.end()
    return (best, best_end) if best else None


def _first_allowed(terms: tuple[Term, ...], sentence: Sentence, at: int) -> Term | None:
    for term in terms:
        if term.conditions is None or sentence.all_hold(term.conditions, at):
            return term
    return None
