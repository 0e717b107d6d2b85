"""The schema holds what the contract promises, and refuses what departs from it."""

import polars as pl
import pytest

from pipeline import schema
from pipeline.store.indicators import forms_of, indicators

CONTRACT = {
    "documents": "document_id",
    "reports": "report_id",
    "issuers": "issuer_id",
    "sections": "report_id section_code",
    "cells": "report_id table_code row_code column_code",
    "repairs": "report_id table_code solution_no row_code column_code",
    "corrections": "correction_id",
    "date_mentions": "report_id mention_no",
    "claims": "report_id claim_no",
    "features": "report_id section_code feature",
    "passages": "report_id passage_no",
    "points": "report_id point_no",
    "point_links": "report_id point_no earlier_report_id earlier_point_no",
    "terms": "report_id section_code term",
    "vocabulary": "term",
    "dictionaries": "dictionary",
    "reuse_pairs": "report_id section_code other_report_id",
    "reuse": "report_id section_code",
    "flags": "flag_id",
    "rules": "rule_code",
    "codes": "codelist form table_code code",
    "indicators": "report_id indicator",
}


def test_tables_and_keys_of_the_contract() -> None:
    assert {t.table: " ".join(t.key) for t in schema.tables()} == CONTRACT


def test_every_column_is_described_in_both_languages_and_names_a_known_code_list() -> None:
    lists = {r["codelist"] for r in schema.codes_rows()}
    for t in schema.tables():
        for c in t.columns:
            assert c.description_en and c.description_zh, f"{t.table}.{c.column}"
            assert not c.codelist or c.codelist in lists, f"{t.table}.{c.column}"


def test_every_key_column_is_never_null() -> None:
    for t in schema.tables():
        assert all(not c.nullable for c in t.columns if c.column in t.key)


def test_indicators_speak_of_cells_of_the_form() -> None:
    assert [i.indicator for i in indicators()] == list(schema.codelist("indicator"))
    for i in indicators():
        for cell in (*i.numerator, *i.denominator):
            assert forms_of(cell), (i.indicator, cell)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"indicator": "x"}, "not in indicator"),
        ({"report_id": None}, "holds null"),
        ({"surplus": 1}, "unknown columns"),
    ],
)
def test_a_frame_that_departs_is_refused(change: dict[str, object], says: str) -> None:
    row = {"report_id": "r", "indicator": "share_granted", "value": 0.5, "unit": "share", "obs_status": "A"}
    row |= {"numerator": 1, "denominator": 2}
    schema.conform("indicators", pl.DataFrame([row]))
    with pytest.raises(schema.SchemaMismatch, match=says):
        schema.conform("indicators", pl.DataFrame([{**row, **change}]))
    with pytest.raises(schema.SchemaMismatch, match="not unique"):
        schema.conform("indicators", pl.DataFrame([row, row]))
