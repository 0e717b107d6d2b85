"""How well the numbers are edited: known truths with errors of every kind, and whole reports without any.

    python benchmarks/bench_editing.py [--tables 60] [--reports 10400] [--samples 6] [--jobs 2] [--json]

Tables with wrong numbers; shares are of the sheets:
  not seen       nothing was noticed; `limit`: nothing could be, since some table satisfies every identity and prints the
                 same (linear programming; in full tables, no identity fails)
  located        one repair is preferred to all others, and its cells are exactly the wrong ones
  right, part, wrong   the suggested numbers are the true ones; are true, but some wrong cell has none; are not
  listed         no suggestion, and the truth is among the listed repairs; `unlisted`: it is not
  undecided      noticed, but no repairs: the search ended at its cap, or the error is none that it looks for
  fewest         limit for an editor to whom all errors are alike: the smallest set of changes is unique and the true one
                 (three wrong cells at most, first `--samples` sheets)
  flagged        rightly printed cells that a suggestion would change, by sheet
  I wrong        cells deduced wrongly, by sheet; `noticed`: in sheets in which something was noticed
  silent         cells with a wrong number and nothing said about it, by sheet; `reading`, `by row`: the same for two
                 parsers that fill the form as a template, with all numbers in reading order and row by row from the left
Tables that lost numbers, none of them wrong; shares are of the cells without a (certain) number:
  I right, wrong deduced; U right, wrong: numbers of short rows placed with doubt; open: left null
  fixed          limit: cells that have one value in every non-negative solution; `by sums`: by the equations alone;
                 `filled`: how many of the fixed ones were deduced (first `--samples` sheets)
  alarms         sheets in which an identity is said to fail, though no number is wrong; `no reading`: short rows are said
                 to have no reading in which what they lost is zeros (right where other numbers were lost)
Reports: see `editing_reports.py`. Exit status 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.editing_kinds import KINDS, TABLES, Kind
from benchmarks.editing_measure import measure
from benchmarks.editing_reports import BLANK_PATTERNS, WRONG_DIGIT, judge_reports
from benchmarks.editing_theory import code_of
from pipeline import form

Counts = Counter[str]
Column = tuple[str, Callable[[Counts], str]]
CHUNK = 400


def percent(what: str, of: str) -> Callable[[Counts], str]:
    return lambda n: f"{100 * n[what] / n[of]:.1f}" if n[of] else "-"


def by_sheet(what: str) -> Callable[[Counts], str]:
    return lambda n: f"{n[what] / n['sheets']:.2f}" if n["sheets"] else "-"


def count(what: str) -> Callable[[Counts], str]:
    return lambda n: str(n[what])


WRONG_COLUMNS: tuple[Column, ...] = (
    ("sheets", count("sheets")),
    ("cells", count("wrong")),
    ("not seen", percent("undetected", "faulty")),
    ("limit", percent("unnoticeable", "noticeable_of")),
    ("located", percent("located", "faulty")),
    ("right", percent("suggested_right", "faulty")),
    ("part", percent("suggested_in_part", "faulty")),
    ("wrong", percent("suggested_wrong", "faulty")),
    ("listed", percent("listed", "faulty")),
    ("unlisted", percent("not_listed", "faulty")),
    ("undecided", percent("undecided", "faulty")),
    ("fewest", percent("fewest_unique", "fewest_of")),
    ("flagged", by_sheet("right_flagged")),
    ("I wrong", by_sheet("deduced_wrong")),
    ("noticed", by_sheet("deduced_wrong_noticed")),
    ("silent", by_sheet("silent")),
    ("reading", by_sheet("reading_order_cells")),
    ("by row", by_sheet("row_by_row_cells")),
)
LOST_COLUMNS: tuple[Column, ...] = (
    ("sheets", count("sheets")),
    ("cells", count("unprinted")),
    ("I right", percent("deduced_right", "unprinted")),
    ("I wrong", percent("deduced_wrong", "unprinted")),
    ("U right", percent("placed_right", "unprinted")),
    ("U wrong", percent("placed_wrong", "unprinted")),
    ("open", percent("left_open", "unprinted")),
    ("fixed", percent("fixed", "fixed_of")),
    ("by sums", percent("fixed_by_equalities", "fixed_of")),
    ("filled", percent("fixed_filled", "fixed")),
    ("alarms", count("false_alarms")),
    ("no reading", count("no_reading")),
    ("reading", by_sheet("reading_order_cells")),
    ("by row", by_sheet("row_by_row_cells")),
)
REPORT_COLUMNS: tuple[Column, ...] = (
    ("documents", count("documents")),
    ("reports", count("reports")),
    ("error", count("error")),
    ("warning", count("warning")),
    ("info", count("info")),
    ("printed", count("printed")),
    ("altered", count("altered")),
    ("A right", count("certain")),
    ("A wrong", count("certain_wrong")),
    ("I right", count("deduced_right")),
    ("I wrong", count("deduced_wrong")),
    ("U right", count("doubted_right")),
    ("U wrong", count("doubted_wrong")),
    ("open", count("open")),
    ("with error", count("with_error")),
    ("sugg. right", count("suggested_right")),
    ("sugg. wrong", count("suggested_wrong")),
)


def print_table(title: str, columns: Sequence[Column], rows: Sequence[tuple[str, str, Counts]]) -> None:
    cells = [
        ["", "", *(h for h, _ in columns)],
        *([name, number, *(f(n) for _, f in columns)] for name, number, n in rows),
    ]
    widths = [max(map(len, c)) for c in zip(*cells, strict=True)]
    print(title)
    for row in cells:
        print(row[0].ljust(widths[0]), *(x.rjust(w) for x, w in zip(row[1:], widths[1:], strict=True)), sep="  ")
    print()


def tables_of_kind(kind: Kind, tables: int) -> int:
    """More of the cheap rows: those of fully printed tables with single wrong numbers, on which bars stand."""
    return tables * 10 if kind.name in ("digit typo", "any other value") else tables


def run(args: argparse.Namespace) -> tuple[dict[tuple[str, str], Counts], dict[str, Counts], list[str]]:
    """Counts by table kind and error kind, by pattern of reports, and lines on reports that are not as they should be."""
    patterns = {p: -(-args.reports // len(BLANK_PATTERNS)) for p in BLANK_PATTERNS}
    patterns[WRONG_DIGIT] = args.reports // 10
    measured: dict[tuple[str, str], Counts] = {}
    reports: dict[str, Counts] = defaultdict(Counter)
    lines: list[str] = []
    with ProcessPoolExecutor(args.jobs) as pool:
        judged: list[tuple[str, Future[tuple[Counts, list[str]]]]] = [
            (p, pool.submit(judge_reports, p, range(at, min(at + CHUNK, total))))
            for p, total in patterns.items()
            for at in range(0, total, CHUNK)
        ]
        edited = {
            (t.name, k.label): pool.submit(measure, t.name, k.label, tables_of_kind(k, args.tables), args.samples)
            for t in TABLES
            for k in KINDS
        }
        for pattern, future in judged:
            n, bad = future.result()
            reports[pattern].update(n)
            lines += bad
        measured = {key: future.result() for key, future in edited.items()}
    return measured, dict(reports), lines


def bars(measured: dict[tuple[str, str], Counts], reports: dict[str, Counts]) -> list[tuple[bool, str]]:
    """Each bar: whether it is met, and its figures."""
    names = {t.name for t in TABLES if t.table_code == form.APPLICATIONS}
    digits = sum((n for (t, k), n in measured.items() if t in names and k == "digit typo 1"), Counter())
    full = sum((n for (t, _), n in measured.items() if t in names), Counter())
    clean = sum((n for p, n in reports.items() if p != WRONG_DIGIT), Counter())
    altered = sum(n["altered"] for n in (*measured.values(), *reports.values()))
    whole = sum(reports.values(), Counter())
    codes = [code_of(f, form.APPLICATIONS) for f in form.FORMS]
    sizes = (f"{c.cells} cells, {c.identities} identities, {c.rank} independent, distance {c.distance}" for c in codes)
    return [
        (
            digits["faulty"] == digits["located"] == digits["suggested_right"] > 0,
            f"a single wrong digit in a full applications table: {digits['faulty']:,} sheets, {digits['located']:,} located "
            f"uniquely, {digits['suggested_right']:,} suggestions right",
        ),
        (
            full["full_3"] > 0 == full["full_3_undetected"],
            f"one to three wrong cells in a full applications table: {full['full_3']:,} sheets, "
            f"{full['full_3_undetected']} not noticed",
        ),
        (
            all(c.distance == 4 for c in codes),
            f"theory, every set of cells tried: no error of three cells or fewer satisfies all identities ({'; '.join(sizes)})",
        ),
        (
            clean["reports"] > 0 == clean["error"],
            f"reports without error, {len(BLANK_PATTERNS)} patterns of blanks: {clean['reports']:,} reports, "
            f"{clean['error']} findings of severity error",
        ),
        (altered == 0, f"printed values altered: {altered} of {whole['printed']:,} in {whole['reports']:,} reports"),
        (
            whole["certain_wrong"] + whole["deduced_wrong"] == 0,
            f"numbers said to be certain that are not what the report prints there: {whole['certain_wrong']} of "
            f"{whole['certain']:,}; deduced wrongly: {whole['deduced_wrong']} of {whole['deduced_right']:,}",
        ),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--tables", type=int, default=60, help="sheets per row (default 60); ten times as many of the cheap ones"
    )
    parser.add_argument("--reports", type=int, default=10_400, help="whole reports without error (default 10400)")
    parser.add_argument("--samples", type=int, default=6, help="sheets per row for which dear limits are computed")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--show", type=int, default=20, metavar="N", help="print up to N lines on reports gone wrong")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    measured, reports, lines = run(args)
    judged = bars(measured, reports)
    if args.json:
        rows = {f"{t}: {k}": dict(n) for (t, k), n in measured.items()}
        out = {"tables": rows, "reports": reports, "lines": lines, "bars": judged}
        print(json.dumps(out, ensure_ascii=False, indent=1))
        return 0 if all(ok for ok, _ in judged) else 1
    for t in TABLES:
        for has_errors, columns in ((True, WRONG_COLUMNS), (False, LOST_COLUMNS)):
            kinds = [k for k in KINDS if k.has_errors == has_errors]
            what = "with wrong numbers" if has_errors else "that lost numbers, none wrong"
            print_table(f"{t.name}, {what}", columns, [(k.name, k.number, measured[t.name, k.label]) for k in kinds])
    print_table("whole reports", REPORT_COLUMNS, [(p, "", n) for p, n in reports.items()])
    for line in lines[: args.show]:
        print(line)
    missed = sum(n["missed"] for n in measured.values())
    print(f"noticeable and not noticed, all rows: {missed}")
    for ok, text in judged:
        print(f"{'met' if ok else 'MISSED':6}  {text}")
    return 0 if all(ok for ok, _ in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
