"""Documents made to be slow: each ends with a row and a reason, long before anybody would call it hanging."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from pipeline.document import parse_document
from pipeline.model import ParsedReport, SourceFile, Unusable
from tests.extract.reports import one_cell_a_line, report, rows

LIMIT_SECONDS = 60
REPORT = report(one_cell_a_line(rows()))
HOSTILE = {
    "a line of pipes": "|" * 300_000,
    "lines of pipes": ("|" * 300 + "\n") * 1_000,
    "digits": "1" * 300_000,
    "a digit a line": "1\n" * 60_000,
    "blanks": " " * 300_000 + "x",
    "dashes": "-" * 100_000 + "|" * 100_000,
    "one label": "一、本年新收政府信息公开申请数量\n" * 5_000,
    "one character": "公" * 300_000,
    "one heading": "一、总体情况\n" * 20_000,
    "one heading, glued": "正文。一、总体情况" * 20_000,
    "one title": "某某局2023年政府信息公开工作年度报告\n" * 5_000,
    "one key": "发布机构：" * 30_000,
    "one date": "2023年1月1日至12月31日，" * 10_000,
    "numbers in columns": (("  1" * 200) + "\n") * 500,
    "a report forty times": REPORT * 40,
    "a report with a long line": REPORT.replace("公开内容还", "1 " * 100_000 + "公开"),
    "a report with numbers in a table": REPORT.replace("一、本年新收政府信息公开申请数量", "7\n" * 10_000),
    "a report with words in a table": REPORT.replace("申请人情况", "某某某某\n" * 10_000),
    # Words that a pattern could read in two ways, so often that it read them in all combinations.
    "a report with quotations and no colon": REPORT.replace("公开内容还", "《某》“某”（某）" * 12 + "公开内容还"),
    "a report with words that are two words": REPORT.replace("2023年，本局", "已有约为" * 30 + "申请3件。2023年，本局"),
    "a report with measures taken": REPORT.replace("公开内容还", "采取的" * 22 + "…\n公开内容还"),
    "a report with endless digits": REPORT.replace("规章\n0\n0\n0", "规章" + "1" * 5_000),
}


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    signal.alarm(LIMIT_SECONDS)
    yield
    signal.alarm(0)


@pytest.mark.parametrize("name", HOSTILE)
def test_it_ends(name: str):
    got = parse_document(HOSTILE[name].encode(), SourceFile("a.txt", "unsorted"))
    if name.startswith("a report"):
        assert isinstance(got, ParsedReport)
        remedies = next(t for t in got.tables if t.table_code == "remedies")
        assert len(remedies.cells) == 15
    else:
        assert isinstance(got, Unusable)
        assert got.reason_code in ("no_report_found", "no_text", "notice_about_reports")


def test_a_row_of_endless_digits_is_never_a_number():
    got = parse_document(HOSTILE["a report with endless digits"].encode(), SourceFile("a.txt", "unsorted"))
    assert isinstance(got, ParsedReport)
    cells = [c for t in got.tables for c in t.cells if c.row_code == "regulations"]
    assert [c.value for c in cells] == [None, None, None]
