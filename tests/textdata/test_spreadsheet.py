"""CSV in which no text begins a formula."""

from __future__ import annotations

import io
import re

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.textdata.spreadsheet import original, safe, safe_sql, write_csv


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1", "'+1"),
        ("-某局", "'-某局"),
        ("@x", "'@x"),
        ("＝1", "'＝1"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        (" =1+1", "' =1+1"),
        ("　＝1", "'　＝1"),
        ('"=1+1', "'\"=1+1"),
        ("“=1”", "'“=1”"),
        ("\ufeff@x", "'\ufeff@x"),
        ("'=1", "''=1"),
        (";=1", ";'=1"),
        ('";=1', "\";'=1"),
        ("a;=1;b;c\n\t -2;-", "a;'=1;b;c\n\t' -2;'-"),
        ("a;'=1", "a;''=1"),
        ("=a\r\n@b", "'=a\r\n'@b"),
        ("a;b\nc", "a;b\nc"),
        ("-5", "'-5"),
        ("—", "—"),
        ("某局", "某局"),
        ("a=b", "a=b"),
        ("", ""),
        (None, None),
        ("'x", "'x"),
    ],
)
def test_python_and_sql_agree_on_what_begins_a_formula(text: str | None, cell: str | None) -> None:
    assert safe(text) == cell
    assert duckdb.execute(f"SELECT {safe_sql('x')} FROM (SELECT ?::VARCHAR AS x)", [text]).fetchall() == [(cell,)]


@given(st.text(st.sampled_from("=+-@＝'\";\t\n 　某a1"), max_size=6))
def test_what_was_made_safe_is_had_back_exactly(text: str) -> None:
    assert original(safe(text)) == text
    for cell in (safe(text), *re.split("[;\t\r\n]", safe(text))):
        assert not re.match(r"[\s'\"]*[=+@＝-]", cell) or cell.startswith("'")


def test_numbers_stay_numbers() -> None:
    out = io.StringIO()
    assert write_csv(out, ("a", "b", "c"), [(-1, -0.5, True), (None, "-x", "y,z")]) == 2
    assert out.getvalue() == 'a,b,c\n-1,-0.5,true\n,\'-x,"y,z"\n'
