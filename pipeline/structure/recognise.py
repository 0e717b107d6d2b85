"""Is it a report? What a document that is none turns out to be, and what is wrong with one that is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline import form
from pipeline.model import Metadata, Section, StatutoryTable, Text, Unusable
from pipeline.structure.headings import SECTIONS

_EXPLAINS = re.compile(r"解读|图解|一图读懂|答记者问")
_NOTICE = re.compile(
    r"关于.{0,40}(?:编制|编写|做好|报送|公布|填报|规范).{0,40}的?(?:通知|函|提示|要求|说明)|编制说明|填报说明|编写指南"
)
_BLANK_FORM = re.compile(r"模板|模版|样表|表样|参考格式|格式文本|\(格式\)|（格式）|（样式）|范本")
_PLACEHOLDER = re.compile(r"[XＸ×*＊_＿○〇]{2,}|\*{2,}")
_ATTACHMENT = re.compile(r"附件|点击下载|下载查看|\.(?:docx?|pdf|wps|xlsx?|ofd)\b", re.IGNORECASE)
_UNFILLED = re.compile(r"\{\{[^{}]{0,60}\}\}|\$\{[^{}]{0,60}\}|<%[^%]{0,60}%>")
_LITTLE = 800
"""Characters of a page that holds no more than a title, a block of metadata and its own furniture."""
_NEXT_TO_NOTHING = 200
_REPORT = re.compile(r"信息公开.{0,8}(?:年度)?报告|信息公开.{0,4}年报")


def not_a_report(
    text: Text,
    meta: Metadata,
    sections: Sequence[Section],
    tables: Mapping[str, StatutoryTable],
    facts: Sequence[tuple[str, str]] = (),
) -> Unusable | None:
    """Why this is no report, or None where it is one. `facts` are the file's own metadata.

    A report has a table of the form, or at least two of its six sections, or (before 2019, when there was no form) the
    title of one and the length of one.
    """
    head = text.text[:1500]
    first_lines = "\n".join(x.text for x in text.lines[:25] if len(x.text) < 90)
    printed = sum(c.printed is not None for t in tables.values() for c in t.cells)
    codes = {s.section_code for s in sections}
    title = meta.title or ""
    if _NOTICE.search(title) or (_NOTICE.search(first_lines) and not printed and len(codes) < 5):
        return Unusable("not_a_report", "notice_about_reports", "A notice about how to write or hand in reports.")
    explains = any(_EXPLAINS.search(x) and _REPORT.search(x) for x in (title, *first_lines.splitlines()))
    if explains and (not printed or len(codes) < 3) and len(tables) < len(form.TABLES):
        return Unusable("not_a_report", "explains_a_report", "A page that explains a report.")
    narrative = sum(s.body_span[1] - s.body_span[0] for s in sections if s.section_code in ("overview", "problems"))
    marked = bool(_BLANK_FORM.search(head) or _PLACEHOLDER.search(title))
    if tables and not printed and (marked or (meta.issuer is None and narrative < 40)):
        return Unusable("not_a_report", "blank_form", "A form without issuer and contents.")
    if tables or len(codes) >= 2:
        return None
    body = text.without_furniture
    solid = len(re.sub(r"\s", "", body))
    counts = {f: int(n) for f, n in facts if f in ("attachments", "images")}
    if _REPORT.search(body[:1500]):
        if solid < _LITTLE and (_ATTACHMENT.search(body) or counts.get("attachments")):
            return Unusable(
                "not_a_report", "only_links_attachment", "A page that holds only the title and a link to an attachment."
            )
        if solid < _LITTLE and counts.get("images"):
            return Unusable("unreadable", "only_images", "The title of a report over pictures, without its text.")
        if meta.title and solid > 600 and (meta.report_year or 9999) < 2019:
            return None
        if meta.title and codes:
            return None
    elif solid < _NEXT_TO_NOTHING and _UNFILLED.search(text.text):
        return Unusable("unreadable", "unfilled_template", "A page whose contents a script would have filled in.")
    return Unusable("not_a_report", "no_report_found", "No sign of an annual report.")


def reservation(
    meta: Metadata, sections: Sequence[Section], tables: Mapping[str, StatutoryTable]
) -> tuple[str, str] | None:
    """(reason code, reason) where a report was read with a reservation, else None."""
    if not tables and meta.report_year is not None and meta.report_year < 2019:
        return "old_style_report", "A report from before 2019, which has no such tables."
    codes = [s.section_code for s in sections]
    if codes and "overview" in codes:
        last = max(SECTIONS.index(c) for c in codes)
        if last <= 3 and "problems" not in codes and "other_matters" not in codes:
            return "truncated", f"The report breaks off in or after the section {SECTIONS[last]!r}."
    return None
