"""Names of columns in Stata, which takes 32 characters: the column's own where it can, else one from `variables.csv`.

Nothing here is made up while a release is written, so that a do-file of one release runs with the next.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.data_files import table_rows

MOST_CHARACTERS = 32
_LEGAL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_STRING_TYPE = re.compile(r"str\d+", re.ASCII)
_RESERVED = frozenset(
    {
        "_all",
        "_b",
        "_coef",
        "_cons",
        "_n",
        "_N",
        "_pi",
        "_pred",
        "_rc",
        "_skip",
        "byte",
        "double",
        "float",
        "if",
        "in",
        "int",
        "long",
        "strL",
        "using",
        "with",
    }
)
"""Names that Stata keeps for itself (Stata User's Guide, 11.3 Naming conventions)."""


def is_variable(name: str) -> bool:
    """Whether Stata takes a name for a variable."""
    return (
        len(name) <= MOST_CHARACTERS
        and name not in _RESERVED
        and _LEGAL.fullmatch(name) is not None
        and _STRING_TYPE.fullmatch(name) is None
    )


@cache
def listed_variables() -> dict[tuple[str, str], str]:
    """Names of columns whose own name is none for Stata, by table and column."""
    return {(r["table"], r["column"]): r["variable"] for r in table_rows(__package__, "variables.csv")}


def variable(table: str, column: str) -> str:
    """The name of a column in Stata. Raises KeyError where it can keep its own no more than find one in the list."""
    return column if is_variable(column) else listed_variables()[table, column]
