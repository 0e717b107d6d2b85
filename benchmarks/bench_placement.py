"""How well short rows are placed, and how fast: tables of a known truth whose zeros the text lost, placed again.

    python benchmarks/bench_placement.py --tables 300 [--json]

Counted are the numbers that are not zero and stand in a short row. `certain`: at the right slot in every reading;
`right`: at the right slot, certain or by a stated preference; `wrong`: at another slot; `open`: not placed. `zeros`:
share of the zero cells of the table that have a value; `zeros wrong`: cells that hold a number and were given 0.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable

from pipeline.form import APPLICATIONS, column_codes, identity_instances, results_of_form, row_codes
from pipeline.reconcile import Problem, Result, Run, Slot, reconcile

FORM = "2021"
ROWS, COLUMNS = row_codes(FORM, APPLICATIONS), column_codes(FORM, APPLICATIONS)
RESULTS, IDENTITIES = results_of_form(FORM), identity_instances(FORM, APPLICATIONS)
PARTS = COLUMNS[:-1]
FRAME = ("received_new", "carried_in", "handled_total", "carried_out")

Truth = dict[Slot, int]


def realistic(rng: random.Random) -> Truth:
    """As most organs report: natural persons, in four of ten tables enterprises too, seldom a third or fourth kind."""
    kinds = rng.choices([1, 2, 3, 4], weights=[60, 30, 7, 3])[0]
    return _applications(rng, ("natural_person", "enterprise", "legal_service", "other_organization")[:kinds])


def rare_applicants(rng: random.Random) -> Truth:
    """A realistic table in which any two kinds of organisation stand beside natural persons."""
    return _applications(rng, ("natural_person", *rng.sample(PARTS[1:], 2)))


def _applications(rng: random.Random, kinds: tuple[str, ...]) -> Truth:
    """Few applications, few kinds of result; each kind of applicant is less common than the one before."""
    volume = int(rng.lognormvariate(2.5, 1.2)) + 1
    outcomes = [*rng.choices(RESULTS, weights=[30, 10, *([1] * (len(RESULTS) - 2))], k=5), "unavailable_not_held"]
    counts: Counter[Slot] = Counter()
    for n in range(max(volume, len(kinds))):
        column = kinds[n] if n < len(kinds) else rng.choices(kinds, weights=[0.1**k for k in range(len(kinds))])[0]
        if rng.random() < 0.06 and volume > 5:
            counts["received_new", column] += 1
            counts["carried_out", column] += 1
            continue
        counts["carried_in" if rng.random() < 0.06 else "received_new", column] += 1
        counts[rng.choice(outcomes), column] += 1
    return _complete(counts)


def enterprises_only(rng: random.Random) -> Truth:
    """A realistic table of an organ whose applicants are all enterprises: no preference can know that."""
    truth = realistic(rng)
    counts: Counter[Slot] = Counter()
    for (row, column), v in truth.items():
        if row != "handled_total" and column != "total":
            counts[row, "enterprise"] += v
    return _complete(counts)


def scattered(rng: random.Random) -> Truth:
    """Numbers anywhere, any applicant as likely as another."""
    counts: Counter[Slot] = Counter()
    for row in rng.sample(RESULTS, rng.randint(2, 8)):
        for column in rng.sample(PARTS, rng.randint(1, 4)):
            counts[row, column] += rng.randint(1, 40)
    for column in PARTS:
        handled = sum(counts[r, column] for r in RESULTS)
        carried_out = rng.choice([0, 0, rng.randint(1, 9)])
        carried_in = rng.choice([0, 0, rng.randint(0, handled + carried_out)])
        counts["carried_out", column] += carried_out
        counts["carried_in", column] += carried_in
        counts["received_new", column] += handled + carried_out - carried_in
    return _complete(counts)


def _complete(counts: Counter[Slot]) -> Truth:
    truth = {(r, c): counts[r, c] for r in ROWS for c in COLUMNS}
    for c in PARTS:
        truth["handled_total", c] = sum(truth[r, c] for r in RESULTS)
    for r in ROWS:
        truth[r, "total"] = sum(truth[r, c] for c in PARTS)
    return truth


def lose_zeros(truth: Truth, share: float, rng: random.Random) -> tuple[Problem, list[list[Slot]]]:
    """The table as a text prints it that lost a share of its zeros, and where the numbers of each run stood."""
    known: Truth = {}
    blank: set[Slot] = set()
    runs, stood = [], []
    for row in ROWS:
        slots = [(row, c) for c in COLUMNS]
        kept = [s for s in slots if truth[s] or rng.random() >= share]
        if len(kept) == len(slots):
            known.update((s, truth[s]) for s in slots)
        elif kept:
            runs.append(Run(tuple(slots), tuple(truth[s] for s in kept)))
            stood.append(kept)
        else:
            blank.update(slots)
    return Problem(IDENTITIES, known, frozenset(blank), tuple(runs)), stood


def score(truth: Truth, problem: Problem, stood: list[list[Slot]], result: Result) -> Counter[str]:
    """Verdicts on the numbers and zeros of one table."""
    n: Counter[str] = Counter()
    at = {(p.run, p.number): (slot, p.how) for slot, p in result.placed.items() if p.number is not None}
    for r, slots in enumerate(stood):
        for number, slot in enumerate(slots):
            if not truth[slot]:
                continue
            n["numbers"] += 1
            found, how = at.get((r, number), (None, ""))
            if slot in result.deduced:
                found, how = slot, "unique"
            n["certain"] += found == slot and how == "unique"
            n["right"] += found == slot
            n["wrong"] += found is not None and found != slot
            n["open"] += found is None
    for slot, v in truth.items():
        given = result.placed.get(slot) or result.deduced.get(slot)
        if v == 0:
            n["zero_cells"] += 1
            n["zeros_valued"] += slot in problem.known or (given is not None and given.value == 0)
        else:
            n["zeros_wrong"] += given is not None and given.value == 0
        deduced = result.deduced.get(slot)
        n["deduced_wrong"] += deduced is not None and deduced.value != v
    return n


CASES: list[tuple[str, Callable[[random.Random], Truth], float]] = [
    ("10 % of zeros lost", realistic, 0.1),
    ("50 % of zeros lost", realistic, 0.5),
    ("all zeros lost", realistic, 1.0),
    ("all zeros lost, random tables", scattered, 1.0),
    ("all zeros lost, rare applicants", rare_applicants, 1.0),
    ("all zeros lost, enterprises only", enterprises_only, 1.0),
]


def run_case(make: Callable[[random.Random], Truth], share: float, tables: int, seed: int) -> dict[str, float]:
    total: Counter[str] = Counter()
    times = []
    for n in range(tables):
        rng = random.Random(f"{make.__name__} {share} {seed} {n}")
        truth = make(rng)
        problem, stood = lose_zeros(truth, share, rng)
        start = time.perf_counter()
        result = reconcile(problem)
        times.append(1000 * (time.perf_counter() - start))
        total += score(truth, problem, stood, result)
        total["infeasible"] += result.infeasible
        total["undecided"] += any(o.status == "undecided" for o in result.runs)
    numbers = max(total["numbers"], 1)
    return {
        "tables": tables,
        "numbers": total["numbers"],
        **{k: total[k] / numbers for k in ("certain", "right", "wrong", "open")},
        "zeros_valued": total["zeros_valued"] / max(total["zero_cells"], 1),
        **{k: total[k] for k in ("zeros_wrong", "deduced_wrong", "infeasible", "undecided")},
        "ms_median": statistics.median(times),
        "ms_max": max(times),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=300, help="tables per row (default 300)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    args = parser.parse_args()
    rows = {name: run_case(make, share, args.tables, args.seed) for name, make, share in CASES}
    if args.json:
        print(json.dumps(rows, indent=1))
        return 0
    print("| blanks lost | certain | right | wrong | open | zeros | zeros wrong | ms median | ms max |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, r in rows.items():
        shares = " | ".join(f"{100 * r[k]:.1f} %" for k in ("certain", "right", "wrong", "open", "zeros_valued"))
        print(f"| {name} | {shares} | {r['zeros_wrong']:.0f} | {r['ms_median']:.1f} | {r['ms_max']:.0f} |")
    wrong = max(r["wrong"] for name, r in rows.items() if name in {c[0] for c in CASES if c[1] is realistic})
    slowest = max(r["ms_max"] for r in rows.values())
    undecided = sum(r["undecided"] + r["infeasible"] for r in rows.values())
    deduced = sum(r["deduced_wrong"] for r in rows.values())
    print(
        f"{len(rows)} x {args.tables} tables: {100 * wrong:.2f} % wrong on realistic tables at most, {deduced:.0f} wrong "
        f"deductions, {undecided:.0f} tables undecided or infeasible, slowest {slowest:.0f} ms"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
