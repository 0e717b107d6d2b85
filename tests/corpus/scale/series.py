"""The reports of one organ over its years: numbers that carry over from one to the next, or do not; prose that follows."""

from __future__ import annotations

import datetime as dt
import random

from pipeline import form
from tests.corpus import numbers, printing
from tests.corpus.numbers import Numbers
from tests.corpus.scale import regions, telling
from tests.corpus.truth import Truth, printed_table

YEARS = (2019, 2020, 2021, 2022, 2023, 2024)
CARRIES_OVER = 0.9
"""How often a report takes over what the one before carried out."""


def reports(seed: int, number: int) -> tuple[Truth, ...]:
    """The reports of organ `number`, one for each of `YEARS`; `Truth.seed` tells organ and year apart from all others."""
    rng = random.Random(f"series {seed} {number}")
    organ = regions.organ(number)
    size = rng.choices(numbers.SIZES, (22, 10, 34, 26, 8))[0]
    out = []
    past: dict[str, Numbers] = {}
    for at, year in enumerate(YEARS):
        proactive_form = "2019" if year < 2021 or rng.random() < 0.05 else "2021"
        applications_form = "2019" if proactive_form == "2019" or rng.random() < 0.08 else "2021"
        true = {
            form.PROACTIVE: numbers.proactive(rng, proactive_form, size),
            form.APPLICATIONS: numbers.applications(rng, applications_form, size),
            form.REMEDIES: numbers.remedies(rng),
        }
        if past and rng.random() < CARRIES_OVER:
            true[form.APPLICATIONS] = numbers.follow(past[form.APPLICATIONS], true[form.APPLICATIONS])
            if all(("regulations", "in_force") in n[form.PROACTIVE] for n in (past, true)):
                true[form.PROACTIVE] = numbers.follow_stock(past[form.PROACTIVE], true[form.PROACTIVE])
        past = true
        forms = {form.PROACTIVE: proactive_form, form.APPLICATIONS: applications_form, form.REMEDIES: "2021"}
        marks = rng.choice(printing.MARKS) if rng.random() < 0.12 else None
        decorate = rng.random() < 0.25
        wrong = rng.choice(printing.INCONSISTENCIES) if rng.random() < 0.12 else None
        tables = {
            code: printed_table(
                rng,
                code,
                forms[code],
                true[code],
                inconsistency=wrong if code == form.APPLICATIONS else None,
                marks=marks,
                decorate=decorate,
            )
            for code in form.TABLES
        }
        received, carried_out = (
            None if (n := tables[form.APPLICATIONS].cells[row, "total"].number) is None else int(n)
            for row in ("received_new", "carried_out")
        )
        county = f"{seed}/county{regions.county_of(number)}"
        paragraphs = telling.write(f"{seed}/{number}", county, organ, year, received, carried_out)
        published = dt.date(year + 1, 1, 10) + dt.timedelta(days=rng.randint(0, 75))
        index = (
            f"{rng.randint(10_000_000, 99_999_999):08d}{rng.choice('0123456789X')}/{year + 1}-{rng.randint(1, 400):05d}"
        )
        name = (seed * 1_000_000 + number) * len(YEARS) + at
        out.append(Truth(name, organ, year, tables, paragraphs, published, index))
    return tuple(out)
