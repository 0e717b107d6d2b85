"""Scores the whole parser on random reports of known truth in every text layout, cell by cell.

    python benchmarks/bench_layouts.py [--truths 200] [--seed 0] [--layout NAME ...] [--json] [--show 10] [--jobs 2]

The last line is the summary. Exit status 1 when a bar is missed: nothing silent, overclaimed or missing in any layout;
where a layout keeps positions, every cell as the gold says and nothing doubted in tables without contradiction.
Verdicts as in the scorer of the gold files; `contested` cells have no single right answer (tests/corpus/gold.py).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from pipeline import form
from tests.corpus import LAYOUTS, Options, Truth, random_options, random_truth, table_truth
from tests.corpus import score as scoring

COLUMNS = ("cells", *scoring.VERDICTS, "doubted")
FAULTS = ("overclaimed", "silent", "missing")


TRIAL = {"zeros_10": (100.0, 0.0, 0.0), "zeros_50": (99.4, 0.0, 0.6), "only_nonzero": (98.0, 0.0, 2.0)}
"""A trial's figures for tables whose lost blanks are zeros: right, wrong, open, in percent of the numbers not zero."""


def one_placement(seed: int) -> dict[str, Counter[str]]:
    """What becomes of the non-zero numbers of one consistent applications table that lost zeros, by share lost."""
    out = {}
    for pattern in TRIAL:
        rng = random.Random(f"placement{pattern}{seed}")
        truth = random_truth(seed, consistent=True)
        table = table_truth(rng, form.APPLICATIONS, truth.tables[form.APPLICATIONS].form, pattern=pattern)
        _, verdicts = scoring.score_with_verdicts(truth.with_tables(table), "web_lines", Options(seed=seed))
        n: Counter[str] = Counter()
        for v in verdicts:
            if v.gold.table == form.APPLICATIONS and v.gold.true and v.got is not None:
                value = v.got.value
                n["open" if value is None else "right" if value == v.gold.true else "wrong"] += 1
        out[pattern] = n
    return out


def one_truth(seed: int, layouts: tuple[str, ...], plain: bool, show: int) -> tuple[dict[str, Counter[str]], list[str]]:
    """Counts by layout for one random report, and lines on cells that fell short."""
    truth = random_truth(seed)
    options = Options(seed=seed) if plain else random_options(seed)
    counts, lines = {}, []
    for layout in layouts:
        started = time.perf_counter()
        try:
            n, verdicts = scoring.score_with_verdicts(truth, layout, options)
        except Exception:  # a parser that raises is a finding too: it must hand back Unusable
            lines.append(f"seed {seed} {layout}: raised " + " | ".join(traceback.format_exc().splitlines()[-3:]))
            n, verdicts = Counter({"raised": 1}), []
        n["documents"] += 1
        n["milliseconds"] += round(1000 * (time.perf_counter() - started))
        counts[layout] = n
        bad = [v for v in verdicts if falls_short(v, layout, truth)]
        lines += [describe(seed, layout, v) for v in bad[: min(show, 4)]]
    return counts, lines


def falls_short(v: scoring.Verdict, layout: str, truth: Truth) -> bool:
    """Whether a verdict misses a bar."""
    if v.verdict in FAULTS:
        return True
    if not LAYOUTS[layout].keeps_positions or v.gold.is_lenient or not truth.tables[v.gold.table].is_consistent:
        return False
    return v.verdict not in ("exact", "deduced") or (v.verdict == "exact" and v.is_doubted)


def describe(seed: int, layout: str, v: scoring.Verdict) -> str:
    got = "no such cell" if v.got is None else f"{v.got.value} {v.got.obs_status} printed {v.got.printed!r}"
    verdict = v.verdict + (" but doubted" if v.is_doubted and v.verdict == "exact" else "")
    return f"seed {seed} {layout} {'/'.join(v.gold.key)}: {verdict}: gold {v.gold.value} ({v.gold.kind}), got {got}"


def misses(name: str, n: Counter[str]) -> list[str]:
    """The bars that a layout misses."""
    bars = [*FAULTS, "raised", *(("short_of_gold", "doubted_consistent") if LAYOUTS[name].keeps_positions else ())]
    return [f"{bar} {n[bar]}" for bar in bars if n[bar]]


def share(n: Counter[str], what: str) -> str:
    return f"{100 * n[what] / n['nonzero']:.1f}%" if n["nonzero"] else "-"


def report(results: dict[str, Counter[str]]) -> None:
    width = max(map(len, results))
    print("layout".ljust(width), *(c[:10].rjust(10) for c in COLUMNS), "ms/doc".rjust(7))
    for name, n in results.items():
        per = n["milliseconds"] / max(1, n["documents"])
        print(name.ljust(width), *(str(n[c]).rjust(10) for c in COLUMNS), f"{per:7.1f}")
    lossy = {k: n for k, n in results.items() if not LAYOUTS[k].keeps_positions}
    if lossy:
        print("\nnumbers that are not zero, in rows that lost blanks")
        print("layout".ljust(width), "numbers".rjust(10), "right".rjust(10), "flagged".rjust(10), "open".rjust(10))
        for name, n in lossy.items():
            shares = (share(n, f"nonzero_{k}").rjust(10) for k in ("right", "flagged", "open"))
            print(name.ljust(width), str(n["nonzero"]).rjust(10), *shares)
    print()


def report_placement(placement: dict[str, Counter[str]]) -> None:
    if not any(placement.values()):
        return
    print("web text that lost only zeros, consistent tables: all numbers of the applications table that are not zero")
    print(
        "lost".ljust(14), *(c.rjust(9) for c in ("numbers", "right", "wrong", "open")), " a trial's right, wrong, open"
    )
    for pattern, n in placement.items():
        total = max(1, sum(n.values()))
        shares = (f"{100 * n[k] / total:.1f}%".rjust(9) for k in ("right", "wrong", "open"))
        trial = ", ".join(f"{x:g}%" for x in TRIAL[pattern])
        print(pattern.ljust(14), str(total).rjust(9), *shares, f" {trial}")
    print()


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--truths", type=int, default=200)
    ap.add_argument("--seed", type=int, default=0)
    ap.add_argument("--layout", action="append", choices=sorted(LAYOUTS), help="only this layout; may be repeated")
    ap.add_argument("--plain", action="store_true", help="the form as prescribed, no variants of labels or furniture")
    ap.add_argument("--show", type=int, default=0, metavar="N", help="print up to N cells that fell short")
    ap.add_argument("--json", action="store_true")
    ap.add_argument("--jobs", type=int, default=2)
    a = ap.parse_args()
    import pipeline.document  # noqa: F401  an error in it shows once, here, and not once a document

    layouts = tuple(a.layout or LAYOUTS)
    results: dict[str, Counter[str]] = {name: Counter() for name in layouts}
    shown: list[str] = []
    work = partial(one_truth, layouts=layouts, plain=a.plain, show=a.show)
    with ProcessPoolExecutor(a.jobs) as pool:
        for counts, lines in pool.map(work, range(a.seed, a.seed + a.truths), chunksize=4):
            shown += lines
            for name, n in counts.items():
                results[name].update(n)
        placement: dict[str, Counter[str]] = {p: Counter() for p in TRIAL}
        if any(not LAYOUTS[name].keeps_positions for name in layouts):
            for placed in pool.map(one_placement, range(a.seed, a.seed + a.truths), chunksize=4):
                for pattern, n in placed.items():
                    placement[pattern].update(n)
    missed = {name: m for name, n in results.items() if (m := misses(name, n))}
    total = sum(results.values(), Counter())
    if a.json:
        print(
            json.dumps(
                {
                    "layouts": {k: dict(n) for k, n in results.items()},
                    "placement": {k: dict(n) for k, n in placement.items()},
                    "total": dict(total),
                    "missed": missed,
                },
                ensure_ascii=False,
                indent=1,
            )
        )
        return 1 if missed else 0
    for line in shown[: a.show]:
        print(line)
    report(results)
    report_placement(placement)
    for name, why in missed.items():
        print(f"bar missed: {name}: {', '.join(why)}")
    counts = ", ".join(f"{v} {total[v]}" for v in COLUMNS)
    print(f"all: {a.truths} truths in {len(layouts)} layouts: {counts}: {'bars missed' if missed else 'every bar met'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
