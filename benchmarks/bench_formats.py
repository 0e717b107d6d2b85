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


def seconds(work: Callable[[bytes], object], files: Sequence[FormatFile]) -> float:
    """Seconds for all files."""
    return sum(best(partial(work, f.data)) for f in files)


def ours(files: Sequence[FormatFile], truths: Sequence[Truth]) -> dict[str, Any]:
    right = wrong = other = 0
    for f in files:
        for v in scoring.verdicts(f.gold, parse_document(f.data, SourceFile(f.path, "x"))):
            if v.gold.kind == "printed":
                right += v.verdict == "exact"
                wrong += v.verdict == "silent"
                other += v.verdict not in ("exact", "silent")
    return shares(right, wrong, other)


def shares(right: int, wrong: int, missing: int) -> dict[str, Any]:
    total = max(1, right + wrong + missing)
    return {"right": 100 * right / total, "wrong": 100 * wrong / total, "missing": 100 * missing / total}


def one_format(name: str, pairs: Sequence[tuple[Truth, Any]]) -> list[dict[str, Any]]:
    files = render_many(pairs, name)
    truths = [t for t, _ in pairs]

    def read(data: bytes) -> object:
        return read_document(data, SourceFile("x" + FORMATS[name].extension, "x"))

    def parse(data: bytes) -> object:
        return parse_document(data, SourceFile("x" + FORMATS[name].extension, "x"))

    rows = [
        {"format": name, "who": OURS, "seconds": seconds(read, files)},
        {"format": name, "who": OURS_WHOLE, "seconds": seconds(parse, files), **ours(files, truths)},
    ]
    for peer in PEERS:
        if FORMATS[name].extension not in peer.extensions:
            continue
        if not peer.is_installed:
            rows.append({"format": name, "who": peer.name, "note": "not installed"})
            continue
        taken, counts, failed = 0.0, [0, 0, 0], 0
        for f, truth in zip(files, truths, strict=True):
            forms = {t: x.form for t, x in truth.tables.items()}
            try:
                taken += best(partial(peer.read, f.data))
                tables = peer.read(f.data)
            except Exception:  # a peer that fails has found nothing
                tables, failed = [], failed + 1
            for k, n in enumerate(judge(by_label(tables, forms), f.gold)):
                counts[k] += n
        row = {"format": name, "who": peer.name, "seconds": taken, **shares(*counts)}
        rows.append(row | ({"note": f"failed on {failed}"} if failed else {}))
    for row in rows:
        if "seconds" in row:
            row["per_second"] = len(files) / row["seconds"] if row["seconds"] else 0.0
            row["times_ours"] = row["seconds"] / rows[0]["seconds"]
    return rows


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
        print("\nx time: seconds beside those of our reading; one process, one core; 'wrong' of ours is without a word")
        for m in missed:
            print(f"bar missed: {m}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
