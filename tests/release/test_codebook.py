"""The codebook of the sample: its numbers are those of the tables, and nothing that the dataset has is left out."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from selectolax.lexbor import LexborHTMLParser

from pipeline import form, schema
from pipeline.form.breaks import SPLIT, breaks, breaks_of, is_in_form
from pipeline.release import codebook
from pipeline.release.codebook.cautions import cautions, of_column, of_table
from pipeline.release.folder import Folder
from pipeline.store.duckdb_file import built_tables
from pipeline.store.indicators import indicators
from tests.release.folders import edition

FILES = {
    *("index.html", "tables.csv", "columns.csv", "distributions.csv", "codes.csv", "cells.csv", "indicators.csv"),
    *("breaks.csv", "cautions.csv"),
}
Row = dict[str, str]
pytestmark = pytest.mark.xdist_group("codebook")


@pytest.fixture(scope="module")
def folder(with_codebook: Folder) -> Folder:
    return with_codebook


@pytest.fixture(scope="module")
def sql(folder: Folder) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(folder.database), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def page(folder: Folder) -> LexborHTMLParser:
    return LexborHTMLParser((folder.codebook / "index.html").read_text(encoding="utf-8"))


def rows(folder: Folder, name: str) -> list[Row]:
    with (folder.codebook / name).open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def test_it_leaves_nothing_but_its_own_files_behind(folder: Folder):
    assert {p.name for p in folder.codebook.iterdir()} == FILES
    assert {p.name for p in folder.root.iterdir()} == {"data", "codebook"}


def test_every_table_view_and_column_is_in_it(folder: Folder, page: LexborHTMLParser):
    all_ = (*built_tables(), *schema.views())
    assert [r["table"] for r in rows(folder, "tables.csv")] == [t.table for t in all_]
    listed = [(r["table"], r["column"], r["stata_variable"]) for r in rows(folder, "columns.csv")]
    assert listed == [(c.table, c.column, c.variable) for t in all_ for c in t.columns]
    text = page.body.text()
    ids = {n.attributes["id"] for n in page.css("[id]")}
    for t in all_:
        assert f"table-{t.table}" in ids
        assert t.description_en.replace("`", "") in text and t.description_zh.replace("`", "") in text
        for c in t.columns:
            name = c.column.removesuffix("_status") if t.table == "reports_wide" else c.column
            assert f"column-{t.table}-{c.column}" in ids or name in text
            assert c.variable in text


def test_the_figures_of_every_column_are_those_of_sql(folder: Folder, sql: duckdb.DuckDBPyConnection):
    types = {(c.table, c.column): c.type for t in built_tables() for c in t.columns}
    checked = 0
    for r in rows(folder, "columns.csv"):
        if (r["table"], r["column"]) not in types:
            continue
        c, kind = r["column"], types[r["table"], r["column"]]
        counted = sql.execute(
            f"SELECT count(*), count(*) - count({c}), count(DISTINCT {c}) FROM {r['table']}"
        ).fetchone()
        assert counted == (int(r["rows"]), int(r["missing"]), int(r["distinct"])), r
        assert r["distinct_is_estimate"] == "false", "the sample is small"
        if kind in ("string", "bool"):
            continue
        found = sql.execute(
            f"SELECT min({c}), quantile_disc({c}, 0.25), quantile_disc({c}, 0.5), quantile_disc({c}, 0.75), max({c}) "
            f"FROM {r['table']}"
        ).fetchone()
        told = [r[k] for k in ("lowest", "p25", "p50", "p75", "highest")]
        if kind == "date":
            assert told == ["" if v is None else str(v) for v in found], r
        else:
            assert [number(t) for t in told] == [None if v is None else Decimal(str(v)) for v in found], r
        checked += 1
    assert checked > 50


def test_the_bars_add_up_to_the_rows_that_have_a_value(folder: Folder):
    columns = {(r["table"], r["column"]): r for r in rows(folder, "columns.csv")}
    sums: dict[tuple[str, str], int] = {}
    for r in rows(folder, "distributions.csv"):
        if r["kind"] == "range":
            sums[r["table"], r["column"]] = sums.get((r["table"], r["column"]), 0) + int(r["rows"])
    assert len(sums) > 50
    for at, total in sums.items():
        assert total == int(columns[at]["rows"]) - int(columns[at]["missing"]), at


def test_every_cell_of_both_forms_stands_where_the_form_has_it(folder: Folder):
    cells = {(r["table_code"], r["row_code"], r["column_code"]): r for r in rows(folder, "cells.csv")}
    asked = [(f, c) for f in form.FORMS for t in form.TABLES for c in form.cell_defs(f, t)]
    assert set(cells) == {(c.table_code, c.row_code, c.column_code) for _, c in asked}
    for f, c in asked:
        r = cells[c.table_code, c.row_code, c.column_code]
        assert f in r["forms"].split()
        assert (r[f"row_zh_{f}"], r[f"column_zh_{f}"], r[f"unit_{f}"]) == (c.row_label, c.column_label, c.unit)
    denied = cells["applications", "denied_state_secret", "enterprise"]
    assert (denied["row_no_2021"], denied["column_no_2021"], denied["section_zh"][:2]) == ("5", "2", "三、")
    assert cells["applications", "other_other", "total"]["row_no_2019"] == ""
    assert cells["applications", "carried_out", "total"]["row_no_2019"] == "23"


def test_the_figures_of_every_cell_are_those_of_sql(folder: Folder, sql: duckdb.DuckDBPyConnection):
    found = {
        tuple(at): rest
        for *at, rest in sql.execute(
            """SELECT table_code, row_code, column_code, [count(*),
            round(avg((obs_status = 'A')::INT), 6), round(avg((obs_status = 'U')::INT), 6),
            round(avg((obs_status = 'I')::INT), 6), round(avg((obs_status = 'O')::INT), 6),
            round(avg((obs_status = 'M')::INT), 6), round(avg((obs_status = 'K')::INT), 6),
            count(value), round(avg((value = 0)::INT), 6), min(value), quantile_disc(value, 0.25),
            quantile_disc(value, 0.5), quantile_disc(value, 0.75), max(value)] FROM cells GROUP BY ALL"""
        ).fetchall()
    }
    names = "rows share_printed share_doubted share_deduced share_open share_not_applicable share_in_other_row numbers"
    names += " share_zero lowest p25 p50 p75 highest"
    for r in rows(folder, "cells.csv"):
        of_sql = found.get((r["table_code"], r["row_code"], r["column_code"]), [0, *[None] * 6, 0, *[None] * 6])
        for name, value in zip(names.split(), of_sql, strict=True):
            told = number(r[name])
            assert (told is None) == (value is None), (r, name)
            assert told is None or abs(told - Decimal(str(value))) <= Decimal("0.000001"), (r, name)
    (year,) = sql.execute("SELECT count(*) FROM reports WHERE form_applications = '2019'").fetchone()
    (one,) = [r for r in rows(folder, "cells.csv") if (r["row_code"], r["column_code"]) == ("granted", "total")]
    assert int(one["rows_2019"]) == year > 0


def test_every_cell_leads_to_its_column_of_the_wide_table(folder: Folder):
    wide = {c.column: c for c in schema.view("reports_wide").columns}
    used = set()
    for r in rows(folder, "cells.csv"):
        column = wide[r["reports_wide_column"]]
        used |= {column.column, f"{column.column}_status"}
        if r["row_code"].startswith("other_") and r["table_code"] == "applications":
            assert r["reports_wide_column"] == f"applications_other_{r['column_code']}" and not r["stata_variable"]
        else:
            status = wide[f"{column.column}_status"]
            assert (r["stata_variable"], r["stata_status_variable"]) == (column.variable, status.variable)
    assert used == {c for c in wide if c.split("_")[0] in form.TABLES}


def test_every_code_is_in_it_with_its_number_label_and_rows(folder: Folder, sql: duckdb.DuckDBPyConnection):
    told = rows(folder, "codes.csv")
    page_text = (folder.codebook / "index.html").read_text(encoding="utf-8").replace("<wbr>", "")
    counted: dict[tuple[str, str, bool], dict[tuple[str, ...], int]] = {}
    by_list: dict[tuple[str, ...], list[Row]] = {}
    for r in told:
        by_list.setdefault((r["codelist"], r["table_code"], r["code"]), []).append(r)
    for of in schema.codes_rows():
        found = by_list[of["codelist"], of["table_code"], of["code"]]
        assert found, of
        for r in found:
            assert int(r["code_number"]) == schema.code_number(of["codelist"], of["code"])
            assert of["label_zh"] in (r["label_zh"], r["label_zh_before"]) and r["label_en"] == of["label_en"]
            assert of["form"] in r["forms"].split() or not of["form"]
            if r["used_in_table"]:
                where = r["used_in_table"], r["used_in_column"], bool(of["table_code"])
                if where not in counted:
                    by = f"{where[1]}, table_code" if where[2] else where[1]
                    answer = sql.execute(f"SELECT {by}, count(*) FROM {where[0]} GROUP BY ALL").fetchall()
                    counted[where] = {tuple(at): n for *at, n in answer}
                at = (of["code"], of["table_code"]) if where[2] else (of["code"],)
                assert counted[where].get(at, 0) == int(r["rows"]), r
        assert f"<code>{of['code']}</code>" in page_text
    used = {(r["used_in_table"], r["used_in_column"]) for r in told}
    lists = {(c.table, c.column) for t in built_tables() for c in t.columns if c.codelist not in ("", "row", "column")}
    assert lists <= used


def test_numbers_on_the_page_are_those_of_the_files(folder: Folder, page: LexborHTMLParser):
    for r in rows(folder, "tables.csv"):
        if r["rows"]:
            heading = page.css_first(f"#table-{r['table']} h3").text()
            assert f"{int(r['rows']):,} rows" in heading.replace("\xa0", " ")
    cells = [t.text(strip=True) for t in page.css("#column-cells-value td")]
    (r,) = [r for r in rows(folder, "columns.csv") if (r["table"], r["column"]) == ("cells", "value")]
    assert cells[1] == f"{int(r['missing']) / int(r['rows']) * 100:.1f} %" and cells[2] == f"{int(r['distinct']):,}"
    assert cells[3].replace(",", "").replace("−", "-") == f"{r['lowest']}·{r['p50']}·{r['highest']}"
    picture = page.css_first("#column-cells-value title").text()
    bars = [b for b in rows(folder, "distributions.csv") if (b["table"], b["column"]) == ("cells", "value")]
    assert picture == " · ".join(f"{b['value']}: {int(b['rows']):,}" for b in bars)


def test_every_break_and_indicator_is_on_the_page(folder: Folder, page: LexborHTMLParser):
    for b in breaks():
        article = page.css_first(f"#break-{b.break_code}").text()
        for text in (b.title_en, b.title_zh, b.note_en, b.note_zh, b.bridge_en, b.bridge_zh):
            assert text.replace("`", "") in article
        for r in {*b.rows_from, *b.rows_to}:
            heading = page.css_first(f"#row-{b.table_code}-{r}")
            assert f"#break-{b.break_code}" in [a.attributes["href"] for a in heading.css("a")]
    assert [r["break"] for r in rows(folder, "breaks.csv")] == [b.break_code for b in breaks()]
    for i in indicators():
        assert i.link_note_zh in page.css_first(f"#indicator-{i.indicator}").text()


def test_breaks_and_indicators_do_not_contradict_each_other():
    """An indicator links if each of its cells is in both forms, or in a row all of which a break joins."""
    for i in indicators():
        of_cells = [(c, breaks_of(*c)) for c in (*i.numerator, *i.denominator)]
        if i.links == "links":
            assert all(b.links for _, found in of_cells for b in found), i.indicator
            for cell, found in of_cells:
                for b in (b for b in found if b.kind == SPLIT):
                    others = {(b.table_code, r, cell.column_code) for _, r, c in b.cells if c == cell.column_code}
                    assert others <= {tuple(c) for c, _ in of_cells}, f"{i.indicator}: all rows that one row stands for"
        else:
            only = i.links.removeprefix("only_")
            other = next(f for f in form.FORMS if f != only)
            assert any(found and not is_in_form(other, *c) for c, found in of_cells), i.indicator


def test_cautions_name_tables_and_columns_that_exist_and_stand_there(page: LexborHTMLParser):
    known = {t.table: {c.column for c in t.columns} for t in (*built_tables(), *schema.views())}
    for c in cautions():
        assert all((c.title_en, c.title_zh, c.text_en, c.text_zh, c.about))
        assert c.text_en.replace("`", "") in page.css_first(f"#caution-{c.caution}").text()
        for about in c.about:
            table, _, column = about.partition(".")
            assert not column or column in known[table], about
            shown = page.css_first(f"#table-{table} .mind")
            assert f"#caution-{c.caution}" in [a.attributes["href"] for a in shown.css("a")]
            if column:
                at = page.css_first(f"#column-{table}-{column}")
                assert f"#caution-{c.caution}" in [a.attributes["href"] for a in at.css("a")]
    assert of_table("cells")[0].caution == "blank_is_not_zero"
    assert [c.caution for c in of_column("reports", "period_start")] == ["part_years"]


def test_every_link_of_the_page_leads_somewhere(folder: Folder, page: LexborHTMLParser):
    ids = [n.attributes["id"] for n in page.css("[id]")]
    assert len(ids) == len(set(ids))
    for href in {n.attributes["href"] for n in page.css("[href]")}:
        assert href[1:] in ids if href.startswith("#") else (folder.codebook / href).is_file(), href


def test_the_same_tables_in_another_order_give_the_same_bytes(folder: Folder, tmp_path: Path):
    again = Folder(tmp_path / "again")
    (again.data / "parquet").mkdir(parents=True)
    with duckdb.connect() as connection:
        for path in sorted((folder.data / "parquet").iterdir()):
            target = again.data / "parquet" / path.name
            connection.execute(
                f"COPY (SELECT * EXCLUDE n FROM (SELECT *, row_number() OVER () AS n FROM read_parquet('{path}')) "
                f"ORDER BY n DESC) TO '{target}' (FORMAT parquet)"
            )
    again.codebook.mkdir()
    for name in FILES:
        (again.codebook / name).write_text(
            "of a run before, and longer than what comes now" * 100_000, encoding="utf-8"
        )
    codebook.write(again, edition("1.0.0"))
    for name in FILES:
        assert (again.codebook / name).read_bytes() == (folder.codebook / name).read_bytes(), name


def test_a_release_without_reports_has_a_codebook_too(folder: Folder, tmp_path: Path):
    empty = Folder(tmp_path / "empty")
    (empty.data / "parquet").mkdir(parents=True)
    for t in built_tables():
        schema.empty_frame(t.table).write_parquet(empty.parquet(t.table))
    codebook.write(empty, edition("1.0.0"))
    assert {r["rows"] for r in rows(empty, "tables.csv")} == {"0", ""}
    assert {r["share_printed"] for r in rows(empty, "cells.csv")} == {""}, "a share of nothing is no share"
