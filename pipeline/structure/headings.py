"""The six sections: where their headings stand, under all wordings, and that table rows are no headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz.distance import Indel

from pipeline import form
from pipeline.model import Line, Section, Text

SECTIONS = ("overview", "proactive", "applications", "remedies", "problems", "other_matters")

NARRATIVES = ("overview", "problems", "other_matters")
"""Sections that the organ writes in its own words: one, five and six."""

_NUMERALS = "一二三四五六七八九十"
# "一、", "3、 ", "第一部分", "1." - but not "（一）", which heads subsections and table rows.
_NUMBER = re.compile(rf"\s*(?:第?([{_NUMERALS}]{{1,2}})(?:部分|章)?|(\d{{1,2}}))\s*([、.．,，:：]|\s)\s*")
_NOT_WORD = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff]")
_YEAR = re.compile(r"^(?:20\d\d年?度?|本?年度?)")
# Every wording has one of these characters, or nearly none of its own: a cheap look before the dear one.
_LIKELY = re.compile("[况述项题进措公]")
_LONGEST = 45
_SHORTEST_GLUED = 12
_NUMBERED = re.compile(f"[{_NUMERALS}]、")


@dataclass(frozen=True, slots=True)
class _Candidate:
    section_code: str
    start: int
    end: int
    score: float


def _key(text: str) -> str:
    return _NOT_WORD.sub("", text)


@cache
def _labels() -> tuple[tuple[str, form.HeadingLabel], ...]:
    return tuple((_key(h.label), h) for h in form.heading_labels())


@cache
def _table_row_keys() -> frozenset[str]:
    """Keys of every row and group label: "四、结转下年度继续办理" is a row, however much it looks like a heading."""
    keys: set[str] = set()
    for f in form.FORMS:
        for t in form.TABLES:
            keys.update(_key(g.label) for g in form.group_labels(f, t))
            for r in form.row_codes(f, t):
                keys.update(_key(x) for x in form.labels_of_row(f, t, r))
    return frozenset(keys)


@cache
def _glued() -> re.Pattern[str]:
    """A numbered heading inside a line: after the end of a sentence or a blank."""
    labels = sorted({h.label for h in form.heading_labels() if h.strength == "strong"}, key=len, reverse=True)
    loose = "|".join(r"\s?".join(re.escape(c) for c in x) for x in labels)
    return re.compile(rf"(?:^|(?<=[\s。；;.!！]))([{_NUMERALS}])、\s?({loose})")


@cache
def _label_of_key() -> dict[str, form.HeadingLabel]:
    return dict(reversed(_labels()))


def _line_candidate(line: Line) -> _Candidate | None:
    found = _heading(line.text) if len(line.text) <= _LONGEST * 2 else None
    if found is None:
        return None
    code, start, end, score = found
    return _Candidate(code, line.start + start, line.start + end, score)


@lru_cache(maxsize=16_384)
def _heading(text: str) -> tuple[str, int, int, float] | None:
    """(section, start, end, score) of the heading that a line is, None where it is none. Headings and labels repeat from
    one report to the next."""
    if not _LIKELY.search(text):
        return None
    if "|" in text.strip("| ") or text.strip().count("\t") > 1:
        return None
    stripped = text.strip(" \t|")
    if not 2 <= len(stripped) <= _LONGEST or stripped.endswith(("。", "；", "，")):
        return None
    if _key(stripped) in _table_row_keys() or stripped[0] in "(（":
        return None
    numbered = _NUMBER.match(stripped)
    body = stripped[numbered.end() :] if numbered else stripped
    key = _YEAR.sub("", _key(body))
    if len(key) < 2:
        return None
    best: tuple[float, form.HeadingLabel] | None = None
    exact = _label_of_key().get(key)
    if exact is not None:
        best = (1.0, exact)
    else:
        for label_key, h in _labels():
            if abs(len(label_key) - len(key)) > 8 or h.strength == "weak":
                continue
            score = Indel.normalized_similarity(label_key, key, score_cutoff=0.8)
            if score and (best is None or score > best[0]):
                best = (score, h)
    if best is None:
        return None
    score, h = best
    number = numbered.group(1) if numbered else None
    if h.strength == "weak" and number != h.number:
        return None
    if numbered and numbered.group(3) == "." and h.strength == "weak":
        return None
    if not numbered and score < 0.95:
        return None
    bonus = 0.5 if number == h.number else 0.25 if numbered else 0.0
    start = len(text) - len(text.lstrip(" \t|"))
    return h.section_code, start, start + len(stripped), score + bonus


def _candidates(text: Text) -> list[_Candidate]:
    out: list[_Candidate] = []
    for line in text.lines:
        c = _line_candidate(line)
        if c is not None:
            out.append(c)
        elif len(line.text) > _SHORTEST_GLUED and _NUMBERED.search(line.text):
            for m in _glued().finditer(line.text):
                h = _label_of_key().get(_key(m.group(2)))
                if h is not None:
                    start = line.start + m.start(1)
                    score = 0.9 if m.group(1) == h.number else 0.6
                    out.append(_Candidate(h.section_code, start, line.start + m.end(2), score))
    return _without_contents(out, text)


def _without_contents(candidates: list[_Candidate], text: Text) -> list[_Candidate]:
    """Drops a table of contents: four or more headings in a row with next to nothing between them."""
    run: list[_Candidate] = []
    seen: set[str] = set()
    drop: set[int] = set()

    def close() -> None:
        if len(run) >= 4:
            drop.update(id(c) for c in run)

    for c in candidates:
        apart = bool(run) and len(text.text[run[-1].end : c.start].strip(" \n\t.·…0123456789")) > 3
        # A section that comes again begins the report itself.
        if apart or c.section_code in seen:
            close()
            run.clear()
            seen.clear()
        run.append(c)
        seen.add(c.section_code)
    close()
    kept = [c for c in candidates if id(c) not in drop]
    # A report of nothing but headings is still one: contents are dropped only where the headings come again.
    return kept if {c.section_code for c in kept} >= {c.section_code for c in candidates} else candidates


def heading_places(text: Text) -> list[tuple[str, int, int]]:
    """(section, start, end) of every line that can be a section's heading, contents included, in the order of the text."""
    return [
        (c.section_code, c.start, c.end)
        for line in text.lines
        if not line.is_furniture and (c := _line_candidate(line)) is not None
    ]


def find_sections(text: Text) -> tuple[Section, ...]:
    """Sections in the order of the document, each up to the next heading. A section that is not found has no entry.

    Of several candidates for a section, the choice is the best-scoring set in which sections follow one another in the
    order of the form; ties go to the earlier place.
    """
    chain = _best_chain(_candidates(text))
    out = []
    for k, c in enumerate(chain):
        end = chain[k + 1].start if k + 1 < len(chain) else len(text.text)
        out.append(Section(c.section_code, text.text[c.start : c.end].strip(), (c.start, end), (c.end, end)))
    return tuple(out)


def _best_chain(candidates: list[_Candidate]) -> list[_Candidate]:
    """The best-scoring candidates in which sections follow in the order of the form. O(candidates)."""
    # top[k]: the best chain that ends in section k, as (score, index of its last candidate, index before that).
    top: list[tuple[float, int] | None] = [None] * len(SECTIONS)
    previous: list[int | None] = []
    for i, c in enumerate(candidates):
        k = SECTIONS.index(c.section_code)
        before = max((t for t in top[:k] if t is not None), key=lambda t: (t[0], -t[1]), default=None)
        previous.append(before[1] if before else None)
        score = 1.0 + c.score + (before[0] if before else 0.0)
        best = top[k]
        if best is None or score > best[0]:
            top[k] = (score, i)
    end = max((t for t in top if t is not None), key=lambda t: (t[0], -t[1]), default=None)
    chain: list[_Candidate] = []
    at = end[1] if end else None
    while at is not None:
        chain.append(candidates[at])
        at = previous[at]
    return chain[::-1]
