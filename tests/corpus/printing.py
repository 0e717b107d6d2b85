"""What a report prints for its true numbers: blanks of every pattern, marks, units, thousands, misprints."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from pipeline import form
from tests.corpus.numbers import PARTS, Key, Numbers

MARKS = ("/", "-", "--", "—", "无", "空", "不适用")
SENTENCE = "本机关无权制定规章"
PATTERNS = ("none", "all", "only_nonzero", "natural_and_total", "totals", "random", "rows", "columns", "zero_rows")
INCONSISTENCIES = ("wrong_cell", "balance_off", "zero_total")


@dataclass(frozen=True, slots=True)
class CellTruth:
    """`printed` as a reader of the original sees it ("" for a blank); `number` what it says, in the form's unit, None
    for a blank or a mark; `true` what happened, None where the cell does not apply."""

    printed: str
    number: Decimal | None
    true: Decimal | None

    @property
    def is_blank(self) -> bool:
        return self.printed == ""

    @property
    def is_mark(self) -> bool:
        return self.printed != "" and self.number is None


Table = dict[Key, CellTruth]


def plain(n: Decimal) -> str:
    return f"{n:f}"


def blanks(rng: random.Random, pattern: str, numbers: Numbers) -> set[Key]:
    """The cells that a table leaves blank."""
    rows = list(dict.fromkeys(r for r, _ in numbers))
    columns = list(dict.fromkeys(c for _, c in numbers))
    share = rng.choice((0.1, 0.3, 0.6))
    some_rows = set(rng.sample(rows, max(1, round(len(rows) * share))))
    some_columns = set(rng.sample(columns, max(1, len(columns) // 3)))
    zero_rows = {r for r in rows if not any(n for (q, _), n in numbers.items() if q == r)}
    chance = {k: rng.random() for k in numbers}
    tests: dict[str, Callable[[Key], bool]] = {
        "none": lambda k: False,
        "all": lambda k: True,
        "only_nonzero": lambda k: not numbers[k],
        "natural_and_total": lambda k: k[1] not in ("natural_person", "total"),
        "totals": lambda k: k[1] == "total",
        "random": lambda k: chance[k] < share,
        "rows": lambda k: k[0] in some_rows,
        "columns": lambda k: k[1] in some_columns,
        "zero_rows": lambda k: k[0] in zero_rows,
        "zeros_10": lambda k: not numbers[k] and chance[k] < 0.1,
        "zeros_50": lambda k: not numbers[k] and chance[k] < 0.5,
    }
    return {k for k in numbers if tests[pattern](k)}


def misprint(rng: random.Random, kind: str, form_code: str, numbers: Numbers) -> Numbers:
    """The numbers as an inconsistent source would state them."""
    said = dict(numbers)
    results = form.results_of_form(form_code)
    if kind == "wrong_cell":
        key = rng.choice([k for k in said if k[0] in ("received_new", "handled_total", "granted", "carried_out")])
        said[key] += rng.choice((1, 1, 2, 5, 10)) if rng.random() < 0.7 or not said[key] else -1
    elif kind == "balance_off":
        column, row, by = rng.choice(PARTS), rng.choice(results), rng.randint(1, 5)
        for r in (row, "handled_total"):
            for c in (column, "total"):
                said[r, c] += by
    elif kind == "zero_total":
        for row in [r for r, c in numbers if c == "total" and numbers[r, c]][:3]:
            said[row, "total"] = Decimal(0)
    return said


def dress(
    rng: random.Random,
    form_code: str,
    table_code: str,
    numbers: Numbers,
    said: Numbers,
    *,
    pattern: str,
    marks: str | None = None,
    decorate: bool = False,
) -> Table:
    """Cells as printed. `marks` stands in some zero cells; `decorate` adds units, thousands and signs."""
    empty = blanks(rng, pattern, numbers)
    thousands = decorate and rng.random() < 0.5
    out: Table = {}
    for key, true in numbers.items():
        n = said[key]
        if key in empty:
            out[key] = CellTruth("", None, true)
        elif marks and not n and rng.random() < 0.4:
            sentence = table_code == form.PROACTIVE and key[0] == "regulations" and rng.random() < 0.2
            out[key] = CellTruth(SENTENCE if sentence else marks, None, true)
        else:
            out[key] = number_cell(rng, form_code, table_code, key, n, true, decorate, thousands)
    return out


def number_cell(
    rng: random.Random,
    form_code: str,
    table_code: str,
    key: Key,
    n: Decimal,
    true: Decimal,
    decorate: bool,
    thousands: bool,
) -> CellTruth:
    text = plain(n)
    if key[1] == "items_change":
        if n > 0 and decorate:
            text = "+" + text
        elif n < 0:
            text = rng.choice(("减", "-")) + plain(-n)
    elif decorate and table_code == form.PROACTIVE and key == ("fees", "amount") and n:
        text = rng.choice((f"{text}万元", f"{plain((n * 10000).normalize() + 0)}元", text))
    elif thousands and n >= 1000 and n == n.to_integral():
        text = f"{int(n):,}"
    return CellTruth(text, n, true)
