"""Reuse of text: planted copies found, false pairs, time and memory, on generated narratives.

    python -m benchmarks.bench_reuse [--sizes 10000 100000] [--brute 2000] [--seed 0]

The narratives are invented (`reuse_cases.py`). For each size, printed are: recall of the planted copies above 0.8
containment, by what was done to the text and where it was taken from, and of those from 0.5 to 0.8; of the published
pairs how many join texts that have nothing planted in common, and how many of a sample differ in any figure from a naive
implementation (Python sets of substrings); seconds and processor seconds of `find_reuse`, alone in a process of its own,
and the most memory that the process held, that of Python, its libraries and the corpus included; and the growth from one
size to the next as the exponent e of size^e.

What the columns test differs. Last year's report is always compared and published, superiors and groups of up to 64 fellows
are always compared: only copies from `elsewhere` test the search for candidates, so their recall is printed by itself. The
words are drawn at random, which makes texts of no common origin easy to tell apart. Copies of a text that was itself made
from a template are counted apart, and no bar is set for them: the source is one of many much alike, of which a report
brings in ten at most and the search links neighbours only.

On the `--brute` first narratives all pairs are compared by brute force, and those that `find_reuse` leaves out are
counted: none but those of reports that are in more pairs than are published. Beside it stands MinHash-LSH as datasketch
has it (128 permutations, Jaccard threshold 0.4), where that library is installed: how many of the same planted copies
its candidates contain.

Exit status 1 when a recall above 0.8 is below 0.99, when a false or a wrong pair was published, or when the largest
size took more than 8 processor minutes or 2 GB.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import polars as pl

from benchmarks.reuse_cases import EDITS, ORIGIN, Corpus, corpus
from benchmarks.reuse_score import HIGH, Naive, Score, brute_force, crowded_out, scored
from pipeline.reuse import find_reuse

BAR = 0.99
MOST_SECONDS = 480.0
MOST_MEGABYTES = 2_000.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One run in a process of its own."""

    pairs: pl.DataFrame
    seconds: float
    processor: float
    megabytes: float


def run(folder: Path) -> None:
    """The part that runs in a process of its own: reads the corpus, finds, writes the pairs and prints figures."""
    sections, reports = (pl.read_parquet(folder / f"{t}.parquet") for t in ("sections", "reports"))
    start, processor = time.perf_counter(), time.process_time()
    pairs, _ = find_reuse(sections, reports)
    figures = {"seconds": time.perf_counter() - start, "processor": time.process_time() - processor}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    pairs.write_parquet(folder / "pairs.parquet")
    print(json.dumps(figures | {"megabytes": peak}))


def measured(made: Corpus) -> Measured:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made.sections.write_parquet(folder / "sections.parquet")
        made.reports.write_parquet(folder / "reports.parquet")
        command = [sys.executable, "-m", "benchmarks.bench_reuse", "--run", name]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return Measured(pl.read_parquet(folder / "pairs.parquet"), **json.loads(done.stdout))


def print_score(score: Score) -> None:
    print(f"  recall of planted copies from {HIGH} containment, and how many were planted:")
    print(f"  {'':16}" + "".join(f"{o:>18}" for o in ORIGIN))
    for edit in EDITS:
        cells = [
            f"{score.recall_of(k):.4f} of {score.planted[k]:<5}" if score.planted[k] else "-"
            for k in (f"{edit}, {o}" for o in ORIGIN)
        ]
        print(f"  {edit:16}" + "".join(f"{c:>18}" for c in cells))
    print(f"  all {score.recall:.4f} of {score.planted.total()}; from 0.5 to {HIGH}: ", end="")
    print(f"{score.lower_found / max(1, score.lower_planted):.4f} of {score.lower_planted}")
    found, searched = (sum(c[f"{e}, elsewhere"] for e in EDITS) for c in (score.found, score.planted))
    print(f"  from elsewhere alone, where candidates are searched: {found / max(1, searched):.4f} of {searched}")
    share = score.of_templates_found / max(1, score.of_templates)
    print(f"  copies of texts made from a template, no bar: {share:.4f} of {score.of_templates}")
    print(f"  texts made from a template: {score.templated}, with a pair: {score.templated_paired}")
    print(
        f"  pairs published: {score.pairs}, at most {score.most_per_report} with one report; of texts with nothing in"
    )
    print(f"  common: {score.unplanted} (texts that only look alike: {score.traps_paired}); ", end="")
    print(f"computed again: {score.checked}, wrong: {score.wrong}")


def failures(score: Score) -> list[str]:
    low = [f"recall of {k}: {score.recall_of(k):.4f}" for k in score.planted if score.recall_of(k) < BAR]
    false = [f"{score.unplanted} pairs of texts with nothing in common"] if score.unplanted else []
    return low + false + ([f"{score.wrong} pairs with wrong figures"] if score.wrong else [])


def compare_with_brute_force(size: int, seed: int) -> list[str]:
    made = corpus(size, seed)
    ids = made.reports["report_id"].to_list()
    number = {r: i for i, r in enumerate(ids)}
    start = time.perf_counter()
    pairs, _ = find_reuse(made.sections, made.reports)
    seconds = time.perf_counter() - start
    found = {frozenset((number[a], number[b])) for a, b in pairs.select("report_id", "other_report_id").iter_rows()}
    start = time.perf_counter()
    everything = brute_force(made)
    brute = time.perf_counter() - start
    crowded = crowded_out(everything)
    left_out = everything - found
    missed = [p for p in left_out if not all(i in crowded for i in p)]
    print(f"\nbrute force on {len(ids)}: {len(everything)} pairs in {brute:.1f} s; find_reuse {seconds:.1f} s")
    print(
        f"  left out: {len(left_out) - len(missed)} between reports that are both in more than are published, others: ",
        end="",
    )
    print(len(missed))
    if find_spec("datasketch") is None:
        print("  datasketch is not installed: no comparison with MinHash-LSH")
    else:
        compare_with_lsh(made)
    return [f"{len(missed)} pairs of the brute force missed"] if missed else []


def compare_with_lsh(made: Corpus) -> None:
    """Of the planted copies, how many MinHash-LSH has among its candidates."""
    from datasketch import MinHash, MinHashLSH

    naive = Naive(made)
    start = time.perf_counter()
    index = MinHashLSH(threshold=0.4, num_perm=128)
    sketches = {}
    for i in range(len(naive.texts)):
        sketches[i] = MinHash(num_perm=128, seed=1)
        sketches[i].update_batch([s.encode() for s in naive.shingles(i)])
        index.insert(i, sketches[i])
    candidates = {i: set(index.query(sketch)) for i, sketch in sketches.items()}
    seconds = time.perf_counter() - start
    print(
        f"  datasketch: {seconds:.1f} s, {sum(map(len, candidates.values())) - len(candidates)} candidates (each pair twice)"
    )
    for edit in EDITS:
        planted = [
            p for p in made.planted if p.kind.startswith(edit) and (naive.containment(p.copy, p.source) or 0) >= HIGH
        ]
        if planted:
            held = sum(p.source in candidates[p.copy] for p in planted)
            print(f"    {edit:16}{held / len(planted):.4f} of {len(planted)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000], help="narratives (%(default)s)")
    parser.add_argument("--brute", type=int, default=2_000, help="narratives compared by brute force; 0 for none")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--run", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.run:
        run(args.run)
        return 0
    failed: list[str] = []
    before: tuple[int, Measured] | None = None
    for size in sorted(args.sizes):
        made = corpus(size, args.seed)
        result = measured(made)
        count = len(made.reports)
        print(f"\n{count} narratives, {made.sections['text'].str.len_chars().mean():.0f} characters each")
        print(
            f"  {result.seconds:.1f} s, processor {result.processor:.1f} s, at most {result.megabytes:.0f} MB", end=""
        )
        if before is not None:
            ratio = math.log(count / before[0])
            grown = math.log(result.processor / before[1].processor) / ratio
            print(
                f"; grows with n^{grown:.2f} (memory n^{math.log(result.megabytes / before[1].megabytes) / ratio:.2f})",
                end="",
            )
        print()
        score = scored(made, result.pairs)
        print_score(score)
        failed += failures(score)
        if result.processor > MOST_SECONDS or result.megabytes > MOST_MEGABYTES:
            failed.append(f"{count} narratives: {result.processor:.0f} s, {result.megabytes:.0f} MB")
        before = (count, result)
    if args.brute:
        failed += compare_with_brute_force(args.brute, args.seed)
    print("\n" + ("; ".join(["missed", *failed]) if failed else "all bars met"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
