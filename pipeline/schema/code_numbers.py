"""Numbers of codes: a code's integer, the same over forms, tables and releases, for formats that label integers (Stata).

A number is given once and belongs to its code for good: a new code gets one more than the highest number that its list
ever had, and the number of a code that is gone is not given again.
"""

from __future__ import annotations

from functools import cache

from pipeline.data_files import table_rows


@cache
def code_numbers(codelist: str) -> dict[str, int]:
    """Numbers of the codes of a list. Those of rows and columns of the form are in `form_code_numbers.csv`."""
    return {
        r["code"]: int(r["number"])
        for name in ("codelists.csv", "form_code_numbers.csv")
        for r in table_rows(__package__, name)
        if r["codelist"] == codelist
    }


def code_number(codelist: str, code: str) -> int:
    """The number of a code. Raises KeyError for a code that has none."""
    return code_numbers(codelist)[code]
