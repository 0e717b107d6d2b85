"""Cuts a clause into tokens with their classes: patterns, the segmenter on runs of Chinese characters, a cache."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from pipeline.narrate.dictionary import Dictionaries
from pipeline.narrate.segmenter import lexicon
from pipeline.narrate.token_patterns import BLANKS, CHINESE_DATE, PIECE, STRAY_BLANK

# Formulas repeat between reports clause by clause. Longer clauses hardly do, and a bound on the length bounds the memory.
CACHED_CLAUSES = 16384
CACHED_LENGTH = 40

_CLASSES = {"date": "date", "number": "number", "address": "foreign", "letters": "foreign"}


class Cut(NamedTuple):
    """The tokens of a clause, column by column; half-open offsets into the clause as it was given."""

    texts: list[str]
    classes: list[str]
    starts: list[int]
    ends: list[int]


class Cutter:
    """Cuts clauses with one state of the dictionaries."""

    def __init__(self, dictionaries: Dictionaries) -> None:
        self.lexicon, self.segmenter = lexicon(dictionaries.segmentation)
        self._classes = dict.fromkeys(self.lexicon.places, "place")
        self._classes.update(dict.fromkeys((s.term for s in dictionaries.stop_words), "stop_word"))
        self.cached = lru_cache(maxsize=CACHED_CLAUSES)(self.cut)

    def clause(self, clause: str) -> Cut:
        """The tokens of a clause, which nothing may change: a short one is kept."""
        return self.cached(clause) if len(clause) <= CACHED_LENGTH else self.cut(clause)

    def cut(self, clause: str) -> Cut:
        """The tokens of a clause."""
        out = Cut([], [], [], [])
        blanks = {m.start() for m in STRAY_BLANK.finditer(clause)} if not clause.isalnum() else ()
        for piece in PIECE.finditer(STRAY_BLANK.sub("", clause) if blanks else clause):
            kind, text, start = piece.lastgroup or "", piece.group(), piece.start()
            if kind != "han":
                self._add(out, BLANKS.sub("", text) if kind == "date" else text, _CLASSES[kind], start, piece.end())
            elif "年" in text:
                self._with_dates(out, text, start)
            else:
                self._segment(out, text, start)
        if blanks:
            at = [i for i in range(len(clause)) if i not in blanks]
            out.starts[:], out.ends[:] = [at[s] for s in out.starts], [at[e - 1] + 1 for e in out.ends]
        return out

    @staticmethod
    def _add(out: Cut, text: str, token_class: str, start: int, end: int) -> None:
        out.texts.append(text)
        out.classes.append(token_class)
        out.starts.append(start)
        out.ends.append(end)

    def _with_dates(self, out: Cut, run: str, at: int) -> None:
        done = 0
        for date in CHINESE_DATE.finditer(run):
            self._segment(out, run[done : date.start()], at + done)
            self._add(out, date.group(), "date", at + date.start(), at + date.end())
            done = date.end()
        self._segment(out, run[done:], at + done)

    def _segment(self, out: Cut, run: str, at: int) -> None:
        words = self.segmenter.cut(run) if run else []
        class_of, starts, ends = self._classes.get, out.starts, out.ends
        out.texts.extend(words)
        out.classes.extend([class_of(word, "word") for word in words])
        for word in words:
            starts.append(at)
            at += len(word)
            ends.append(at)


# A segmenter takes some 100 MB: one for the project's dictionaries, one for others under trial.
@lru_cache(maxsize=2)
def cutter(dictionaries: Dictionaries) -> Cutter:
    """The cutter of a state of the dictionaries, made once per process."""
    return Cutter(dictionaries)
