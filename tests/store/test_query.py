"""Answers as CSV and JSON lose nothing."""

from __future__ import annotations

import json
from decimal import Decimal

from pipeline.store.query import as_csv, as_json


def test_json_is_exact_and_valid() -> None:
    columns = ["a", "a", "a_1", "x"]
    rows = [(1, 2, 3, Decimal("12345678901234567890.123400")), (float("nan"), float("inf"), None, [Decimal("1.50")])]
    text = as_json(columns, rows)

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    assert json.loads(text, parse_float=Decimal, parse_constant=refuse) == [
        {"a": 1, "a_2": 2, "a_1": 3, "x": Decimal("12345678901234567890.1234")},
        {"a": None, "a_2": None, "a_1": None, "x": [Decimal("1.5")]},
    ]
    assert json.loads(as_json(["a"], [])) == []
    assert json.loads(as_json(["a", "b"], [({"k": Decimal(2)}, "某\n局")])) == [{"a": {"k": 2}, "b": "某\n局"}]


def test_lists_in_csv_are_readable() -> None:
    assert as_csv(["a"], [([Decimal("1.500000"), None],)]) == 'a\n"[1.5, null]"\n'
