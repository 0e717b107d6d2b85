"""Where words begin and end in running text, and which names are ordinary words: what keeps masking from tearing words.

Cut is with the project's segmenter, in a window around the place asked for, so that the work does not grow with the
text.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import accumulate

from pipeline.issuers.mentions import word_like
from pipeline.narrate.dictionary import default_dictionaries
from pipeline.narrate.segmentation import jieba_dictionary
from pipeline.narrate.token_cutter import cutter

_BEFORE, _BEHIND = 6, 7
"""Characters of the window before and behind: longer than all but a few words."""

_PROPER = frozenset({"ns", "nr", "nrt", "nrfg", "nz"})
"""jieba's tags of names of places and persons, and of other names."""


def begins_word(text: str, start: int, end: int, masked: str) -> bool:
    """Whether no word from before reaches into text[start:end]: 全 of 安全部门 begins none. What stands before a
    character `masked` is not looked at.
    """
    before = text[max(0, start - _BEFORE) : start].rpartition(masked)[2]
    return len(before) in _bounds(before + text[start : end + _BEHIND])


def ends_word(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] ends where a word ends, taking what stands before for granted: not 该市 of 该市场主体. A word
    of which the rest is a word itself may begin within: 我市 of 我市公安局, 本单位 of 本单位名称.
    """
    window = text[start : end + _BEHIND]
    at = end - start
    if at == len(window):
        return True
    bounds = _bounds(window)
    if at in bounds:
        return True
    rest = window[at : min(b for b in bounds if b > at)]
    return len(rest) > 1 and rest in cutter(default_dictionaries()).lexicon.frequencies


@lru_cache(maxsize=1 << 14)
def is_ordinary(name: str) -> bool:
    """Whether a name says nothing of whose it is when it stands alone: 公开, 平安, 政务服务, 网络安全和信息化.

    Ordinary are the words of `word_like.txt`, the words of the segmenter that are no places and that jieba does not tag
    as proper names, and what consists of nothing but such words of two characters and more, and stop words.
    """
    if name in word_like():
        return True
    own = cutter(default_dictionaries())
    cut = own.cut(name)
    if any(len(t) == 1 and c != "stop_word" for t, c in zip(cut.texts, cut.classes, strict=True)):
        return False
    words = [t for t, c in zip(cut.texts, cut.classes, strict=True) if len(t) > 1 or c != "stop_word"]
    return bool(words) and all(
        word in word_like() or (word not in own.lexicon.places and word not in _proper_names()) for word in words
    )


@lru_cache(maxsize=1 << 15)
def _bounds(window: str) -> frozenset[int]:
    return frozenset(accumulate(map(len, cutter(default_dictionaries()).segmenter.cut(window)), initial=0))


@cache
def _proper_names() -> frozenset[str]:
    """The words that jieba's dictionary has as proper names only by its word, those of the field left out."""
    fields = jieba_dictionary().path.read_text("utf-8").split()
    ours = {t.term for t in default_dictionaries().segmentation}
    return frozenset(w for w, tag in zip(fields[::3], fields[2::3], strict=True) if tag in _PROPER) - ours
