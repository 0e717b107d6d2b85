"""The words beside a figure, what they may mean, and what a paragraph has been speaking of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from pipeline.narrate.claim_words import Word, han_in, words_in

APPLICATIONS, REMEDIES, FEES = "applications", "remedies", "fees"
PART_WITH_CELL = "part_with_cell"
"""Scope of a part of its subject that has a cell of its own and is held against that."""
RESULTS = ("granted", "partial", "denied", "unavailable", "declined", "other_result")
ROLES = (
    "received",
    "due",
    "carried_in",
    "carried_out",
    "carried_bare",
    "in_progress",
    "handled",
    "dealt_with",
    *RESULTS,
)
_SPEAKING = (
    *ROLES,
    "application",
    "application_weak",
    "applicant",
    "remedy",
    "outcome",
    "outcome_loose",
    "fees",
    "proactive",
    "foreign",
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a figure counts. `reading` as in `claim_cells.csv`, None where it is held against nothing; `columns` a group."""

    subject: str
    reading: str | None = None
    column_code: str | None = None
    columns: str | None = None
    scope: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """What a paragraph speaks of: applications, remedies, a subject of no table; the row spoken of last."""

    topic: str | None = None
    row: Meaning | None = None
    is_own: bool = False
    """Applications, or information disclosed, have been named: remedies are those of this report."""

    @staticmethod
    def of_section(section_code: str) -> Topic:
        if section_code == APPLICATIONS:
            return Topic(APPLICATIONS, None, True)
        return Topic(None, None, section_code == REMEDIES)

    def after(self, meaning: Meaning) -> Topic:
        if meaning.topic is None:
            return self
        if meaning.subject == "carried_in" and self.row is not None and self.row.subject == "received_new":
            # 收到268件，上年结转14件，其中自然人231件: those received.
            return self
        is_row = meaning.column_code is None and meaning.columns is None
        if meaning.subject == "handled_total" and meaning.reading == "received_and_handled":
            # 收到并处理10件，其中企业2件
            return Topic(meaning.topic, Meaning("received_new", "received", topic=APPLICATIONS), True)
        is_row = is_row or self.row is None or meaning.subject != self.row.subject
        kept = meaning.scope if meaning.topic == REMEDIES and is_row else None
        row = replace(meaning, scope=kept, column_code=None, columns=None) if is_row else self.row
        return Topic(meaning.topic, row, self.is_own or meaning.topic == APPLICATIONS)

    def named_by(self, label: Label) -> Topic:
        """After a clause without figures."""
        noun = label.noun()
        if noun is None:
            return self
        topic = topic_of(noun)
        if topic == self.topic and topic != REMEDIES:
            return self
        row = self.row if topic == self.topic and label.has("outcome", "outcome_loose", "foreign") else None
        if topic == REMEDIES:
            code = noun.code("remedy")
            row = Meaning("reconsideration" if code == "reconsideration" else "litigation", code, topic=REMEDIES)
        return Topic(topic, row, self.is_own or topic == APPLICATIONS)


@dataclass(frozen=True, slots=True)
class Label:
    """The words beside a figure: text[start:end] of the sentence."""

    text: str
    start: int
    end: int
    words: tuple[Word, ...]
    unknown: int
    """Chinese characters of no known word."""
    kinds: frozenset[str] = field(init=False, compare=False)
    """What its words are, all together: most questions are about that."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", frozenset().union(*[w.kinds for w in self.words]))

    @property
    def is_empty(self) -> bool:
        return not self.words and self.unknown == 0

    @property
    def is_light(self) -> bool:
        """It says nothing about what is counted."""
        return self.unknown <= 1 and not self.speaks

    @property
    def speaks(self) -> bool:
        return not self.kinds.isdisjoint(_SPEAKING)

    def has(self, *kinds: str) -> bool:
        return not self.kinds.isdisjoint(kinds)

    def last(self, *kinds: str) -> Word | None:
        wanted = self.kinds.intersection(kinds)
        if not wanted:
            return None
        return next(w for w in reversed(self.words) if not wanted.isdisjoint(w.kinds))

    def noun(self) -> Word | None:
        return self.last("application", "remedy", "foreign", "fees", "proactive")

    def outcome(self) -> tuple[Word | None, str | None, bool]:
        """The outcome named, its column, and whether that is the form's own word for it."""
        word = self.last("outcome", "outcome_loose")
        if word is None:
            return None, None, True
        return word, word.code("outcome") or word.code("outcome_loose"), "outcome" in word.kinds

    def listed(self, kind: str) -> tuple[Word, ...]:
        kinds = {"result": RESULTS, "role": ROLES}.get(kind, (kind,))
        if self.kinds.isdisjoint(kinds):
            return ()
        return tuple(w for w in self.words if any(k in w.kinds for k in kinds))

    def only(self, kind: str, word: Word) -> Label:
        """This label with one word of a kind and not the others."""
        listed = self.listed(kind)
        # 予以公开、部分公开两类答复分别为: the answers are of those kinds.
        dropped = {"handled", "dealt_with"} if kind == "result" else set()
        kept = (w for w in self.words if w == word or not (w in listed or dropped & set(w.kinds)))
        return replace(self, words=tuple(kept), unknown=0)

    def without(self, kind: str) -> Label:
        return replace(self, words=tuple(w for w in self.words if kind not in w.kinds))

    def before(self, word: Word) -> Label:
        """This label up to a word of it."""
        return replace(self, words=tuple(w for w in self.words if w.start < word.start))


# The words of one clause are looked at for its figures, for its denials and beside the clauses around it.
@lru_cache(maxsize=64)
def label_of(text: str, start: int, end: int) -> Label:
    words = words_in(text, start, end)
    return Label(text, start, end, words, han_in(text, start, end) - sum([w.han for w in words]))


@cache
def _topic_of_kind(kind: str) -> str | None:
    return {"application": APPLICATIONS, "remedy": REMEDIES, "fees": FEES}.get(kind)


def topic_of(noun: Word) -> str:
    if (foreign := noun.code("foreign")) is not None:
        return foreign
    if "proactive" in noun.kinds:
        return noun.code("proactive") or ""
    return next(t for k in noun.kinds if (t := _topic_of_kind(k)) is not None)
