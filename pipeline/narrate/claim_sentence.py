"""Reads the figures and denials of one sentence from left to right, clause by clause."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from pipeline.model import Claim
from pipeline.narrate.claim_clauses import MOST_IN_CLAUSE, Clause, with_carries
from pipeline.narrate.claim_clauses import clauses as split
from pipeline.narrate.claim_denials import denials
from pipeline.narrate.claim_figures import Figure, masked
from pipeline.narrate.claim_labels import (
    APPLICATIONS,
    PART_WITH_CELL,
    REMEDIES,
    RESULTS,
    ROLES,
    Label,
    Meaning,
    Topic,
    label_of,
)
from pipeline.narrate.claim_neighbours import (
    carried_on,
    changed,
    columns_of_part,
    is_lone,
    is_of_some,
    label_before,
    of_both,
)
from pipeline.narrate.claim_scopes import Scopes, without_organs
from pipeline.narrate.claim_subjects import label_meaning
from pipeline.narrate.claim_sums import judged, unrelate
from pipeline.narrate.claim_words import words_in

_UNRELATED = re.compile(r"无关|[不未](?:涉及|属于|是)[^，。；]{0,10}信息公开|非(?:政府)?信息公开")
_AMONG = re.compile("的?(?:政府)?(?:信息公开)?申请件?当?中")
_ORGANS = re.compile(
    "(?:部门|单位|机关|系统|镇|乡|街道|局|委|办|院|所|队|站|厅|处|中心|学校|社区|[县区市])(?:机关)?(?:全年|当年)?(?:共|各)?(?:分别|依次)"
)
_ITEM = re.compile(r"分别(?:为|是)|[主]?要?涉及|[事]?由为|内容为|类别为")
_RESPECTIVELY = re.compile("分别|依次")
_RECEIVED = ("received_new", "received_altogether")
_CARRIED = "carried_in"
_COLUMN_READERS = (*_RECEIVED, "carried_in", "carried_out", "handled_total", *RESULTS)
_MOST_UNKNOWN = 2
MOST_CLAIMS = 200
"""Of one sentence."""


class Sentence:
    """One sentence: `claims()` gives its claims with spans in it; `topic` is what it leaves the next one speaking of."""

    def __init__(self, text: str, section_code: str, report_year: int | None, topic: Topic) -> None:
        self._section = section_code
        self._raw, self._year = text, report_year
        self._text = without_organs(masked(with_carries(text, report_year)))
        self.topic = topic
        self._claims: list[Claim] = []
        self._is_list = False
        self._doubtful = False
        self._columns: set[str] = set()
        self._column: str | None = None
        self._is_total_stated = False
        self._grown: Label | None = None

    def claims(self) -> tuple[Claim, ...]:
        clauses = list(split(self._text))
        self._look_ahead(clauses)
        if not any(c.figures for c in clauses) and (topic := self._topic_behind(clauses)) is not None:
            self.topic = topic
            return ()
        self._begin_part(clauses, 0)
        self._scopes = Scopes(self._raw, self._text, self._year)
        for k, clause in enumerate(clauses):
            if len(self._claims) >= MOST_CLAIMS:
                break
            if self._text[clause.start - 1] in "；;" and k:
                self._begin_part(clauses, k)
                self._scopes.leave_growth()
            self._scopes.enter(clause.start, clause.end)
            self._scopes.take(clause.start, clause.figures[0].start if clause.figures else clause.end)
            if clause.figures:
                self._read_figures(clauses, k)
            else:
                self._read_words(clause)
            for d in denials(self._text, clause.start, clause.end, clause.figures, self.topic):
                self._emit(d.start, d.end, Decimal(0), None, d.meaning, compared=True)
                self.topic = self.topic.after(d.meaning)
            words = words_in(self._text, clause.start, clause.end) if clause.figures else ()
            growth = next((w for w in words if "growth" in w.kinds), None)
            if growth is not None:
                self._scopes.leave_growth()
                self._grown = label_of(self._text, clause.start, growth.start)
        return tuple(sorted(judged(self._text, self._claims), key=lambda c: c.span))

    def _topic_behind(self, clauses: list[Clause]) -> Topic | None:
        """What a sentence without figures leaves its paragraph speaking of; None where it denies something."""
        topic = self.topic
        for clause in clauses:
            topic = topic.named_by(label_of(self._text, clause.start, clause.end))
            if next(denials(self._text, clause.start, clause.end, (), topic), None) is not None:
                return None
        return topic

    def _look_ahead(self, clauses: list[Clause]) -> None:
        """The noun may come last (通过信函收到4件、网络收到2件，共收到申请6件)."""
        if self.topic.topic is not None:
            return
        label = label_of(self._text, 0, min(len(self._text), MOST_IN_CLAUSE))
        kinds = label.kinds
        if kinds & {"application", "application_weak"} and not kinds & {"remedy", "foreign", "fees", "proactive"}:
            self.topic = replace(self.topic, topic=APPLICATIONS)
        elif label.has("partial", "denied") and not kinds & {"remedy", "fees", "proactive"}:
            nouns = {self._text[w.start : w.end] for w in label.words if "foreign" in w.kinds}
            if nouns <= {"公开"}:
                self.topic = replace(self.topic, topic=APPLICATIONS)

    def _begin_part(self, clauses: list[Clause], k: int) -> None:
        """A lone applicant gives the column of a part of the sentence."""
        self._columns, self._column, self._is_total_stated = columns_of_part(self._text, clauses, k), None, False

    def _read_words(self, clause: Clause) -> None:
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
        if said.has("applicant") and not said.has(*ROLES, "negation", "all", "remedy"):
            # 申请人以自然人为主，共收到29件: of all or of these.
            self._doubtful = True
        if said.has("listing") and not said.has(*ROLES):
            self._is_list = True
        if _UNRELATED.search(self._text, clause.start, clause.end):
            unrelate(self._claims)
        self.topic = self.topic.named_by(said)
        if said.has("growth"):
            self._scopes.leave_growth()

    def _read_figures(self, clauses: list[Clause], k: int) -> None:
        clause = clauses[k]
        own = clause.figures
        edges = [clause.start, *(x for f in own for x in (f.start, f.end)), clause.end]
        gaps = [label_of(self._text, edges[i], edges[i + 1]) for i in range(0, len(edges), 2)]
        if self._read_respectively(clause, gaps):
            return
        if (m := changed(self._text, own, gaps, self.topic, self._section)) is not None:
            former = replace(m, scope="other_year")
            self._emit(own[0].start, own[0].end, own[0].value, own[0].unit, former, compared=True)
            self._scopes.leave_growth()
            self._scopes.take(own[0].end, own[1].start)
            self._emit(own[1].start, own[1].end, own[1].value, own[1].unit, m, compared=True)
            self.topic = self.topic.after(m)
            return
        stands_first = gaps[0].is_empty or (gaps[0].is_light and not gaps[1].is_empty and gaps[1].speaks)
        for i, f in enumerate(own):
            if stands_first and i + 1 < len(own) and _AMONG.match(self._text, f.end):
                # 17件申请中已答复16件
                self._emit(f.start, f.end, f.value, f.unit, Meaning("other"), compared=False)
                stands_first = False
                continue
            if i > 0:
                self._scopes.take(own[i - 1].end, f.start)
            if stands_first:
                label, other = gaps[i + 1], gaps[i] if i == 0 else None
                if label.is_empty and i == len(own) - 1:
                    label = label_before(self._text, clauses, k, gaps[i])
            else:
                label, other = gaps[i], gaps[i + 1] if i == len(own) - 1 else None
                if i > 0 and (label.is_empty or (other and other.speaks and is_lone(self._text, label))):
                    label, other = gaps[i + 1], None
                elif i == 0 and len(own) == 1 and other and other.has("channel", "late") and is_lone(self._text, label):
                    label, other = other, None
                elif i == 0 and len(own) == 1 and is_lone(self._text, label):
                    label = label_before(self._text, clauses, k, label)
            if i > 0 and is_of_some(self._text, gaps[i - 1], own[i - 1]) and label.has("handled"):
                part = Meaning("handled_total", scope="part", topic=APPLICATIONS)
                self._emit(f.start, f.end, f.value, f.unit, part, compared=False)
                continue
            if len(own) == 1 and (out := carried_on(self._text, clauses, k, label, self.topic)) is not None:
                label = out
            self._read_figure(f, label, other)
        if _UNRELATED.search(self._text, own[-1].end, clause.end):
            unrelate(self._claims)

    def _read_respectively(self, clause: Clause, gaps: list[Label]) -> bool:
        """维持、纠正分别为2件、1件: as many words of one kind as figures."""
        n, said = len(clause.figures), gaps[0]
        if (
            n < 2
            or _RESPECTIVELY.search(self._text, said.start, said.end) is None
            or not all(g.is_light for g in gaps[1:])
        ):
            return False
        for kind in ("outcome", "applicant", "remedy", "result", "role", "channel"):
            listed = said.listed(kind)
            if len(listed) == n:
                for f, w in zip(clause.figures, listed, strict=True):
                    self._read_figure(f, said.only(kind, w), None)
                return True
        times = self._scopes.times(said.start, said.end)
        if len(times) == n:
            for f, time in zip(clause.figures, times, strict=True):
                self._scopes.time = time
                self._read_figure(f, said, None)
            return True
        if said.has("listed_organ") or _ORGANS.search(self._text, said.start, said.end):
            self._scopes.scope, self._scopes.is_compared = "part", False
            for f in clause.figures:
                self._read_figure(f, replace(said, unknown=0), None)
            return True
        # Which figure belongs to which word is not sure.
        for f in clause.figures:
            self._emit(f.start, f.end, f.value, f.unit, Meaning("other"), compared=False)
        return True

    def _read_figure(self, f: Figure, label: Label, other: Label | None) -> None:
        if (item := self._item(f, label)) is not None:
            self._emit(f.start, f.end, f.value, f.unit, item, compared=False)
            return
        if self._grown is not None and is_lone(self._text, label):
            # 受理申请较去年增加3件，达到11件.
            if self._grown.speaks:
                label = self._grown
            elif (row := self.topic.row) is not None:
                self._emit(f.start, f.end, f.value, f.unit, replace(row, reading=None), compared=not f.is_approximate)
                return
        for m in label_meaning(label, other, self.topic, self._section, f):
            if (m.subject == "other" and f.is_numeral and m.scope is None) or (
                f.is_bare and m.topic not in (APPLICATIONS, REMEDIES, "fees")
            ):
                continue
            if m.topic == APPLICATIONS:
                m = Meaning("other") if self._is_doubtful(m) else self._with_column(m, label)
            elif m.topic == REMEDIES:
                m = of_both(self._text, m, label, self._claims)
            self._emit(f.start, f.end, f.value, f.unit, m, compared=not f.is_approximate)
            self.topic = self.topic.after(m)
            if (
                m.subject == "other"
                and self.topic.topic is None
                and (label.unknown > _MOST_UNKNOWN or label.has("received", "handled"))
            ):
                # 大厅受理事项1856件，办结1854件: something of which the lexicon knows nothing.
                self.topic = replace(self.topic, topic="other")

    def _item(self, f: Figure, label: Label) -> Meaning | None:
        """内容涉及征地12件、规划5件: what the applications were about is no subject of its own."""
        topic = self.topic
        speaks = label.has(*ROLES, "application", "remedy", "applicant", "proactive", "fees", "outcome")
        said = self._text[label.start : label.end]
        if topic.topic != APPLICATIONS or f.unit not in ("件", "条", "份", "宗", "起", "项", "个", "例"):
            self._is_list = False
            return None
        if label.has("listing") or _ITEM.search(said):
            self._is_list = not speaks and (label.has("listing") or label.unknown > 0 or label.has("foreign"))
        elif speaks or "\0" in said:
            self._is_list = False
        if not self._is_list:
            return None
        row = topic.row if topic.row is not None else Meaning("received_new")
        return replace(row, reading=None, column_code=None, columns=None, scope="part", topic=None)

    def _is_doubtful(self, m: Meaning) -> bool:
        """Whose applications the figure counts is not sure: the clause before named an applicant and no figure."""
        was, self._doubtful = self._doubtful, False
        return was and m.topic == APPLICATIONS and m.column_code is None and m.subject in (*_RECEIVED, "handled_total")

    def _with_column(self, m: Meaning, label: Label) -> Meaning:
        """对自然人的申请予以公开5件，部分公开2件: the applicant named first, and alone, holds for all of them."""
        if m.subject not in _COLUMN_READERS or m.columns or m.scope:
            return m
        if m.column_code is not None:
            if not self._is_total_stated and len(self._columns) == 1 and not label.has("inside"):
                self._column = m.column_code
            return m
        if self._column is None or label.has("jointly"):
            self._is_total_stated, self._column = True, None
            return m
        return replace(m, column_code=self._column)

    def _emit(self, start: int, end: int, value: Decimal, unit: str | None, m: Meaning, *, compared: bool) -> None:
        time, own = self._scopes.time, self._scopes.scope
        with_cell = m.scope == PART_WITH_CELL
        said = "part" if with_cell else m.scope
        scope = said if said == "unstated" else time or said or own
        if m.subject == _CARRIED and scope == "other_year":
            scope = own
        whose = own if with_cell and not time else scope
        is_own = whose in ("unstated", "organ") or (whose == "whole" and self._scopes.is_compared)
        reading = m.reading if compared and is_own else None
        if reading and m.columns:
            reading = f"{reading}@{m.columns}"
        # About forty is no figure of a table.
        subject, column = (m.subject, m.column_code) if compared or m.scope == "part" else ("other", None)
        self._claims.append(Claim((start, end), (0, 0), "", subject, column, scope, value, unit, reading))
