"""How fast and how right every format is read, beside what a user would otherwise take, on the same files in one run.

    python benchmarks/bench_formats.py [--reports 30] [--seed 5000] [--format NAME ...] [--json]

Per format: documents per CPU second of reading alone (bytes to text and tables) and of the whole parser (to cells,
dates, features), and each peer's; cells that print a number, in percent right, wrong and not found. A peer's tables are
read by label, as a script would (benchmarks/peers.py). Exit status 1 where a cell of ours is wrong without a word, or
where a ruled PDF is read less than ten times as fast as by pdfplumber.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.peers import PEERS, by_label, judge
from pipeline.document import parse_document
from pipeline.model import SourceFile
from pipeline.read import read_document
from tests.corpus import random_options, random_truth
from tests.corpus import score as scoring
from tests.corpus.formats import FORMATS, FormatFile, ProgramMissing, render_many
from tests.corpus.truth import Truth

OURS, OURS_WHOLE = "ogi-panel, reading", "ogi-panel, to cells"
TEN_TIMES = ("pdf_browser", "pdf_office")
CONTAINERS = ("zip", "warc", "warc_gz", "jsonl", "parquet")


_RUNS = 3


def best(work: Callable[[], object]) -> float:
    """CPU seconds of the fastest of some runs: what else the machine does is nobody's speed, nor are imports and caches."""
    times = []
    for _ in range(_RUNS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def ours(file: FormatFile) -> list[int]:
    """Cells that print a number: right, wrong without a word, anything else."""
    counts = [0, 0, 0]
    for v in scoring.verdicts(file.gold, parse_document(file.data, SourceFile(file.path, "x"))):
        if v.gold.kind == "printed":
            counts[{"exact": 0, "silent": 1}.get(v.verdict, 2)] += 1
    return counts


def shares(right: int, wrong: int, missing: int) -> dict[str, Any]:
    total = max(1, right + wrong + missing)
    return {"right": 100 * right / total, "wrong": 100 * wrong / total, "missing": 100 * missing / total}


def one_format(name: str, pairs: Sequence[tuple[Truth, Any]]) -> list[dict[str, Any]]:
    """Every reader on every file of a format; on each file one after the other, so that all meet the same machine."""
    source = SourceFile("x" + FORMATS[name].extension, "x")
    peers = [p for p in PEERS if FORMATS[name].extension in p.extensions]
    readers: dict[str, Callable[[bytes], object]] = {
        OURS: lambda data: read_document(data, source),
        OURS_WHOLE: lambda data: parse_document(data, source),
        **{p.name: p.read for p in peers if p.is_installed},
    }
    taken = dict.fromkeys(readers, 0.0)
    counts: dict[str, list[int]] = {who: [0, 0, 0] for who in readers}
    failed = dict.fromkeys(readers, 0)
    files = render_many(pairs, name)
    for file, (truth, _) in zip(files, pairs, strict=True):
        forms = {t: x.form for t, x in truth.tables.items()}
        for who, read in readers.items():
            try:
                taken[who] += best(partial(read, file.data))
                got = read(file.data)
            except Exception:  # a peer that fails has found nothing
                got, failed[who] = [], failed[who] + 1
            if who != OURS:
                found = ours(file) if who == OURS_WHOLE else judge(by_label(got, forms), file.gold)
                counts[who] = [a + b for a, b in zip(counts[who], found, strict=True)]
    rows: list[dict[str, Any]] = []
    for who in readers:
        row: dict[str, Any] = {"format": name, "who": who, "seconds": taken[who]}
        row |= {"per_second": len(files) / taken[who], "times_ours": taken[who] / taken[OURS]} if taken[who] else {}
        row |= shares(*counts[who]) if who != OURS else {}
        rows.append(row | ({"note": f"failed on {failed[who]}"} if failed[who] else {}))
    return rows + [{"format": name, "who": p.name, "note": "not installed"} for p in peers if not p.is_installed]


def line(row: dict[str, Any]) -> str:
    def number(key: str, form: str) -> str:
        return format(row[key], form) if key in row else "-"

    return (
        f"{row['format']:<20}{row['who']:<22}{number('per_second', '.1f'):>9}{number('times_ours', '.2f'):>10}"
        f"{number('right', '.2f'):>9}{number('wrong', '.2f'):>9}{number('missing', '.2f'):>11}  {row.get('note', '')}"
    ).rstrip()


def main() -> int:
    names = [n for n in FORMATS if n not in CONTAINERS]
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--reports", type=int, default=30)
    ap.add_argument("--seed", type=int, default=5000)
    ap.add_argument("--format", action="append", choices=names, help="only this format; may be repeated")
    ap.add_argument("--json", action="store_true")
    a = ap.parse_args()
    pairs = [(random_truth(s), random_options(s)) for s in range(a.seed, a.seed + a.reports)]
    rows: list[dict[str, Any]] = []
    if not a.json:
        print(f"{'format':<20}{'read by':<22}{'docs/s':>9}{'x time':>10}{'right %':>9}{'wrong %':>9}{'missing %':>11}")
    for name in a.format or names:
        try:
            got = one_format(name, pairs)
        except ProgramMissing as e:
            got = [{"format": name, "who": "-", "note": f"skipped: {e}"}]
        rows += got
        if not a.json:
            print("\n".join(line(r) for r in got), flush=True)
    missed = [f"{r['format']}: wrong cells without a word" for r in rows if r["who"] == OURS_WHOLE and r["wrong"]]
    missed += [
        f"{r['format']}: read only {r['times_ours']:.1f} times as fast as by pdfplumber"
        for r in rows
        if r["who"] == "pdfplumber" and r["format"] in TEN_TIMES and r.get("times_ours", 10) < 10
    ]
    if a.json:
        print(json.dumps({"rows": rows, "missed": missed}, ensure_ascii=False, indent=1))
    else:
        print(
            "\nx time: CPU seconds beside those of our reading, each the fastest of three runs; 'wrong' of ours is "
            "without a word"
        )
        for m in missed:
            print(f"bar missed: {m}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
