"""Random true numbers for the statutory tables: realistic sizes, skewed to natural persons, always consistent."""

from __future__ import annotations

import random
from decimal import Decimal

from pipeline import form

Key = tuple[str, str]
Numbers = dict[Key, Decimal]

PARTS = (
    "natural_person",
    "enterprise",
    "research_institution",
    "public_interest_organization",
    "legal_service",
    "other_organization",
)
# How often an applicant of each kind turns up at all, beside natural persons.
PRESENCE = (0.93, 0.45, 0.03, 0.06, 0.15, 0.12)
COMMON_RESULTS = (
    "granted",
    "partial",
    "unavailable_not_held",
    "denied_administrative_query",
    "declined_petition",
    "unavailable_must_create",
    "other_uncorrected",
    "other",
)
SIZES = ("zero", "one", "small", "medium", "large")


def split(rng: random.Random, total: int, places: int) -> list[int]:
    """`total` in `places` non-negative parts, the first ones larger."""
    out = []
    for left in range(places, 1, -1):
        take = round(total * rng.betavariate(2, 1 + left / 2)) if total else 0
        out.append(take)
        total -= take
    return [*out, total]


def applications(rng: random.Random, form_code: str, size: str | None = None) -> Numbers:
    """Section three: the balance holds in every column, the results add up, the applicants add up."""
    size = size or rng.choices(SIZES, (22, 10, 34, 26, 8))[0]
    rows = form.row_codes(form_code, form.APPLICATIONS)
    results = form.results_of_form(form_code)
    out: Numbers = {(r, c): Decimal(0) for r in rows for c in (*PARTS, "total")}
    top = {"zero": 0, "one": 1, "small": 20, "medium": 400, "large": 60000}[size]
    likely = [r for r in results if r in COMMON_RESULTS]
    rare = [r for r in results if r not in COMMON_RESULTS]
    only = rng.choice(PARTS[1:]) if rng.random() < 0.06 else None  # an organ whose applicants are all enterprises, say
    for at, (column, presence) in enumerate(zip(PARTS, PRESENCE, strict=True)):
        if size == "zero" or (column != only if only else rng.random() > presence):
            continue
        limit = top if at == 0 or only else max(1, top // rng.choice((5, 8, 20)))
        new = rng.randint(1, limit)
        carried_in = rng.randint(0, max(1, new // 10)) if rng.random() < 0.4 else 0
        carried_out = rng.randint(0, max(1, (new + carried_in) // 12)) if rng.random() < 0.4 else 0
        handled = new + carried_in - carried_out
        kinds = min(handled, rng.randint(1, 6 if size != "large" else 12))
        if kinds:
            chosen = rng.sample(likely, min(kinds, len(likely)))
            chosen += rng.sample(rare, min(len(rare), rng.randint(0, kinds // 2)))
            for row, n in zip(chosen, split(rng, handled, len(chosen)), strict=True):
                out[row, column] = Decimal(n)
        out["received_new", column] = Decimal(new)
        out["carried_in", column] = Decimal(carried_in)
        out["carried_out", column] = Decimal(carried_out)
        out["handled_total", column] = Decimal(handled)
    for row in rows:
        out[row, "total"] = sum((out[row, c] for c in PARTS), Decimal(0))
    return out


def remedies(rng: random.Random, size: str | None = None) -> Numbers:
    """Section four: the outcomes add up."""
    size = size or rng.choices(("zero", "small", "medium"), (50, 40, 10))[0]
    out: Numbers = {}
    for row in form.row_codes("2021", form.REMEDIES):
        top = {"zero": 0, "small": 5, "medium": 120}[size]
        parts = [Decimal(rng.randint(0, top) if rng.random() < 0.5 else 0) for _ in range(4)]
        for column, n in zip(("upheld", "corrected", "other", "pending"), parts, strict=True):
            out[row, column] = n
        out[row, "total"] = sum(parts, Decimal(0))
    return out


def proactive(rng: random.Random, form_code: str, size: str | None = None) -> Numbers:
    """Section two: no identity; counts of decisions may be huge, amounts have decimals."""
    size = size or rng.choices(SIZES, (18, 10, 32, 28, 12))[0]
    top = {"zero": 0, "one": 1, "small": 30, "medium": 3000, "large": 11_400_000}[size]
    out: Numbers = {}
    for cell in form.cell_defs(form_code, form.PROACTIVE):
        key = (cell.row_code, cell.column_code)
        if cell.column_code == "amount":
            out[key] = amount(rng, top)
        elif cell.column_code in ("decisions", "purchases"):
            out[key] = Decimal(rng.randint(0, top) if rng.random() < 0.7 else 0)
        elif cell.row_code == "regulations" and rng.random() < 0.8:
            out[key] = Decimal(0)
        elif cell.column_code == "items_change":
            out[key] = Decimal(rng.randint(-9, 19) if top and rng.random() < 0.5 else 0)
        else:
            out[key] = Decimal(rng.randint(0, min(top, 400)))
    return out


def with_stock(numbers: Numbers) -> Numbers:
    """Section two in which what was issued and not repealed is in force, and what was made public is part of all that is."""
    out = dict(numbers)
    for row, column in numbers:
        if column == "in_force":
            out[row, column] = max(out[row, column], out[row, "issued"] - out[row, "repealed"])
        elif column == "disclosed_total":
            out[row, column] = max(out[row, column], out[row, "disclosed"])
    return out


def follow(before: Numbers, after: Numbers) -> Numbers:
    """The applications of a year, made to take over what the year before carried out: 结转 of one year is the next one's."""
    out = dict(after)
    for column in PARTS:
        change = before["carried_out", column] - out["carried_in", column]
        out["carried_in", column] += change
        out["received_new", column] -= min(change, out["received_new", column])
        handled = out["received_new", column] + out["carried_in", column] - out["carried_out", column]
        out["granted", column] += handled - out["handled_total", column]
        out["handled_total", column] = handled
    for row in {r for r, _ in out}:
        out[row, "total"] = sum((out[row, c] for c in PARTS), Decimal(0))
    return out


def follow_stock(before: Numbers, after: Numbers) -> Numbers:
    """Section two of a year whose normative documents in force are last year's, plus issued, less repealed."""
    out = dict(after)
    for row in ("regulations", "normative_documents"):
        out[row, "repealed"] = min(out[row, "repealed"], before[row, "in_force"])
        out[row, "in_force"] = before[row, "in_force"] + out[row, "issued"] - out[row, "repealed"]
    return out


def amount(rng: random.Random, top: int) -> Decimal:
    """An amount in 10,000 yuan, with up to four decimals."""
    if not top or rng.random() < 0.3:
        return Decimal(0)
    places = rng.choice((0, 0, 1, 2, 4))
    return Decimal(rng.randint(1, min(top, 90000) * 10**places)).scaleb(-places).normalize() + Decimal(0)
