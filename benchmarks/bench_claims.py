"""Figures that sentences of the narrative state: how many are found, and how many of those claimed are right.

    python benchmarks/bench_claims.py [--file FILE] [--list]

The sentences are those of tests/narrate/data/claims_test.csv, kept apart while the extractor was built. `--file` scores
another file of that form instead, such as the development sentences beside it, which the extractor knows. Counted are
figures. One about a cell of the form is right where value, subject, column (applicant or outcome) and comparability
agree; comparable are the scopes unstated, organ and whole, not part and other_year. Precision: right among those
claimed for a cell; recall: right among those stated. A figure about something else (hotline, petitions, opinions ...)
counts as found where its value is claimed and not for a cell; a claim of one for a cell is wrong there.
`--list` prints every disagreement. Exit status 1 when the precision over figures of cells is below 0.98 on the sentences
kept apart; no bar is set for another file.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from pipeline.narrate.claims import find_claims
from tests.narrate.claims_score import NOT_CELLS, TEST, Figure, cell_score, judge_all, read_sentences, scores

BAR = 0.98


def shown(figure: Figure) -> str:
    """A figure in a few words: what, of whom or how it ended, how many."""
    what = f"{figure.subject}.{figure.column_code}" if figure.column_code else figure.subject
    return f"{what}={figure.value}" + ("" if figure.is_comparable else " (not comparable)")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path, default=TEST, help="CSV of sentences with their figures (%(default)s)")
    parser.add_argument("--list", action="store_true", help="print every disagreement")
    args = parser.parse_args()
    if not args.file.is_file():
        parser.error(f"no such file: {args.file}")

    verdicts = judge_all(read_sentences(args.file), find_claims)
    if args.list:
        for v in verdicts:
            lines = [f"  missed {shown(f)}" for f in v.missed] + [f"  wrong  {shown(f)}" for f in v.wrong]
            if lines:
                print(f"{v.sentence.number} {v.sentence.text}", *lines, sep="\n")
    by_group = scores(verdicts)
    cells = cell_score(by_group)
    print(f"{len(verdicts)} sentences\n{'':24}{'stated':>8}{'right':>8}{'wrong':>8}{'precision':>11}{'recall':>9}")
    for name, s in {**by_group, "all cells": cells}.items():
        precision = "" if name == NOT_CELLS else f"{s.precision:.4f}"
        wrong = "" if name == NOT_CELLS else s.wrong
        print(f"{name:24}{s.stated:8}{s.right:8}{wrong:>8}{precision:>11}{s.recall:9.4f}")
    print(f"new applications taken for all received, or the reverse: {sum(v.received_confused for v in verdicts)}")
    print(f"implied by a word, stated by no numeral, not judged: {sum(len(v.implied) for v in verdicts)}")
    print(f"sentences read without any disagreement: {sum(not (v.missed or v.wrong) for v in verdicts)}")
    if args.file.resolve() != TEST.resolve():
        print(f"precision {cells.precision:.4f} over figures of cells, no bar: not the sentences kept apart")
        return 0
    is_met = cells.precision >= BAR
    print(f"precision {cells.precision:.4f} over figures of cells, bar {BAR}: {'met' if is_met else 'missed'}")
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
