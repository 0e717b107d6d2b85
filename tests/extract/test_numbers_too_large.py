"""Numbers that no table of the dataset can hold (DECIMAL(18,6)): they stay printed, and the document's rows can be written."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from pipeline import form, schema
from pipeline.model import SourceFile
from pipeline.narrate.claims import find_claims
from pipeline.store.rows import FINDINGS, Read, Rows
from tests.extract.reports import NUMBERS, PROACTIVE, one_cell_a_line, parse, report, rows


def cells(text: str) -> pl.DataFrame:
    """The rows of a report's cells, all its tables held against the schema."""
    out = Rows()
    out.add(Read(SourceFile("report.txt", "unsorted"), "0" * 64, len(text), parse(text)))
    frames = {table: schema.conform(table, frame) for table, frame in out.frames().items() if table != FINDINGS}
    return frames["cells"]


@pytest.mark.parametrize(
    ("printed", "value", "unit"),
    [
        ("12.50", Decimal("12.5"), "万元"),
        ("1.5亿元", Decimal(15_000), "万元"),
        ("0.123456", Decimal("0.123456"), "万元"),
        ("0.5" + "0" * 40, Decimal("0.5"), "万元"),
        # Converted it would not fit: it keeps the unit that is printed.
        ("999999999999亿元", Decimal(999_999_999_999), "亿元"),
        # Rounded it would be another number than the printed one.
        ("0.1234567", None, "万元"),
        ("0." + "0" * 40 + "1", None, "万元"),
        ("999999999999.9999999", None, "万元"),
        ("9999999999999", None, "万元"),
        ("9" * 5_000, None, "万元"),
    ],
)
def test_an_amount_is_exact_or_left_open(printed: str, value: Decimal | None, unit: str) -> None:
    proactive = PROACTIVE.removesuffix("0") + printed
    found = cells(report(one_cell_a_line(rows()), proactive=proactive)).filter(pl.col("row_code") == "fees")
    assert found.select("value", "unit").rows() == [(value, unit)]


@pytest.mark.parametrize(("printed", "value"), [("9999999999", 9_999_999_999), ("10000000000", None)])
def test_what_follows_from_the_largest_counts_still_fits(printed: str, value: int | None) -> None:
    numbers = dict.fromkeys(NUMBERS, " ".join([printed] * 6)) | {"carried_in": "0 0 0 0 0 0"}
    table = [(code, label, numbers.get(code, "0 0 0 0 0 0").split(" ")) for code, label, _ in rows()]
    found = cells(report(one_cell_a_line(table))).filter(pl.col("table_code") == form.APPLICATIONS)
    assert found.height == 7 * len(table)
    assert set(found.filter(pl.col("printed") == printed)["value"]) <= {value, None}


def test_a_count_too_large_for_any_table_is_no_claim() -> None:
    text = "收到政府信息公开申请99999999999亿件，办结1,234,567,890,123件，答复12件。"
    assert [c.value for c in find_claims(text, "overview", 2023)] == [12]
