"""Finds claims: every figure that a narrative sentence states or denies, with what it counts and whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from pipeline.model import Claim
from pipeline.narrate.claim_denials import denials
from pipeline.narrate.claim_figures import Figure, figures, masked, sentences, squeezed
from pipeline.narrate.claim_labels import APPLICATIONS, REMEDIES, Label, Meaning, Topic, label_of
from pipeline.narrate.claim_subjects import label_meaning
from pipeline.narrate.claim_words import words_in

_DELIMITERS = re.compile(r"[，,；;：:。！？!?（）()\[\]【】\n]")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:年(?:度)?|(?=[-—~至到](?:19|20)\d\d年))(以后|起|至今)?")
_PART_OF_YEAR = re.compile(
    r"(?<!\d)(?:1|一)[-—~至到](?:[2-9]|1[01]|[二三四五六七八九十])(?:月|季度)|(?<!\d)\d{1,2}月份"
)
_ONE_OF_THEM = re.compile(
    r"其中[，,：:]?[\u4e00-\u9fff]{1,8}(?:街道|镇|乡|局|委|办|中心|公司|厅|学校|医院|分公司)(?=收到|受理|办理|接收|办结|\d)"
)
_OWN_YEAR = ("今年", "本年", "当年")
_CARRIED_FROM = re.compile(r"(?<!\d)(\d{4})年(度?)(?=结转|转入|遗留|未办结)")
_CARRIED_TO = re.compile(r"(?<=结转)([至到]?)(\d{4})年(度?)|(?<=转)([至入])(\d{4})年(度?)")
_SUM = re.compile(r"(?:共|共计|合计|总计|共有|总共)$")
_INCLUDED = re.compile(r"含|包括|其中")
_HEADING = 30
_MOST_CLAUSES_BACK = 2
_RECEIVED = ("received_new", "received_altogether")
_CARRIED = "carried_in"


@dataclass(slots=True)
class _State:
    """What a sentence leaves to the next one of its paragraph."""

    topic: Topic
    scope: str = "unstated"
    scope_is_compared: bool = True


@dataclass(frozen=True, slots=True)
class _Clause:
    start: int
    end: int
    figures: tuple[Figure, ...]


def find_claims(text: str, section_code: str, report_year: int | None) -> tuple[Claim, ...]:
    """Claims of a section's narrative, in the order of the text.

    `text` is normalised text without the statutory tables. Values are exact; a denial (none received) is a claim of 0.
    Dates, document numbers, articles, percentages, ordinals and telephone numbers are no claims. Linear in the length of
    the text; never fails. Subjects and scopes: code lists `claim_subject` and `claim_scope`.
    """
    packed = squeezed(text)
    state, at = _State(Topic.of_section(section_code)), 0
    out: list[Claim] = []
    for start, end in sentences(packed.text):
        paragraph_ends = "\n" in packed.text[at:start]
        if paragraph_ends and not _is_heading(packed.text, at, start):
            state = _State(Topic.of_section(section_code))
        reader = _Sentence(packed.text[start:end], section_code, report_year, state)
        for c in reader.claims():
            span = packed.source_span(start + c.span[0], start + c.span[1])
            whole = packed.source_span(start, end)
            out.append(replace(c, span=span, sentence_span=whole, printed=text[span[0] : span[1]]))
        at = start
        state = replace(reader.state, scope="unstated", scope_is_compared=True)
    return tuple(out)


def _with_carry_years(sentence: str, year: int | None) -> str:
    """2023年结转 in the report of 2024 reads 上年结转, 结转2025年 reads 结转下年; of the same length."""
    if year is None:
        return sentence

    def last(m: re.Match[str]) -> str:
        return f"\0\0\0上年{m[2]}" if int(m[1]) == year - 1 else m.group()

    def following(m: re.Match[str]) -> str:
        to, which, degree = (m[1], m[2], m[3]) if m[2] else (m[4], m[5], m[6])
        return f"{to}下年{degree}\0\0\0" if int(which) == year + 1 else m.group()

    return _CARRIED_TO.sub(following, _CARRIED_FROM.sub(last, sentence))


def _is_heading(text: str, start: int, end: int) -> bool:
    """A short line without a figure names what the next paragraph is about."""
    line = text[start:end].strip("\n")
    return len(line) <= _HEADING and "\n" not in line and not re.search(r"\d+[件条]", line)


class _Sentence:
    """Reads one sentence from left to right, clause by clause."""

    def __init__(self, text: str, section_code: str, report_year: int | None, state: _State) -> None:
        self._raw, self._section, self._year = text, section_code, report_year
        self._text = masked(_with_carry_years(text, report_year))
        self.state = state
        self._other_year: str | None = None
        self._claims: list[Claim] = []

    def claims(self) -> tuple[Claim, ...]:
        clauses = list(self._clauses())
        for k, clause in enumerate(clauses):
            self._take_scope(clause.start, clause.figures[0].start if clause.figures else clause.end)
            if clause.figures:
                self._read_figures(clauses, k)
            else:
                self._read_words(clause)
            for d in denials(self._text, clause.start, clause.end, clause.figures, self.state.topic):
                self._emit(d.start, d.end, Decimal(0), None, d.meaning, compared=True)
                self.state.topic = self.state.topic.after(d.meaning)
            if clause.figures and any("growth" in w.kinds for w in words_in(self._text, clause.start, clause.end)):
                self._other_year = None
        self._judge_sentence()
        return tuple(sorted(self._claims, key=lambda c: c.span))

    def _clauses(self) -> Iterator[_Clause]:
        found = figures(self._text)
        inside = {i for f in found for i in range(f.start, f.end)}
        cuts = [m.start() for m in _DELIMITERS.finditer(self._text) if m.start() not in inside]
        start, k = 0, 0
        for cut in (*cuts, len(self._text)):
            own = []
            while k < len(found) and found[k].start < cut:
                own.append(found[k])
                k += 1
            if cut > start:
                yield _Clause(start, cut, tuple(own))
            start = cut + 1

    def _take_scope(self, start: int, end: int) -> None:
        """Whose figures and of which year: what text[start:end] says holds until something says otherwise."""
        said, words = self._raw[start:end], words_in(self._text, start, end)
        for m in _YEAR.finditer(said):
            year = int(m[1])
            if self._is_carry(said, m):
                continue
            if self._year is None:
                continue
            since = m[2] in ("以后", "至今") or (m[2] == "起" and year < self._year) or "以来" in said
            self._other_year = "other_year" if since or year != self._year else None
        for w in words:
            if "time_other" in w.kinds:
                self._other_year = "other_year"
            elif "time_own" in w.kinds or self._raw.startswith(_OWN_YEAR, w.start):
                self._other_year = None
            elif "time_part" in w.kinds:
                self._other_year = "part"
            elif (scope := w.code("scope")) is not None:
                self.state.scope = "whole" if scope == "whole_own" else scope
                self.state.scope_is_compared = scope in ("organ", "whole_own")
        if _PART_OF_YEAR.search(said):
            self._other_year = "part"
        if _ONE_OF_THEM.search(self._raw, max(0, start - 3), min(end + 1, len(self._raw))) and not any(
            "scope" in w.kinds for w in words
        ):
            self.state.scope, self.state.scope_is_compared = "part", False

    def _is_carry(self, said: str, m: re.Match[str]) -> bool:
        """2022年结转, 结转至2024年: the year is that of the carrying over, not of the figure."""
        return said.startswith(("结转", "转入", "遗留", "未办结"), m.end()) or said[: m.start()].endswith(
            ("结转", "结转至", "结转到", "转至", "转入")
        )

    def _read_words(self, clause: _Clause) -> None:
        """A clause without figures may name what the next ones are about, or say that all were decided."""
        said = label_of(self._text, clause.start, clause.end)
        if self._claims and said.has("all") and said.has("handled", "dealt_with") and not said.has("negation"):
            for k in range(len(self._claims) - 1, -1, -1):
                c = self._claims[k]
                if c.subject in _RECEIVED:
                    if c.reading and c.reading.split("@")[0] in ("received", "received_altogether"):
                        group = c.reading.partition("@")[1:]
                        self._claims[k] = replace(c, reading="received_and_handled" + "".join(group))
                    break
        self.state.topic = self.state.topic.named_by(said)
        if said.has("growth"):
            self._other_year = None

    def _read_figures(self, clauses: list[_Clause], k: int) -> None:
        clause = clauses[k]
        own = clause.figures
        edges = [clause.start, *(x for f in own for x in (f.start, f.end)), clause.end]
        gaps = [label_of(self._text, edges[i], edges[i + 1]) for i in range(0, len(edges), 2)]
        if self._read_respectively(clause, gaps):
            return
        stands_first = gaps[0].is_empty or (gaps[0].is_light and not gaps[1].is_empty and gaps[1].speaks)
        for i, f in enumerate(own):
            if i > 0:
                self._take_scope(own[i - 1].end, f.start)
            if stands_first:
                label, other = gaps[i + 1], gaps[i] if i == 0 else None
                if label.is_empty and i == len(own) - 1:
                    label = self._label_before(clauses, k, gaps[i])
            else:
                label, other = gaps[i], gaps[i + 1] if i == len(own) - 1 else None
                if i > 0 and label.is_empty:
                    label = gaps[i + 1]
            self._read_figure(f, label, other)

    def _label_before(self, clauses: list[_Clause], k: int, own: Label) -> Label:
        """The clauses before a figure that stands alone: 收到申请，共16件."""
        start = k
        while start > 0 and k - start < _MOST_CLAUSES_BACK and not clauses[start - 1].figures:
            start -= 1
        return label_of(self._text, clauses[start].start, own.end) if start < k else own

    def _read_respectively(self, clause: _Clause, gaps: list[Label]) -> bool:
        """维持、纠正分别为2件、1件: as many words of one kind as figures."""
        n, said = len(clause.figures), gaps[0]
        if n < 2 or "分别" not in self._text[said.start : said.end] or not all(g.is_light for g in gaps[1:]):
            return False
        for kind in ("outcome", "applicant", "remedy", "result"):
            listed = said.listed(kind)
            if len(listed) == n:
                for f, w in zip(clause.figures, listed, strict=True):
                    self._read_figure(f, said.only(kind, w), None)
                return True
        return False

    def _read_figure(self, f: Figure, label: Label, other: Label | None) -> None:
        for m in label_meaning(label, other, self.state.topic, self._section, f):
            if (m.subject == "other" and f.is_numeral and m.scope is None) or (
                f.is_bare and m.topic not in (APPLICATIONS, REMEDIES)
            ):
                continue
            self._emit(f.start, f.end, f.value, f.unit, m, compared=not f.is_approximate)
            self.state.topic = self.state.topic.after(m)

    def _emit(self, start: int, end: int, value: Decimal, unit: str | None, m: Meaning, *, compared: bool) -> None:
        scope = m.scope if m.scope == "unstated" else self._other_year or m.scope or self.state.scope
        if m.subject == _CARRIED and scope == "other_year":
            scope = self.state.scope
        is_own = scope in ("unstated", "organ") or (scope == "whole" and self.state.scope_is_compared)
        reading = m.reading if compared and is_own else None
        if reading and m.columns:
            reading = f"{reading}@{m.columns}"
        self._claims.append(Claim((start, end), (0, 0), "", m.subject, m.column_code, scope, value, unit, reading))

    def _judge_sentence(self) -> None:
        """What only the whole sentence tells: a sum of new and carried in, an answer that left some out."""
        by_subject: dict[str, list[int]] = {}
        for k, c in enumerate(self._claims):
            if c.column_code is None and "@" not in (c.reading or ""):
                by_subject.setdefault(c.subject, []).append(k)
        carried = [self._claims[k].value for k in by_subject.get(_CARRIED, ())]
        received = [k for s in _RECEIVED for k in by_subject.get(s, ())]
        new = [self._claims[k].value for k in received]
        for k in received:
            c = self._claims[k]
            if c.scope in ("other_year", "part"):
                continue
            holds = any(c.value == n + b for n in new for b in carried if b and n != c.value)
            includes = any(
                self._claims[j].value and _INCLUDED.search(self._text, c.span[1], self._claims[j].span[0])
                for j in by_subject.get(_CARRIED, ())
                if j > k
            )
            if holds or (includes and k == received[0]):
                reading = "received_altogether" if c.reading else None
                self._claims[k] = replace(c, subject="received_altogether", reading=reading)
        for k, c in enumerate(self._claims):
            is_sum = c.subject == "other" and any(c.value == n + b for n in new for b in carried)
            if is_sum and _SUM.search(self._text, max(0, c.span[0] - 4), c.span[0]):
                self._claims[k] = replace(c, subject="received_altogether", reading="received_altogether")
        if by_subject.get("other_result") or by_subject.get("declined"):
            first = min((*by_subject.get("other_result", ()), *by_subject.get("declined", ())))
            inside = "其中" in self._text[: self._claims[first].span[0]]
            for k in by_subject.get("handled_total", ()):
                if not inside:
                    self._claims[k] = replace(self._claims[k], reading=None)
        # Where one subject has two figures in a sentence, the later ones may be of a part.
        for subject in ("handled_total", *_RECEIVED):
            own = [
                k
                for k, c in enumerate(self._claims)
                if c.subject == subject and c.reading and c.column_code is None and "@" not in c.reading
            ]
            for k in own[1:]:
                if self._claims[k].value != self._claims[own[0]].value:
                    self._claims[k] = replace(self._claims[k], reading=None)
