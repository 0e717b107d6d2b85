"""Counts the words of a narrative section: every word, place and foreign word with how often it occurs."""

from __future__ import annotations

from collections import Counter

from pipeline.model import Term
from pipeline.narrate.dictionary import Dictionaries
from pipeline.narrate.tokens import tokens
from pipeline.structure.headings import NARRATIVES

CLASSES = ("word", "place", "foreign")
"""Token classes that are counted; stop words, numbers and dates say nothing of what a section is about."""


def section_terms(section_code: str, text: str, dictionaries: Dictionaries | None = None) -> tuple[Term, ...]:
    """Words of a section with their counts, sorted by word; none for a section that is no narrative.

    `text` is the section's normalised text without its statutory table. Latin letters count in lower case: `APP` and
    `App` are one word. A word has one class: that of most of its occurrences, of equally many the first of `CLASSES`.
    """
    if section_code not in NARRATIVES:
        return ()
    found: Counter[tuple[str, str]] = Counter(
        (t.text.lower(), t.token_class) for t in tokens(text, dictionaries) if t.token_class in CLASSES
    )
    totals: Counter[str] = Counter()
    classes: dict[str, str] = {}
    for (term, token_class), count in sorted(found.items(), key=lambda x: (-x[1], CLASSES.index(x[0][1]))):
        totals[term] += count
        classes.setdefault(term, token_class)
    return tuple(Term(section_code, term, classes[term], count) for term, count in sorted(totals.items()))
