"""Finds claims: every figure that a narrative sentence states or denies, with what it counts and whose it is."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.model import Claim
from pipeline.narrate.claim_figures import sentences, squeezed
from pipeline.narrate.claim_labels import Topic
from pipeline.narrate.claim_sentence import Sentence, State

_HEADING = 30


def find_claims(text: str, section_code: str, report_year: int | None) -> tuple[Claim, ...]:
    """Claims of a section's narrative, in the order of the text.

    `text` is normalised text without the statutory tables. Values are exact; a denial (none received) is a claim of 0.
    Dates, document numbers, articles, percentages, ordinals and telephone numbers are no claims. Linear in the length of
    the text; never fails. Subjects and scopes: code lists `claim_subject` and `claim_scope`.
    """
    packed = squeezed(text)
    state, at = State(Topic.of_section(section_code)), 0
    out: list[Claim] = []
    for start, end in sentences(packed.text):
        paragraph_ends = "\n" in packed.text[at:start]
        if paragraph_ends and not _is_heading(packed.text, at, start):
            state = State(Topic.of_section(section_code))
        reader = Sentence(packed.text[start:end], section_code, report_year, state)
        for c in reader.claims():
            span = packed.source_span(start + c.span[0], start + c.span[1])
            whole = packed.source_span(start, end)
            out.append(replace(c, span=span, sentence_span=whole, printed=text[span[0] : span[1]]))
        at = start
        state = replace(reader.state, scope="unstated", scope_is_compared=True)
    return tuple(out)


def _is_heading(text: str, start: int, end: int) -> bool:
    """A short line without a figure names what the next paragraph is about."""
    line = text[start:end].strip("\n")
    return len(line) <= _HEADING and "\n" not in line and not re.search(r"\d+[件条]", line)
