"""Targets of what comes behind reading: normalised text, dates, structure, tables, narrative, the whole document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import pairwise

from pipeline import form
from pipeline.document import parse_document, parse_text
from pipeline.model import Document, ParsedReport, Unusable
from pipeline.narrate import section_features, section_terms
from pipeline.narrate.claims import find_claims
from pipeline.narrate.passages import find_passages
from pipeline.narrate.points import find_points
from pipeline.narrate.tokens import tokens
from pipeline.normalize.dates import find_dates
from pipeline.read import read_document
from pipeline.read.building import Builder, NewCell
from pipeline.structure.headings import NARRATIVES
from tests.conftest import SAMPLE
from tests.extract.reports import one_cell_a_line, report, rows
from tests.fuzz.invariants import (
    SOURCE,
    check_document,
    check_locators,
    check_report,
    check_text,
    check_unusable,
)
from tests.fuzz.readers import sample, small_pages
from tests.fuzz.target import Target, must

_NUMBER = re.compile(r"\d{1,12}", re.ASCII)
_CELL = re.compile(r"(?:(\d{1,2})x(\d{1,2}))?(\??):(.*)", re.DOTALL)
_WIDEST, _HIGHEST = 60, 60


def _text_of(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def plain(text: str) -> Document:
    return Document(text, "text/1", "utf-8")


# ---- normalisation and dates -----------------------------------------------------------------------------------------
def normalisation(data: bytes) -> None:
    check_locators(check_text(plain(_text_of(data))))


def dates(data: bytes) -> None:
    """Dates lie in the text one behind the other, are read the same again, and need no digit that is not printed."""
    text = check_text(plain(_text_of(data))).text
    found = find_dates(text, report_year=2023, title_year=2023)
    must(found == find_dates(text, report_year=2023, title_year=2023), "dates that differ the second time")
    end = 0
    for d in found:
        must(end <= d.span[0] < d.span[1] <= len(text), "a date out of order or of the text", d)
        end = d.span[1]
        must(d.printed == text[slice(*d.span)], "a date that is not printed so", d)
        must((d.start_date is None) == (d.end_date is None), "half a date", d)
        must(
            d.start_date is None or d.start_date <= (d.end_date or d.start_date), "a date that ends before it begins", d
        )
        must(not d.is_repaired or (d.start_date is not None and d.repair_rule), "a repair without a date or rule", d)
        digits = "".join(c for c in d.printed if c.isascii() and c.isdecimal())
        if d.start_date is not None and d.precision == "day" and len(digits) == len(d.printed.replace("-", "")) == 8:
            must(d.start_date.strftime("%Y%m%d") == digits, "a printed digit that the date alters", d)


# ---- structure and tables --------------------------------------------------------------------------------------------
def _judge(document: Document, data: bytes) -> None:
    found = parse_text(document)
    if isinstance(found, Unusable):
        check_unusable(found)
    else:
        check_report(document, found, data)


def report_text(data: bytes) -> None:
    """A report as plain text: sections, tables in every layout, metadata, narrative."""
    _judge(plain(_text_of(data)), data)


def grids_of(data: bytes) -> Document:
    """Lines are paragraphs; a line with `|` is a row of a grid, each of its cells `CxR:text`: columns and rows that it
    covers (`:text` covers one of each; with `?` it was recognised, and not surely). Neighbouring rows are one grid."""
    builder, rows_so_far, frame = Builder(), list[list[re.Match[str]]](), 0

    def write() -> None:
        nonlocal frame
        if rows_so_far:
            frame += 1
            builder.grid(_cells(rows_so_far, frame), frame)
            rows_so_far.clear()

    for line_no, line in enumerate(_text_of(data).split("\n"), 1):
        if "|" in line:
            rows_so_far.append([m for c in line.split("|") if (m := _CELL.fullmatch(c))])
        else:
            write()
            builder.paragraph(line, (("paragraph", line_no),))
    write()
    return builder.document("html/1", "utf-8")


def _cells(table: list[list[re.Match[str]]], number: int) -> Iterator[NewCell]:
    taken: set[tuple[int, int]] = set()
    for row, line in enumerate(table):
        left = 0
        for m in line:
            while (row, left) in taken:
                left += 1
            width, height = max(1, int(m[1] or 1)), max(1, int(m[2] or 1))
            right = left + 1
            while right < min(left + width, _WIDEST) and (row, right) not in taken:
                right += 1
            height = min(height, len(table) - row, _HIGHEST)
            taken |= {(r, c) for r in range(row, row + height) for c in range(left, right)}
            parts = (("table", number), ("row", row + 1), ("column", left + 1))
            yield NewCell(row, height, left, right, m[4], parts, 0.5 if m[3] else None)
            left = right


def report_grids(data: bytes) -> None:
    """A report with positioned tables."""
    document = grids_of(data)
    check_document(document)
    check_locators(check_text(document))
    _judge(document, data)


def written_as_grids(document: Document) -> bytes:
    """The way back from `grids_of`, for seeds."""
    out, at = [], 0
    for grid in document.grids:
        out.append(document.text[at : grid.span[0]].rstrip("\n"))
        lines: dict[int, list[str]] = {}
        for c in grid.cells:
            said = f"{c.right - c.left}x{c.row_span}:{document.text[c.start : c.end]}"
            lines.setdefault(c.row, []).append(said.replace("|", " "))
        out += ["|".join([*cells, ""]) for cells in lines.values()]
        at = grid.span[1] + 1
    return "\n".join([*out, document.text[at:]]).encode()


# ---- narrative -------------------------------------------------------------------------------------------------------
def narrative(data: bytes) -> None:
    """The words of a section; the first byte chooses which."""
    code = NARRATIVES[data[0] % len(NARRATIVES)] if data else NARRATIVES[0]
    text = check_text(plain(_text_of(data[1:]))).text
    found = tokens(text)
    must(all(t.text for t in found), "a word without characters")
    terms = section_terms(code, text)
    must(all(t.count > 0 for t in terms), "a word that does not occur", terms[:3])
    for f in section_features(code, text, report_year=2023):
        must(f.count >= 0 and f.count_denied >= 0, "a feature counted below zero", f)
        must(f.per_1000_characters is None or f.per_1000_characters >= 0, "a rate below zero", f)
    passages, points = find_passages(text, code), find_points(text, code, 2023)
    must([p.passage_no for p in passages] == list(range(1, len(passages) + 1)), "passages numbered wrongly")
    for p in passages:
        must(0 <= p.span[0] < p.span[1] <= len(text), "a passage outside the text", p)
    must([p.point_no for p in points] == list(range(1, len(points) + 1)), "points numbered wrongly")
    for a, b in pairwise(points):
        must(a.span[0] <= b.span[0], "points out of order", (a, b))
    for x in points:
        must(0 <= x.span[0] < x.span[1] <= len(text), "a point outside the text", x)
        must(1 <= x.passage_no <= len(passages), "a point of a passage that there is not", x)
    for c in find_claims(text, code, 2023):
        must(
            c.sentence_span[0] <= c.span[0] < c.span[1] <= c.sentence_span[1] <= len(text),
            "a claim outside its sentence",
            c,
        )
        must(c.printed == text[slice(*c.span)], "a claim that is not printed so", c)
        if _NUMBER.fullmatch(c.printed):
            must(c.value == Decimal(c.printed), "a claim of another number than the printed one", c)


# ---- all of it -------------------------------------------------------------------------------------------------------
def whole_document(data: bytes) -> None:
    """Bytes of a web page or a text, through everything that one document passes; twice with the same result."""
    found = parse_document(data, SOURCE)
    must(found == parse_document(data, SOURCE), "a document that is read otherwise the second time")
    if isinstance(found, ParsedReport):
        document = read_document(data, SOURCE)
        assert isinstance(document, Document)
        check_report(document, found, data)
    else:
        check_unusable(found)


# ---- seeds -----------------------------------------------------------------------------------------------------------
def _reports() -> Iterator[bytes]:
    yield report(one_cell_a_line(rows())).encode()
    for found in (
        "web_2022",
        "word_2022",
        "pdf_columns_2022",
        "pipes_padded_2022",
        "single_spaces_2022",
        "pdf_tabs_2022",
    ):
        yield (SAMPLE / "2023" / f"{found}.txt").read_bytes()
    for found in ("pipes_markdown_2023", "glued_2024", "unbalanced_2024", "misprint_2024", "narrative_disagrees_2024"):
        yield (SAMPLE / "2024" / f"{found}.txt").read_bytes()
    yield (SAMPLE / "2023" / "form_2019_in_2020.txt").read_bytes()
    yield (SAMPLE / "2023" / "old_style_2012.txt").read_bytes()


def _grid_reports() -> Iterator[bytes]:
    for data in (next(small_pages()), (SAMPLE / "2024" / "zone_2023.html").read_bytes()):
        document = read_document(data, SOURCE)
        assert isinstance(document, Document)
        yield written_as_grids(document)


def _dates() -> Iterator[bytes]:
    yield "统计期限自2023年1月1日起至12月31日止。二〇二四年一月十五日\n发布日期：2024-01-31 索引号 2023/1/5".encode()
    yield "自202311日起至1231日止，20241月31日，2023111日，2024年2月30日，２０２３年１月，2021-2025年".encode()
    yield "〔2023〕12号 2023 年 1 月\n2日 20231231 2024.1.5 二○二三年十二月卅一日 元月 截至12月31日".encode()


def _narratives() -> Iterator[bytes]:
    for number, text in enumerate(
        (
            "2023年，本局主动公开政府信息1,234条，收到申请12件，同比增长5.6%，未收到行政复议。（一）加强领导。召开会议3次。",
            "一是公开内容不够丰富；二是队伍建设有待加强。下一步：1.加强培训，2.完善制度。\n存在的主要问题\n（一）意识不强。",
            "收取信息处理费0元。无其他需要报告的事项。本年度办理建议提案三十五件，办结率100%。",
        )
    ):
        yield bytes([number]) + text.encode()


@cache
def field_words() -> tuple[str, ...]:
    """Labels and headings of the form, and what else decides how a report is read."""
    cells = [c for f in form.FORMS for t in form.TABLES for c in form.cell_defs(f, t)]
    labels = dict.fromkeys(x for c in cells for x in (c.row_label, c.group_label, c.column_label) if x)
    headings = dict.fromkeys(f"{h.number}、{h.label}" for h in form.heading_labels())
    return (*labels, *headings, *_MORE.split(" "))


_MORE = "政府信息公开工作年度报告 2023年 2023年度 发布机构：某某局 索引号： 发布日期：2024-01-31 1月1日至12月31日 自2023年1月1日起至12月31日止 \t | │ \n （一） 1. 一、 一是 其中： 合计 总计 0 12 1,234 0.5万元 / 无 — 件 条 % 同比 未收到 没有 收到 主动公开 行政复议 存在的问题 下一步 不够 有待 加强 [bookmark:a] 二〇二三年 －1－ 第1页 万元 {{a}} 2x1: 1x2: :1| ?: ²⁰²³年 ①② ²³ ٣ 2023年度报告"

TARGETS = (
    Target("normalise", normalisation, _reports, field_words(), is_text=True),
    Target(
        "dates",
        dates,
        _dates,
        tuple("年月日号-/.至自起止〇一二十元〔〕") + field_words(),
        is_text=True,
        most_bytes=4_000,
    ),
    Target("report_text", report_text, _reports, field_words(), is_text=True),
    Target("report_grids", report_grids, _grid_reports, field_words(), is_text=True),
    Target("narrative", narrative, _narratives, field_words(), is_text=True),
    Target(
        "whole_document",
        whole_document,
        lambda: (*small_pages(), *_reports(), *sample(".html", most=9_000)),
        field_words(),
        is_text=True,
    ),
)
