"""Cuts runs of Chinese characters into words: jieba's way with jieba's dictionary, done by rjieba.

Only the words known decide. jieba's hidden Markov model for unknown words is off: it makes up words at random places
(`率为`, `由区`, `日至`), and no one can look up why it cut as it did. Without it every token is an entry of a dictionary or a
single character, and an unknown name is mended by adding it to `segmentation.csv`.

rjieba (jieba-rs) finds the path that jieba finds, about fifteen times as fast; `tests/narrate` holds it against jieba. The
two differ in one thing: jieba cuts off every character outside U+4E00 to U+9FD5, rjieba keeps words that have one of
Unicode's extensions A to F, too (`㮾梨街道`, `大𫭢镇`). It starts empty here and is given every word, so that its own copy of
the dictionary plays no part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Protocol

from pipeline.narrate.segmentation import PLACE_TAG, SegmentationTerm, jieba_dictionary
from pipeline.narrate.token_places import place_names


class Segmenter(Protocol):
    """Cuts with the words that it was given."""

    def add(self, frequencies: Mapping[str, int]) -> None:
        """Adds words; a word that is known gets the new frequency."""

    def cut(self, run: str) -> list[str]:
        """The words of a run of Chinese characters, in order."""


class FastSegmenter:
    """rjieba, knowing no word yet."""

    def __init__(self) -> None:
        from rjieba import Jieba

        self._jieba: Any = Jieba.empty()  # type: ignore[no-untyped-call]  # its stubs say nothing of what comes back

    def add(self, frequencies: Mapping[str, int]) -> None:
        for word, frequency in frequencies.items():
            self._jieba.add_word(word, frequency, "")

    def cut(self, run: str) -> list[str]:
        words: list[str] = self._jieba.cut(run, False)
        return words


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What a segmenter was given: its words with their frequencies, and which of them are places."""

    frequencies: Mapping[str, int]
    places: frozenset[str]


def lexicon(
    terms: Iterable[SegmentationTerm], empty: Callable[[], Segmenter] = FastSegmenter
) -> tuple[Lexicon, Segmenter]:
    """jieba's words, the terms and the names of places, and a segmenter from `empty` that knows them.

    A frequency that is not given is the lowest that makes the word one token (jieba's `suggest_freq`). It is worked out
    against jieba's dictionary alone, so the order of the terms does not matter.
    """
    frequencies = _jieba_words()
    out = empty()
    out.add(frequencies)
    total = sum(frequencies.values())
    given = {t.term: t.frequency for t in terms}
    names = place_names()
    places = names.whole | (names.short & frequencies.keys())
    added = {
        word: given.get(word) or _sufficient_frequency(word, out, frequencies, total)
        for word in sorted(names.whole | given.keys())
    }
    frequencies.update(added)
    out.add(added)
    tagged = {t.term for t in terms if t.tag == PLACE_TAG}
    return Lexicon(frequencies, (places - given.keys()) | tagged), out


def _sufficient_frequency(word: str, known: Segmenter, frequencies: Mapping[str, int], total: int) -> int:
    """The frequency from which on a word is cut as one token."""
    parts = prod(frequencies.get(part, 1) / total for part in known.cut(word))
    return max(int(parts * total) + 1, frequencies.get(word, 0))


def _jieba_words() -> dict[str, int]:
    """The words in jieba's dictionary with their frequencies."""
    fields = jieba_dictionary().path.read_text("utf-8").split()
    return dict(zip(fields[::3], map(int, fields[1::3]), strict=True))
