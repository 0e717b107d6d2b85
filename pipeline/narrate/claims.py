"""Finds claims: every figure that a narrative sentence states or denies, with what it counts and whose it is."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from pipeline.model import Claim
from pipeline.narrate.claim_denials import NEGATION
from pipeline.narrate.claim_figures import figure_signs, sentences, squeezed
from pipeline.narrate.claim_labels import Topic
from pipeline.narrate.claim_sentence import Sentence

_HEADING = 30


@cache
def _may_state() -> re.Pattern[str]:
    """What a sentence that states or denies a figure cannot lack; it is found in the sentence as printed."""
    return re.compile(f"{NEGATION.pattern}|{figure_signs()}")


def find_claims(text: str, section_code: str, report_year: int | None) -> tuple[Claim, ...]:
    """Claims of a section's narrative, in the order of the text.

    `text` is normalised text without the statutory tables. Values are exact; a denial (none received) is a claim of 0.
    Dates, document numbers, articles, percentages, ordinals and telephone numbers are no claims. Linear in the length of
    the text; never fails. Subjects and scopes: code lists `claim_subject` and `claim_scope`.
    """
    packed = squeezed(text)
    speaks = _may_state().search
    topic, at = Topic.of_section(section_code), 0
    # Most sentences state nothing. They are read only where one that may follows in their paragraph: for what they leave.
    waiting: list[tuple[int, int]] = []
    out: list[Claim] = []
    for start, end in sentences(packed.text):
        paragraph_ends = "\n" in packed.text[at:start]
        if paragraph_ends and not _is_heading(packed.text, at, start):
            topic = Topic.of_section(section_code)
            waiting.clear()
        waiting.append((start, end))
        if speaks(packed.text, start, end):
            for a, b in waiting:
                reader = Sentence(packed.text[a:b], section_code, report_year, topic)
                whole = packed.source_span(a, b)
                for c in reader.claims():
                    span = packed.source_span(a + c.span[0], a + c.span[1])
                    out.append(replace(c, span=span, sentence_span=whole, printed=text[span[0] : span[1]]))
                topic = reader.topic
            waiting.clear()
        at = start
    return tuple(out)


def _is_heading(text: str, start: int, end: int) -> bool:
    """A short line without a figure names what the next paragraph is about."""
    line = text[start:end].strip("\n")
    return len(line) <= _HEADING and "\n" not in line and not re.search(r"\d+[件条]", line)
