"""jieba itself as a segmenter: what the segmenter of the library is held against."""

from __future__ import annotations

import warnings
from collections.abc import Mapping


class ReferenceSegmenter:
    """A tokenizer of jieba's own class, never its shared one.

    jieba writes its prefix dictionary to a file shared by all programs of the machine and reads it back unchecked, and
    it logs to stderr meanwhile. Neither happens here: the prefix dictionary is built in memory.
    """

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # jieba 0.42.1 has invalid escapes (SyntaxWarning from Python 3.12 on, jieba issue 1050) and imports
            # pkg_resources (deprecated, jieba issue 1026). Can go when a release of jieba has neither.
            warnings.simplefilter("ignore")
            import jieba
        self._jieba = jieba.Tokenizer()
        self._jieba.initialized = True

    def add(self, frequencies: Mapping[str, int]) -> None:
        known: dict[str, int] = self._jieba.FREQ
        for word, frequency in frequencies.items():
            self._jieba.total += frequency - known.get(word, 0)
            known[word] = frequency
            for end in range(1, len(word)):
                known.setdefault(word[:end], 0)

    def cut(self, run: str) -> list[str]:
        return list(self._jieba.cut(run, HMM=False))
