"""Problems and improvements that section five tells: how many are found, and how many of those found are right.

    python benchmarks/bench_points.py [--file FILE] [--list]

The texts are those of tests/narrate/data/points_test.yml, kept apart while the reader was built; `--file` scores another
file of that form instead, such as the development texts beside it, which the reader knows. A point is right where its
kind and its words agree, punctuation at both ends aside (exact); nearly right where at least four fifths of the
characters are shared. Types are counted over the points that are right. `--list` prints every disagreement. Exit status
1 when precision or recall (exact) is below 0.95 on the texts kept apart; no bar is set for another file.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from pipeline.narrate.points import find_points
from tests.narrate.points_score import DEVELOPMENT, TEST, judge_all, markers_wrong, read_texts, score, type_scores

BAR = 0.95


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path, default=TEST, help="YAML of texts with their points (%(default)s)")
    parser.add_argument("--list", action="store_true", help="print every disagreement")
    args = parser.parse_args()
    if not args.file.is_file():
        parser.error(f"no such file: {args.file}; the development texts are {DEVELOPMENT}")

    verdicts = judge_all(read_texts(args.file), find_points)
    if args.list:
        for v in verdicts:
            lines = [f"  missed {i.kind} {v.text(i)}" for i in v.missed] + [
                f"  wrong  {i.kind} {v.text(i)}" for i in v.wrong
            ]
            if lines:
                print(v.narrative.name, *lines, sep="\n")
    exact = score(verdicts)
    rows = {"exact": exact, "nearly": score(verdicts, nearly=True), **type_scores(verdicts)}
    print(f"{len(verdicts)} texts\n{'':24}{'stated':>8}{'found':>8}{'right':>8}{'precision':>11}{'recall':>9}")
    for name, s in rows.items():
        print(f"{name:24}{s.stated:8}{s.found:8}{s.right:8}{s.precision:11.4f}{s.recall:9.4f}")
    print(f"right but for the marker: {markers_wrong(verdicts)}")
    print(f"texts read without any disagreement: {sum(not (v.missed or v.wrong) for v in verdicts)}")
    if args.file.resolve() != TEST.resolve():
        print("no bar: not the texts kept apart")
        return 0
    is_met = min(exact.precision, exact.recall) >= BAR
    print(f"precision {exact.precision:.4f}, recall {exact.recall:.4f}, bar {BAR}: {'met' if is_met else 'missed'}")
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
