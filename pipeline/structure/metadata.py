"""What a report says about itself: title, issuer, year, the site's metadata block. What is missing is None."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from pipeline.data_files import table_rows
from pipeline.issuers import issuer_kind
from pipeline.model import DateMention, Line, Metadata, Section, Text
from pipeline.normalize.dates import find_dates

_ELSEWHERE = re.compile(r"^\s*(?:上一篇|下一篇|上一条|下一条|相关|附件|原文|链接)")
_TITLE = re.compile(
    r"(?:政府|政务)信息公开(?:工作)?(?:年度)?(?:工作)?(?:年度)?(?:报告|年报)|政府信息公开(?:工作)?(?:情况)?的?(?:年度)?报告|信息公开.{0,6}年度报告|年度政务公开工作报告"
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年")
_BRACKETED = re.compile(r"[（(〔\[][^（）()〔〕\[\]]*[）)〕\]]")
_OWN_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年(?!\s*\d{1,2}\s*月)")
"""A year that is not part of a date: the year of a law (2019年5月15日) is not the report's."""
_HAN_YEAR = re.compile(r"([一二][〇○ＯO零九0-9一二三四五六七八]{3})\s*年")
_HAN_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "Ｏ": "0", "O": "0"}
_BETWEEN_HAN = re.compile(r"(?<=[\u3000-\u9fff0-9（）()《》])\s+(?=[\u3000-\u9fff0-9（）()《》])")
_DIVISION = re.compile(r"[\u4e00-\u9fff]{2,12}[省市区县州盟旗]")
"""The first line of a wrapped title: the division, the organ's own name below it."""
_ORGAN_END = re.compile(
    r"(?:政府|办公室|办公厅|委员会|管委会|委|局|厅|署|院|所|中心|站|队|处|科|社|区|县|市|省|旗|镇|乡|街道|街道办事处|办事处|"
    r"苏木|开发区|管理处|分局|支队|大队|总队|集团|公司|学校|大学|学院|医院|馆|会|部|行|园)$"
)
_EXTENSION = re.compile(r"\.(?:docx?|pdf|wps|txt|html?)$", re.IGNORECASE)
_ITEM = re.compile(r"\s*(?:\d{1,2}\s*[.、．)）]|[（(]?[一二三四五六七八九十]+[）)、])")
_LABEL = re.compile(r"^(?:内容概述|标题|名称|信息名称|题名|文件名称)\s*[:：]?\s*")
_BREADCRUMB = re.compile(r"[>＞»]|当前位置|您的位置|首页")
_TAIL = re.compile(r"(?:关于)?(?:发布|公布|印发)?$")
_LONGEST_TITLE = 70
_MOST_TITLES = 20

Facts = Sequence[tuple[str, str]]
"""Metadata of the file itself, as `Document.facts`."""


@dataclass(frozen=True, slots=True)
class Block:
    """Fields of the site's metadata block, each with its span: (field, value, start, end)."""

    fields: tuple[tuple[str, str, int, int], ...]

    def first(self, field: str) -> str | None:
        return next((v for f, v, _, _ in self.fields if f == field and v), None)


@cache
def _keys() -> dict[str, str]:
    return {r["key"]: r["field"] for r in table_rows(__package__, "metadata_keys.csv")}


@cache
def _key_pattern() -> re.Pattern[str]:
    keys = sorted(_keys(), key=len, reverse=True)
    loose = (r"\s?".join(re.escape(c) for c in k if c != " ") for k in keys)
    # A key stands at the start of a line or after a blank, and is followed by a colon or a blank.
    return re.compile(
        rf"(?:(?<=^)|(?<=[\s|\[【]))[\[【]?({'|'.join(loose)})[\]】]?(?:\s*[:：]\s*|[ \t|]+|$)", re.MULTILINE
    )


def read_block(text: Text, head_end: int) -> Block:
    """Keys and values in the text before the report proper, on one line each or several on a line."""
    head = text.text[:head_end]
    out = []
    matches = list(_key_pattern().finditer(head))
    for m, following in zip(matches, [*matches[1:], None], strict=False):
        name = re.sub(r"\s", "", m.group(1))
        field = _keys().get(name)
        if field is None:
            continue
        stop = head.find("\n", m.end())
        stop = len(head) if stop < 0 else stop
        if not head[m.end() : stop].strip(" |\t") and (following is None or following.start() > stop + 1):
            # The value stands on the next line.
            nxt = head.find("\n", stop + 1)
            stop = len(head) if nxt < 0 else nxt
        if following is not None:
            stop = min(stop, following.start())
        raw = head[m.end() : stop]
        value = raw.strip(" \t\n|[]【】").split("\t")[0].rstrip()
        if len(value) <= 60:
            start = m.end() + raw.find(value) if value else m.end()
            out.append((field, value, start, start + len(value)))
    return Block(tuple(out))


def is_title(line: str) -> bool:
    """Whether a line is a report's title and nothing else: no item of a list, no sentence that names a report."""
    found = list(_TITLE.finditer(line))
    behind = _BRACKETED.sub("", line[found[-1].end() :]).strip() if found else "-"
    return not behind and not _ITEM.match(line)


def _tidy(text: str) -> str:
    """A title's line without what surrounds it, and without blanks between Chinese characters and digits."""
    text = _LABEL.sub("", text.strip(" \t|#*《》“”\"'【】")).strip()
    return _EXTENSION.sub("", _BETWEEN_HAN.sub("", text)).strip(" 《》")


def _han_year(text: str) -> int | None:
    digits = "".join(_HAN_DIGITS.get(c, c) for c in text)
    return int(digits) if digits.isdigit() and len(digits) == 4 and 1990 <= int(digits) <= 2100 else None


def year_in(text: str) -> int | None:
    """The year that a title names: the one nearest before its last word for a report, else its first; what stands in
    brackets behind (（2024年1月发布）) is none."""
    found = list(_TITLE.finditer(text))
    lead = text[: found[-1].end()] if found else text
    years = _YEAR.findall(_BRACKETED.sub("", lead)) or _YEAR.findall(lead)
    if years:
        return int(years[-1] if found else years[0])
    m = _HAN_YEAR.search(lead)
    return _han_year(m.group(1)) if m else None


def title_lines(text: Text, head_end: int) -> list[tuple[int, str]]:
    """(line number, tidied text) of lines that can be a title, or its last line."""
    out: list[tuple[int, str]] = []
    for i in _may_name_a_report(text.lines):
        line = text.lines[i]
        if line.start >= head_end:
            break
        raw = line.text.strip()
        if line.is_furniture:
            continue
        if not 4 <= len(raw) <= _LONGEST_TITLE or _BREADCRUMB.search(raw) or "。" in raw or _ELSEWHERE.match(raw):
            continue
        if len(out) == _MOST_TITLES:
            break
        if raw.endswith(("：", ":", "；", "，", ",")):
            continue
        if _TITLE.search(_BETWEEN_HAN.sub("", raw)):
            out.append((i, _tidy(raw)))
        elif broken := _broken_title(text.lines, i):
            out.append((i, broken))
    return out


def _may_name_a_report(lines: Sequence[Line]) -> list[int]:
    """The numbers of the lines that have a character of the words for a report, 报告 and 年报, and of the two before each."""
    having = [i for i, x in enumerate(lines) if "报" in x.text]
    return sorted({k for i in having for k in (i - 2, i - 1, i) if k >= 0})


def _broken_title(lines: Sequence[Line], i: int) -> str | None:
    """A title whose last words stand on the next line (…信息公开工作年度 / 报告), joined; None where line i begins none."""
    following = next((x for x in lines[i + 1 : i + 3] if x.text.strip()), None)
    if following is None or following.is_furniture:
        return None
    first, rest = _tidy(lines[i].text), _tidy(following.text)
    found = _TITLE.search(first + rest)
    if found is None or found.start() >= len(first) or found.end() != len(first + rest):
        return None
    return first + rest if len(first + rest) <= _LONGEST_TITLE else None


def _before(lines: Sequence[Line], i: int) -> Line | None:
    """The line before line i, over at most one empty line."""
    for k in (i - 1, i - 2):
        if k < 0:
            return None
        if lines[k].text.strip():
            return None if lines[k].is_furniture else lines[k]
    return None


def find_title(text: Text, head_end: int, block: Block, facts: Facts = ()) -> str | None:
    """The title, over one or several lines. A complete one (organ and year) wins over fragments, one that the file's own
    metadata names over any other, and of two for different years the one nearest to the report; where the text has none,
    the metadata's.
    """
    stated = [t for f, t in facts if f in ("title", "window_title") and _TITLE.search(_tidy(t))]
    values = [(start, end) for _, _, start, end in block.fields if end > start]
    candidates: list[tuple[int, int, str]] = []
    for n, (i, title) in enumerate(title_lines(text, head_end)):
        whole = title
        for _ in range(2):
            if _issuer_of(whole) is not None and year_in(whole) is not None:
                break
            previous = _before(text.lines, i)
            if previous is None or not _continues(previous.text) or not _one_block(text, previous, text.lines[i]):
                break
            if any(start < previous.end and previous.start < end for start, end in values):
                break
            whole = _tidy(previous.text) + whole
            i -= 1
            while i > 0 and not text.lines[i].text.strip():
                i -= 1
        above = text.lines[i - 1].text if i and _one_block(text, text.lines[i - 1], text.lines[i]) else ""
        if _DIVISION.fullmatch(_tidy(above)) and not whole.startswith(_tidy(above)) and not _key_pattern().match(above):
            whole = _tidy(above) + whole
        score = 2 * (_issuer_of(whole) is not None) + (year_in(whole) is not None)
        named = any(whole in _tidy(t) or _tidy(t) in whole for t in stated)
        candidates.append((-score - 4 * named, n, whole))
    if candidates:
        best = min(candidates)
        rivals = [c for c in candidates if c[0] == best[0] and year_in(c[2]) != year_in(best[2])]
        return max(rivals, key=lambda c: c[1])[2] if rivals else best[2]
    return _tidy(next((t for f, t in facts if f == "title" and t in stated), "")) or None


def _one_block(text: Text, a: Line, b: Line) -> bool:
    """Whether two lines stand in one block of the source: a site's header is no part of the title below it."""
    return text.group_at(a.start) == text.group_at(b.start)


def _continues(previous: str) -> bool:
    """Whether the line before belongs to the title: an organ's name or a name and a year, and nothing else."""
    p = _tidy(previous)
    if not 2 <= len(p) <= 40 or _key_pattern().match(previous.strip()) or _BREADCRUMB.search(previous):
        return False
    if re.search(r"[，。；：:,;|/]|\d{4}-\d", p) or _TITLE.search(p):
        return False
    bare = re.sub(r"(?:19|20)\d{2}年?度?$", "", p)
    return bool(_ORGAN_END.search(bare)) or bare == ""


def _issuer_of(title: str) -> str | None:
    """The organ that a title begins with, if it does."""
    m = _TITLE.search(title)
    lead = title[: m.start()] if m else title
    lead = _HAN_YEAR.sub("", re.sub(r"(?:19|20)\d{2}\s*年?(?:度)?(?:的|工作)?", "", lead))
    # A year with a digit too many or too few (20232年, 202年) is no part of the organ's name.
    lead = re.sub(r"\d+\s*年?度?$", "", lead.rstrip("的关于 "))
    lead = re.sub(r"^(?:关于)?(?:发布|公布|印发)?", "", lead)
    lead = _TAIL.sub("", lead.strip(" 《》（）()年度的-—·"))
    return lead if len(lead) >= 3 and not re.fullmatch(r"[\d年度\W]*", lead) else None


_FOOT_LINES = 25
"""Lines at the end of a page among which the signature is looked for."""
_SIGNATURE_SKIP = re.compile(r"^[\s\d年月日〇○零一二三四五六七八九十./-]*$")


def _signature(text: Text) -> str | None:
    """An organ's name alone on a line near the end; in a web page, beside a date, for the site's own lines follow."""
    seen = 0
    dated = False
    for line in reversed(text.lines):
        raw = _tidy(line.text)
        if not raw or line.is_furniture:
            continue
        if _SIGNATURE_SKIP.match(raw):
            dated = dated or any(c.isdigit() for c in raw)
            continue
        seen += 1
        if seen > (3 if not text.places else _FOOT_LINES):
            return None
        is_organ = 4 <= len(raw) <= 30 and _ORGAN_END.search(raw) and not re.search(r"[，。；：、,;:]", raw)
        if is_organ and (dated or not text.places):
            return raw
        dated = False
    return None


def _heading_above(text: Text, head_end: int) -> str | None:
    """An organ's name alone on a line above the title; in a web page that may be the site's, or an entry of its menu."""
    if any(p.group for p in text.places[:1]):
        return None
    for line in text.lines[:12]:
        raw = _tidy(line.text)
        if line.start >= head_end:
            return None
        if line.is_furniture:
            continue
        if 4 <= len(raw) <= 30 and _ORGAN_END.search(raw) and not re.search(r"[，。；：、,;:|>]", line.text):
            return raw
    return None


_BODY_ISSUER = re.compile(
    r"(?:现将|现公布|本报告由|与)\s*([\u4e00-\u9fff]{2,25}?(?:人民政府|委员会|办公室|局|厅|办事处))(?:\d{4}年|联系|编制|发布)"
)


def _day(text: str) -> dt.date | None:
    """The day that a text begins with."""
    first = next(iter(find_dates(text)), None)
    return first.start_date if first and first.precision == "day" and not text[: first.span[0]].strip() else None


def _administrative(name: str | None) -> str | None:
    """The name, where it is an administrative organ's: what a site names as its source may be a newspaper."""
    kind = issuer_kind(name) if name else None
    return name if kind not in (None, "public_body") else None


def read_metadata(
    text: Text,
    title: str | None,
    sections: Sequence[Section],
    block: Block,
    dates: Sequence[DateMention],
    head_end: int,
    facts: Facts = (),
) -> Metadata:
    """The report's metadata. Issuer and year each say from where they were read."""
    stated = dict(reversed(facts))
    publisher = block.first("publisher") or stated.get("publisher")
    meta = Metadata(title=title, index_number=block.first("index_number"), publisher=publisher)
    issuer, basis = _issuer_of(title) if title else None, "title"
    if issuer is None:
        tries = (
            (block.first("publisher"), "publisher"),
            (_signature(text), "signature"),
            (_heading_above(text, head_end), "heading"),
            (m.group(1) if (m := _BODY_ISSUER.search(text.text[: head_end + 600])) else None, "body"),
            (_administrative(block.first("source")), "publisher"),
            (_administrative(stated.get("publisher") or stated.get("source")), "publisher"),
        )
        issuer, basis = next(((x, b) for x, b in tries if x), (None, ""))
    start = next((d.start_date for d in dates if d.role == "period_start" and d.start_date), None)
    end = next((d.end_date for d in dates if d.role == "period_end" and d.end_date), None)
    published = next(
        (d.start_date for d in dates if d.role == "published" and d.start_date and d.precision == "day"), None
    )
    if published is None:
        published = _day(stated.get("published_on", ""))
    year, year_basis = (year_in(title) if title else None), "title"
    if year is None:
        year, year_basis = next((y for f, t in facts if f == "title" and (y := year_in(t))), None), "metadata"
    if year is None and (end or start):
        year, year_basis = (end or start).year, "period"  # type: ignore[union-attr]
    if year is None and sections:
        first = sections[0]
        own = _OWN_YEAR.search(text.text[first.body_span[0] : first.body_span[0] + 200])
        year, year_basis = (int(own[1]) if own else None), "body"
    return replace(
        meta,
        issuer=issuer,
        issuer_basis=basis if issuer else None,
        report_year=year,
        report_year_basis=year_basis if year else None,
        period_start=start,
        period_end=end,
        published_on=published,
    )
