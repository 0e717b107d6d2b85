"""How fast one statutory table is reconciled, and what of its cap on enumeration it uses, over tables of every kind.

    python -m benchmarks.bench_reconcile [--tables 105000] [--jobs 2] [--seed 0] [--json]

Times are processor time of one call of `pipeline.reconcile.reconcile`, in milliseconds; the garbage collector is off
during a call, as its turn would be charged to whichever table it meets. `states`: the most that a table used of its
cap. `undecided`: tables in which a cap stopped a search, so that a run or the list of repairs says so.

Two mixtures: every kind of applications table that reports have, in equal shares; and the random reports of the test
corpus, whose traits follow what was seen in real reports, half of them in a text that keeps blanks and half in one that
loses them. Nobody has counted how often real tables come in each kind; hence both. Kinds that no report has are there
for the cap: a tenth as many tables of each, in neither mixture.

Exit status 1 when the median of either mixture is not under a millisecond, or when a table used more states than the
cap.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from benchmarks.reconcile_cases import APPLICATIONS, HOSTILE, KINDS, MIXTURE, problem
from pipeline.reconcile import Result, reconcile

CAP = 20_000
BAR = 1.0
"""Milliseconds that the median has to stay under."""

BATCH = 100


@dataclass(frozen=True, slots=True)
class Timed:
    """One table: milliseconds, states used, whether a search stopped at its cap."""

    milliseconds: float
    states: int
    is_undecided: bool


def timed(kind: str, seed: int) -> Timed:
    table = problem(kind, seed)
    gc.disable()
    try:
        start = time.thread_time_ns()
        result = reconcile(table, CAP)
        spent = time.thread_time_ns() - start
    finally:
        gc.enable()
    return Timed(spent / 1e6, result.states, _is_undecided(result))


def _is_undecided(result: Result) -> bool:
    stopped = result.repairs is not None and not result.repairs.is_complete
    return stopped or any(o.status == "undecided" for o in result.runs)


def batch(work: tuple[str, int, int]) -> tuple[str, list[Timed]]:
    kind, first, last = work
    return kind, [timed(kind, seed) for seed in range(first, last)]


def measure(tables: int, seed: int, jobs: int) -> dict[str, list[Timed]]:
    """As many tables of every kind, so that those of applications together are at least `tables`."""
    each = -(-10 * tables // (10 * len(APPLICATIONS) + 10 * len(MIXTURE) + len(HOSTILE)))
    count = {k: -(-each // 10) if k in HOSTILE else each for k in KINDS}
    # Batches of all kinds in turn: a busy minute of the machine falls on all of them.
    work = [
        (k, seed + first, seed + min(first + BATCH, n))
        for first in range(0, each, BATCH)
        for k, n in count.items()
        if first < n
    ]
    out: dict[str, list[Timed]] = {k: [] for k in KINDS}
    with ProcessPoolExecutor(jobs) as pool:
        for kind, found in pool.map(batch, work):
            out[kind] += found
    return out


def figures(tables: list[Timed]) -> dict[str, float]:
    times = sorted(t.milliseconds for t in tables)

    def part(share: float) -> float:
        return times[min(len(times) - 1, int(share * len(times)))]

    return {
        "tables": len(times),
        "median": statistics.median(times),
        "p95": part(0.95),
        "p99": part(0.99),
        "max": times[-1],
        "states": max(t.states for t in tables),
        "undecided": sum(t.is_undecided for t in tables),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=105_000, help="applications tables in all (default 105000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    args = parser.parse_args()
    measured = measure(args.tables, args.seed, args.jobs)
    rows = {kind: figures(tables) for kind, tables in measured.items()}
    equal = "applications, equal shares of kinds"
    rows[equal] = figures([t for k in APPLICATIONS for t in measured[k]])
    mixture = "applications, as in the test corpus"
    rows[mixture] = figures([t for k in MIXTURE for t in measured[k]])
    over = [k for k, r in rows.items() if r["states"] > CAP]
    slow = [k for k in (equal, mixture) if rows[k]["median"] >= BAR]
    if args.json:
        print(json.dumps({"rows": rows, "slow": slow, "over_the_cap": over}, indent=1))
        return 1 if slow or over else 0
    print("| table | tables | median ms | p95 ms | p99 ms | max ms | most states | undecided |")
    print("|---|---|---|---|---|---|---|---|")
    for kind, r in rows.items():
        times = " | ".join(f"{r[k]:.2f}" for k in ("median", "p95", "p99", "max"))
        print(f"| {kind} | {r['tables']:.0f} | {times} | {r['states']:.0f} | {r['undecided']:.0f} |")
    applications = sum(len(measured[k]) for k in (*APPLICATIONS, *MIXTURE, *HOSTILE))
    print(
        f"{applications} applications tables: median {rows[equal]['median']:.2f} ms over equal shares of kinds, "
        f"{rows[mixture]['median']:.2f} ms as in the test corpus, slowest {max(r['max'] for r in rows.values()):.0f} ms; "
        f"at most {max(r['states'] for r in rows.values()):.0f} of {CAP} states: "
        + ("every bar met" if not slow and not over else f"bars missed: {', '.join(slow + over)}")
    )
    return 1 if slow or over else 0


if __name__ == "__main__":
    sys.exit(main())
