"""What the pages of the sample say: every cell and finding once, with its status, and the way to the source and back."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from selectolax.lexbor import LexborHTMLParser

from pipeline.cli import main
from pipeline.dossier import html
from pipeline.dossier.facts import Dataset
from pipeline.dossier.page import put_together
from pipeline.dossier.source import Unavailable, Wanted, read
from pipeline.limits import Limits
from pipeline.store.layout import Layout
from tests.conftest import SAMPLE

pytestmark = pytest.mark.xdist_group("dossier")


def rows(build: Path, sql: str, *values: object) -> list[tuple]:
    with duckdb.connect(str(build / "ogi.duckdb"), read_only=True) as connection:
        return connection.execute(sql, values).fetchall()


def page_of(build: Path, pages: Path, path: str) -> LexborHTMLParser:
    ((report_id,),) = rows(build, "SELECT report_id FROM reports WHERE source_path = ?", path)
    return LexborHTMLParser((pages / f"{report_id}.html").read_text(encoding="utf-8"))


def words(node) -> str:
    return " ".join(node.text().split())


def test_every_cell_stands_on_its_page_once_with_its_status_and_what_is_printed(sample_build: Path, pages: Path):
    for (report_id,) in rows(sample_build, "SELECT report_id FROM reports"):
        page = LexborHTMLParser((pages / f"{report_id}.html").read_text(encoding="utf-8"))
        shown = {}
        for td in page.css("td[id^='c-']"):
            assert td.attributes["id"] not in shown
            content = td.css_first(".c > .p")
            shown[td.attributes["id"]] = (td.attributes["class"].split()[0], words(content) if content else None)
            assert td.css_first(".tip") is not None
        sql = """SELECT 'c-' || table_code || '-' || row_code || '-' || column_code, 's-' || obs_status, printed, value
                 FROM cells WHERE report_id = ?"""
        expected = {}
        for anchor, status, printed, value in rows(sample_build, sql, report_id):
            number = None if value is None else f"[{value.normalize():f}]"
            expected[anchor] = (status, number if printed is None else " ".join(printed.split()))
        assert shown == expected


def test_every_finding_stands_on_its_page_once_and_leads_to_what_it_names(sample_build: Path, pages: Path):
    found = Counter()
    for (report_id,) in rows(sample_build, "SELECT report_id FROM reports"):
        page = LexborHTMLParser((pages / f"{report_id}.html").read_text(encoding="utf-8"))
        for li in page.css("li[id^='f-']"):
            found[report_id, li.attributes["id"][2:]] += 1
            zh, en = li.css_first(".zh.message"), li.css_first(".en.message")
            ((message_zh, message_en),) = rows(
                sample_build, "SELECT message_zh, message_en FROM flags WHERE flag_id = ?", li.attributes["id"][2:]
            )
            assert (words(zh), words(en)) == (" ".join(message_zh.split()), " ".join(message_en.split()))
    assert found == Counter(rows(sample_build, "SELECT report_id, flag_id FROM flags"))


def test_every_link_of_a_page_leads_somewhere_on_it_and_no_anchor_stands_twice(pages: Path):
    for path in pages.glob("*.html"):
        page = LexborHTMLParser(path.read_text(encoding="utf-8"))
        anchors = Counter(n.attributes["id"] for n in page.css("[id]"))
        assert set(anchors.values()) <= {1}, path
        for a in page.css("a"):
            href = a.attributes["href"]
            if path.name == "index.html":
                assert (pages / href).is_file()
            else:
                assert href.startswith("#") and href[1:] in anchors, (path, href)
        for n in page.css("[aria-describedby]"):
            assert n.attributes["aria-describedby"] in anchors


def test_a_cell_leads_to_the_number_in_the_source_and_the_number_back(sample_build: Path, pages: Path):
    page = page_of(sample_build, pages, "2024/unbalanced_2024.txt")
    cell = page.css_first("#c-applications-received_new-natural_person a.c")
    assert words(cell.css_first(".p")) == "29"
    mark = page.css_first(f"mark{cell.attributes['href']}")
    assert words(mark) == "29"
    assert mark.css_first("a").attributes["href"] == "#c-applications-received_new-natural_person"
    line = mark.parent.parent
    assert words(line.css_first(".at")) == "75"


def test_a_mismatch_is_marked_at_its_column_and_at_its_evidence(sample_build: Path, pages: Path):
    page = page_of(sample_build, pages, "2024/unbalanced_2024.txt")
    head = page.css_first("#k-applications-natural_person")
    flag = head.css_first("a.flag.error").attributes["href"]
    assert "31" in words(page.css_first(flag)) and "36" in words(page.css_first(flag))
    proof = page.css_first(f"{flag} a.proof").attributes["href"]
    assert page.css_first(f"mark.grave{proof}") is not None


def test_a_blank_is_a_word_and_never_a_zero(sample_build: Path, pages: Path):
    page = page_of(sample_build, pages, "2024/blank_tables_2024.txt")
    cells = page.css("table.applications td.s-O .c")
    assert len(cells) == 175
    assert {words(c) for c in cells} == {"留空 blank O"}


def test_the_form_of_2019_prints_one_row_other_and_lists_apart_what_it_stands_for(sample_build: Path, pages: Path):
    page = page_of(sample_build, pages, "2023/form_2019_in_2020.txt")
    assert [words(n) for n in page.css("table.applications th.row > .form")][-3:] == [
        "（六）其他处理",
        "（七）总计",
        "四、结转下年度继续办理",
    ]
    assert len(page.css("table.others td.s-K")) == 21
    assert len(page.css("table.proactive td[id]")) == 22


@pytest.mark.parametrize("form_code", ["2019", "2021"])
def test_the_tables_are_rectangles(form_code: str):
    from pipeline import form
    from pipeline.dossier.printed import Label, printed

    for table in form.TABLES:
        p = printed(form_code, table)
        assert sorted(p.slots) == sorted((c.row_code, c.column_code) for c in form.cell_defs(form_code, table))
        taken: Counter[tuple[int, int]] = Counter()
        lines = (*p.head, *p.body)
        for y, row in enumerate(lines):
            x = 0
            for item in row:
                while taken[y, x]:
                    x += 1
                for dy in range(item.row_span if isinstance(item, Label) else 1):
                    for dx in range(item.column_span):
                        taken[y + dy, x + dx] += 1
        width = max(x for _, x in taken) + 1
        full = {(y, x) for y in range(len(lines)) for x in range(width)}
        assert {k for k, n in taken.items() if n} == full and set(taken.values()) - {0} == {1}


def test_pages_are_the_same_every_time(sample_build: Path, pages: Path, tmp_path: Path):
    assert main(["dossier", "--all", "--output", str(sample_build), "--to", str(tmp_path)]) == 0
    for path in sorted(pages.iterdir()):
        assert path.read_bytes() == (tmp_path / path.name).read_bytes()


def test_without_its_source_a_page_shows_the_texts_of_the_sections(sample_build: Path, tmp_path: Path):
    with Dataset(Layout(sample_build)) as dataset:
        (report_id,) = dataset.reports_named("2024/unbalanced_2024.txt")
        text = html.page(put_together(dataset, dataset.facts(report_id), Unavailable("source_changed")), dataset)
        page = LexborHTMLParser(text)
        assert "SHA-256" in words(page.css_first(".missing"))
        assert len(page.css("#source h3")) == len(dataset.facts(report_id).sections) > 4
        assert len(page.css("td[id^='c-']")) == 200
        assert not page.css("mark")


def test_a_document_of_two_megabytes_is_shown_around_its_evidence(sample_build: Path):
    """Its own text with prose before and behind, and one line that is very long."""
    with Dataset(Layout(sample_build)) as dataset:
        (report_id,) = dataset.reports_named("2024/unbalanced_2024.txt")
        report = dataset.facts(report_id)
        from pipeline.normalize.text import normalize

        original = read(SAMPLE, Wanted("2024/unbalanced_2024.txt", None, report.document.content_sha256), Limits())
        assert not isinstance(original, Unavailable)
        text = normalize(original.source + "\n" + "字" * 1_000_000 + "\n" + "一行文字。\n" * 200_000)
        made = html.page(put_together(dataset, dataset.facts(report_id), text), dataset)
    page = LexborHTMLParser(made)
    assert len(made) < 900_000
    assert "left out" in words(page.css(".gap")[-1])
    assert words(page.css_first("#c-applications-received_new-natural_person a.c .p")) == "29"
    assert re.search(r"2,\d{3},\d{3} characters", words(page.css_first("#source")))


def test_claims_and_repairs_are_shown_where_the_dataset_has_them(sample_build: Path, tmp_path: Path):
    from pipeline import schema
    from pipeline.normalize.text import normalize

    copy = Layout(tmp_path)
    copy.database.write_bytes(Layout(sample_build).database.read_bytes())
    with duckdb.connect(str(copy.database)) as connection:
        ((report_id,),) = connection.execute(
            "SELECT report_id FROM reports WHERE source_path = '2024/unbalanced_2024.txt'"
        ).fetchall()
        for table in ("claims", "repairs"):
            columns = ", ".join(f"{c.column} {c.sql_type}" for c in schema.table(table).columns)
            connection.execute(f"CREATE OR REPLACE TABLE {table} ({columns})")
        connection.execute(
            "INSERT INTO claims (report_id, claim_no, section_code, sentence, printed, subject, scope, value, unit, "
            "value_in_table, agrees, locator) VALUES (?, 1, 'overview', '收到申请30件。', '30件', 'received_new', 'organ', 30, "
            "'件', 29, false, 'line 3, characters 30-31')",
            [report_id],
        )
        for no, row, before, after in ((1, "handled_total", 34, 29), (2, "received_new", 29, None)):
            connection.execute(
                "INSERT INTO repairs VALUES (?, 'applications', ?, ?, 'total', ?, ?, 'digit', 1.5)",
                [report_id, no, row, before, after],
            )
        connection.execute(
            "UPDATE cells SET value_suggested = 29, value_corrected = 30, correction_id = 'c1' "
            "WHERE report_id = ? AND row_code = 'handled_total' AND column_code = 'total'",
            [report_id],
        )
    with Dataset(copy) as dataset:
        page = LexborHTMLParser(
            html.page(put_together(dataset, dataset.facts(report_id), normalize("一\n二\n三" * 30)), dataset)
        )
    claim = page.css_first("#q-1")
    assert "disagrees" in words(claim) and "30件" in words(claim)
    repairs = words(page.css_first("#repairs"))
    assert "34 → 29" in repairs and "any number of a range" in repairs
    cell = page.css_first("#c-applications-handled_total-total .c")
    assert words(cell).split() == ["34", "→29", "✎30"]
