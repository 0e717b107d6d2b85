"""SQL that rules and invariants share: numbers as identities see them, printed text as a number, grounds of placement.

No braces in here: Great Expectations fills queries in with `str.format`.
"""

from __future__ import annotations

from pipeline import form
from pipeline.extract.grounds import Ground
from pipeline.reconcile import PREFERENCE, UNIQUE
from pipeline.store.sql import quoted

NUMBER = "(CASE WHEN obs_status IN ('M', 'K') THEN 0 ELSE value END)"
"""A cell's number in identities: M counts as 0, K is counted in the row `other`, anything null is an unknown."""

GROUNDS = (PREFERENCE, UNIQUE, *(str(g) for g in Ground))
"""How the derivation of a cell of status U begins: every ground on which the reading stages take a doubtful number."""

CONVERSION = "converted from ([^ ;]+) to ([^ ;]+)$"


def one_of(texts: tuple[str, ...]) -> str:
    return ", ".join(map(quoted, texts))


def begins(column: str, starts: tuple[str, ...]) -> str:
    return "(" + " OR ".join(f"starts_with({column}, {quoted(s)})" for s in starts) + ")"


def _by_unit(unit: str, values: dict[str, str], otherwise: str) -> str:
    whens = " ".join(f"WHEN {quoted(u)} THEN {v}" for u, v in values.items())
    return f"(CASE {unit} {whens} ELSE {otherwise} END)"


def _is_amount(cell: form.CellDef) -> bool:
    return not cell.unit or form.units()[cell.unit].base == "yuan"


def factor(unit: str) -> str:
    return _by_unit(unit, {u: str(x.factor) for u, x in form.units().items()}, "NULL")


def base(unit: str) -> str:
    return _by_unit(unit, {u: quoted(x.base) for u, x in form.units().items()}, "NULL")


AMOUNT_COLUMNS = tuple(
    sorted({c.column_code for f in form.FORMS for t in form.TABLES for c in form.cell_defs(f, t) if _is_amount(c)})
)
"""Columns of the form that hold amounts of money; all others count something."""

UNIT_FACTORS_OF_ONE = tuple(u for u, x in form.units().items() if x.factor == 1)

COUNTED = (
    f"(CASE WHEN {NUMBER} >= 0 AND {NUMBER} = trunc({NUMBER}) "
    f"AND (value IS NULL OR unit IS NULL OR unit IN ({one_of(UNIT_FACTORS_OF_ONE)})) THEN {NUMBER} END)"
)
"""A cell's number as the reconciliation takes it: what is no count (negative, a fraction, in another unit) is unknown."""

# What a text export leaves around a number is no part of it; see `pipeline.normalize.text`.
_NO_PART = "\\s\\x00-\\x1f\\x7f-\\xa0\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\u3000"
_CLEAN = (
    f"translate(regexp_replace(regexp_replace(printed, '\\[bookmark: ?[^\\]]*\\]', '', 'g'), '[{_NO_PART}]', '', 'g'), "
    "'０１２３４５６７８９．－＋−減', '0123456789.-+-减')"
)
_DIGITS = f"trim(regexp_replace({_CLEAN}, '[^0-9.]', '', 'g'), '.')"
_SIGN = f"(CASE WHEN regexp_extract({_CLEAN}, '[-+0-9增减新]') IN ('-', '减') THEN -1 ELSE 1 END)"
_UNITS = "|".join(sorted(form.units(), key=len, reverse=True))

HAS_DIGITS = f"({_DIGITS} <> '')"
PRINTED_NUMBER = f"({_SIGN} * try_cast({_DIGITS} AS DECIMAL(18, 6)))"
"""The number that `printed` shows, in the unit printed there; null where it shows none."""
PRINTED_UNIT = f"regexp_extract({_CLEAN}, '[0-9]({_UNITS})[。、；;，]*$', 1)"
"""The unit that `printed` shows behind its number; '' where it shows none."""

FIGURES_ENOUGH = 3
"""Figures of a narrative section that are the same by no chance: fewer may well repeat."""
