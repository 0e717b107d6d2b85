"""Problems and improvements that section five tells: how many are found, and how many of those found are right.

    python benchmarks/bench_points.py [--file FILE] [--list]

Every file of texts is printed. Those of tests/narrate/data/points_test.yml were kept apart while the reader was built;
where the file is there, its precision and recall (exact) decide: exit status 1 below 0.95. The development texts and
the variants are known to the reader: their figures say how well it fits them, not how it reads new reports. `--file`
scores one other file of that form. A point is right where its kind and its words agree, punctuation at both ends aside
(exact); nearly right where at least four fifths of the characters are shared. Types are counted over the points that
are right; their average is over types of which two points or more are stated. `--list` prints every disagreement.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from pipeline.narrate.points import find_points
from tests.narrate.points_score import (
    DEVELOPMENT,
    TEST,
    VARIANTS,
    Score,
    Verdict,
    average,
    judge_all,
    markers_wrong,
    read_texts,
    score,
    type_scores,
)

BAR = 0.95


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path, help="YAML of texts with their points (all that are in the repository)")
    parser.add_argument("--list", action="store_true", help="print every disagreement")
    args = parser.parse_args()
    if args.file is not None and not args.file.is_file():
        parser.error(f"no such file: {args.file}; the development texts are {DEVELOPMENT[0]}")

    held_out = None
    for path in [args.file] if args.file is not None else [*DEVELOPMENT, VARIANTS, *([TEST] if TEST.is_file() else [])]:
        is_held_out = path.resolve() == TEST.resolve()
        known = path.resolve() in {p.resolve() for p in (*DEVELOPMENT, VARIANTS)}
        exact = _print(path, "kept apart" if is_held_out else "in-sample" if known else "no bar", args.list)
        held_out = exact if is_held_out else held_out
    if held_out is None:
        print(f"no bar: {TEST.name} is not there" if args.file is None else "no bar: not the texts kept apart")
        return 0
    is_met = min(held_out.precision, held_out.recall) >= BAR
    print(
        f"precision {held_out.precision:.4f}, recall {held_out.recall:.4f}, bar {BAR}: {'met' if is_met else 'missed'}"
    )
    return 0 if is_met else 1


def _print(path: Path, note: str, with_list: bool) -> Score:
    """Prints the table of a file; returns its exact score."""
    verdicts = judge_all(read_texts(path), find_points)
    print(f"{path.name} ({note}): {len(verdicts)} texts")
    if with_list:
        _print_disagreements(verdicts)
    exact, types = score(verdicts), type_scores(verdicts)
    has_types = any(item.types for v in verdicts for item in v.narrative.items)
    rows = {"exact": exact, "nearly": score(verdicts, nearly=True), **(types if has_types else {})}
    print(f"{'':24}{'stated':>8}{'found':>8}{'right':>8}{'precision':>11}{'recall':>9}")
    for name, s in rows.items():
        print(f"{name:24}{s.stated:8}{s.found:8}{s.right:8}{s.precision:11.4f}{s.recall:9.4f}")
    if has_types:
        precision, recall = average(types.values())
        print(f"{'average of types':48}{precision:11.4f}{recall:9.4f}")
    print(f"right but for the marker: {markers_wrong(verdicts)}")
    print(f"texts read without any disagreement: {sum(not (v.missed or v.wrong) for v in verdicts)}\n")
    return exact


def _print_disagreements(verdicts: tuple[Verdict, ...]) -> None:
    for v in verdicts:
        lines = [f"  missed {i.kind} {v.text(i)}" for i in v.missed] + [
            f"  wrong  {i.kind} {v.text(i)}" for i in v.wrong
        ]
        if lines:
            print(v.narrative.name, *lines, sep="\n")


if __name__ == "__main__":
    sys.exit(main())
