"""Whole-corpus steps: duplicates, issuers, indicators, the DuckDB file and its wide tables."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest

from expectations.examples import frames
from expectations.flags import stage_flags, stage_rules
from expectations.model import Example, Rule
from pipeline import schema
from pipeline.store import corpus, duckdb_file, ids
from pipeline.store.files import replace_parquet
from pipeline.store.indicator_rows import stage_indicators
from pipeline.store.indicators import indicators
from pipeline.store.layout import Layout
from pipeline.textdata.staging import stage_texts
from tests.store.test_work import read

ANY_RULE = Rule("x", "info", "tables", "", "", "", "", "", ())


def stage_example(layout: Layout, example: Example) -> None:
    empty = {t.table: schema.empty_frame(t.table) for t in duckdb_file.built_tables()}
    for table, frame in (empty | frames(ANY_RULE, example)).items():
        replace_parquet(layout.staged_table(table), frame)
    corpus.stage_codes(layout)
    stage_rules(layout)
    stage_flags(layout)
    stage_indicators(layout)


def test_of_the_same_content_the_smallest_path_stays(tmp_path: Path) -> None:
    layout, _ = read(
        tmp_path, {"b/1.txt": "甲局", "a/2.txt": "甲局", "c.txt": "乙 局", "d.txt": "junk", "e.txt": "junk"}
    )
    corpus.stage_corpus(layout)
    tables = {t: pl.read_parquet(layout.staged_table(t)) for t in corpus.CORPUS}
    documents = tables["documents"].sort("source_path")
    assert documents.select("source_path", "outcome", "reason_code").rows() == [
        ("a/2.txt", "parsed", None),
        ("b/1.txt", "duplicate", "same_content"),
        ("c.txt", "parsed", None),
        ("d.txt", "not_a_report", "no_report_found"),
        ("e.txt", "duplicate", "same_content"),
    ]
    kept, copy = documents.row(0, named=True), documents.row(1, named=True)
    assert copy["duplicate_of"] == kept["document_id"] == ids.document_id(kept["content_sha256"])
    assert copy["report_id"] is None
    assert sorted(tables["reports"]["source_path"]) == ["a/2.txt", "c.txt"]
    assert tables["cells"]["report_id"].n_unique() == 2
    assert tables["issuers"].select("issuer", "reports_count", "first_year").sort("issuer").rows() == [
        ("乙局", 1, 2024),
        ("甲局", 1, 2024),
    ]


def test_a_folder_without_any_report_is_a_dataset_too(tmp_path: Path) -> None:
    layout, _ = read(tmp_path, {"a.txt": "junk"})
    corpus.stage_corpus(layout)
    stage_texts(layout)
    corpus.stage_codes(layout)
    stage_rules(layout)
    stage_flags(layout)
    stage_indicators(layout)
    assert all(pl.read_parquet(layout.staged_table(t)).height == 0 for t in ("flags", "indicators"))
    duckdb_file.write_database(layout, layout.staged_database)


EXAMPLE = Example(
    "shares",
    tables={
        "applications": {
            "received_new": "8 0 0 0 0 0 8",
            "granted": "3 0 0 0 0 0 3",
            "partial": "_ _ _ _ _ _ =1",
            "other_uncorrected": "1 0 0 0 0 0 1",
            "other_unpaid_fee": "- - - - - - -",
            "other_other": "2 0 0 0 0 0 2",
            "handled_total": "6 0 0 0 0 0 6",
        },
        "remedies": dict.fromkeys(
            ("reconsideration", "litigation_direct", "litigation_after_reconsideration"), "0 0 0 0 0"
        ),
    },
)


def test_indicators_with_their_weakest_status(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    stage_example(layout, EXAMPLE)
    rows = pl.read_parquet(layout.staged_table("indicators")).select("indicator", "value", "obs_status").rows()
    found = {indicator: (value, status) for indicator, value, status in rows}
    assert set(found) == set(schema.codelist("indicator")) == {i.indicator for i in indicators()}
    assert found["share_granted"] == (0.5, "A")
    assert found["share_granted_or_partial"] == (pytest.approx(2 / 3), "I")
    assert found["share_denied"] == (None, "O")
    assert found["remedies_total"] == (0.0, "A")
    assert found["share_remedies_corrected"] == (None, "M")


def test_the_duckdb_file_explains_itself_and_has_wide_tables(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    stage_example(layout, EXAMPLE)
    path = tmp_path / "x.duckdb"
    duckdb_file.write_database(layout, path)
    with duckdb.connect(str(path), read_only=True) as db:
        comments = dict(db.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall())
        assert "法定表格的每个单元格一行" in comments["cells"]
        (bare,) = db.execute(
            "SELECT count(*) FROM duckdb_columns() WHERE comment IS NULL AND NOT internal AND table_name IN "
            "(SELECT table_name FROM duckdb_tables())"
        ).fetchone() or (None,)
        assert bare == 0
        row = db.execute(
            "SELECT row_label, natural_person, natural_person_status, total, total_status FROM applications "
            "WHERE row_code = 'partial'"
        ).fetchone()
        assert row == ("（二）部分公开", None, "O", Decimal(1), "I")
        assert db.execute(
            "SELECT applications_other_total, applications_granted_total FROM reports_wide"
        ).fetchone() == (
            Decimal(3),
            Decimal(3),
        )
        reserved = {
            k
            for (k,) in db.execute(
                "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'"
            ).fetchall()
        }
        columns = {c for (c,) in db.execute("SELECT column_name FROM duckdb_columns() WHERE NOT internal").fetchall()}
        assert not columns & reserved
