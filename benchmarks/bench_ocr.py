"""Reads random reports as scans of several resolutions and conditions, and compares every cell with what was printed.

    python -m benchmarks.bench_ocr [--reports 10] [--seed 0] [--dpi 150 200] [--condition NAME ...] [--jobs 2] [--show 20]

The recogniser alone: `right`, `wrong` and `unread` are cells of the statutory tables that hold a value or nothing; `sure`
are the wrong ones whose least certainty is not below `scan.CERTAIN`, `doubted` the right ones whose is; `grid` are cells
other than printed; `labels` is the share of label cells without any error,
`seconds` and memory (the largest process, megabytes) are for a page.
The whole parser on the same pages: `certain` (right, status A), `doubtful` (right, status U), `flagged` (wrong or lost, and
something says so), `silent` (wrong or lost without a word) are cells that print a number; `digits` is the share of their
digits that are right, those of lost rows counted as wrong.
Exit status 1 when a cell is silently wrong or fewer than 99.9 % of the digits are right. Needs chromium.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from pipeline import form
from pipeline.document import parse_text
from pipeline.extract.numbers import in_unit, parse
from pipeline.read import scan
from pipeline.read.building import Builder
from pipeline.read.pages import add_pages
from tests.corpus import Options, random_truth, scans
from tests.corpus.gold import GoldCell
from tests.corpus.score import verdicts

COLUMNS = (
    "pages",
    "values",
    "right",
    "wrong",
    "unread",
    "sure",
    "doubted",
    "grid",
    "certain",
    "doubtful",
    "flagged",
    "silent",
)


def plain(text: str) -> str:
    """Full-width as half-width: print does not show which it was."""
    return unicodedata.normalize("NFKC", text)


def in_box(page: scan.Page, box: scans.Box) -> tuple[str, float]:
    """The text that was recognised in a box, and its least certainty (1 where there is none)."""
    left, top, right, bottom = box
    found = [
        (g, c)
        for g, c in zip(page.glyphs, page.certainty or (), strict=True)
        if left <= (g.left + g.right) / 2 < right and top <= (g.top + g.bottom) / 2 < bottom
    ]
    found.sort(key=lambda f: (round(f[0].top / 4), f[0].left))
    return "".join(g.text for g, _ in found), min((c for _, c in found), default=1.0)


def cells_of(page: scan.Page) -> list[scans.Box]:
    """The cells that the page's ruling lines close in."""
    from pipeline.read.scan_rulings import Ruling, Rulings, find_cells

    across = tuple(Ruling(4 * r.y0, 4 * r.x0, 4 * r.x1, 1) for r in page.rules if r.y0 == r.y1)
    down = tuple(Ruling(4 * r.x0, 4 * r.y0, 4 * r.y1, 1) for r in page.rules if r.y0 != r.y1)
    shape = (round(page.height * 4), round(page.width * 4))
    boxes = find_cells(Rulings(across, down), shape, 4 * 72)
    return [(b.left / 4, b.top / 4, b.right / 4, b.bottom / 4) for b in boxes]


def same(a: scans.Box, b: scans.Box) -> bool:
    return all(abs(x - y) < 5 for x, y in zip(a, b, strict=True))


def score_page(page: scan.Page, truths: Sequence[scans.CellTruth]) -> tuple[Counter[str], list[str]]:
    n: Counter[str] = Counter(pages=1)
    lines = []
    found = cells_of(page)
    n["grid"] = abs(len(found) - len(truths)) + sum(not any(same(t.box, f) for f in found) for t in truths)
    for cell in truths:
        text, certainty = in_box(page, cell.box)
        is_right = plain(text) == plain(cell.text)
        if not cell.is_value:
            n["labels"] += 1
            n["labels_right"] += is_right
            continue
        is_unread = scan.UNREAD in text
        n["values"] += 1
        n["right"] += is_right
        n["unread"] += is_unread
        n["wrong"] += not is_right and not is_unread
        n["sure"] += not is_right and certainty >= scan.CERTAIN
        n["doubted"] += is_right and certainty < scan.CERTAIN
        if not is_right:
            lines.append(f"printed {cell.text!r}, read {text!r} with {certainty:.3f} at {cell.box}")
    return n, lines


def digits_right(printed: str, read: str) -> int:
    """How many digits of a cell were read, in order."""
    is_digit = [c.isdigit() for c in plain(printed)]
    blocks = SequenceMatcher(None, plain(printed), plain(read), autojunk=False).get_matching_blocks()
    return sum(sum(is_digit[b.a : b.a + b.size]) for b in blocks)


def score_parsed(pages: Sequence[scan.Page], seed: int, is_dense: bool) -> tuple[Counter[str], list[str]]:
    """What the whole parser makes of the recognised pages, cell by cell."""
    builder = Builder()
    add_pages(builder, pages)
    parsed = parse_text(builder.document("scan"))
    truth, options = random_truth(seed), Options(seed=seed)
    gold, printed = [], {}
    for code in truth.tables:
        for cell in scans.sheet_of(truth, code, options, is_dense=is_dense).cells:
            if cell.key and (number := parse(cell.text)).number is not None:
                value, _, _ = in_unit(number, form.unit_of(truth.tables[code].form, code, *cell.key))
                gold.append(GoldCell(code, *cell.key, value, "printed", value))
                printed[gold[-1].key] = cell.text
    n: Counter[str] = Counter()
    lines = []
    for v in verdicts(tuple(gold), parsed):
        status = v.got.obs_status if v.got else ""
        n["digits"] += sum(c.isdigit() for c in plain(printed[v.gold.key]))
        n["digits_right"] += digits_right(printed[v.gold.key], v.got.printed or "" if v.got else "")
        kind = {"A": "certain", "U": "doubtful"}[status] if v.verdict == "exact" else v.verdict
        n["silent" if kind == "missing" else kind] += 1
        if kind in ("silent", "missing", "flagged"):
            lines.append(f"{kind}: {'/'.join(v.gold.key)} printed {v.gold.value}, got {v.got}")
    return n, lines


def one_report(seed: int, kinds: Sequence[tuple[int, str]]) -> tuple[dict[tuple[int, str], Counter[str]], list[str]]:
    """Counts by resolution and condition for one report, and lines on cells that were not read right."""
    # Every second one has a number in each cell: as it is, a report has mostly zeros.
    is_dense = seed % 2 == 1
    data = scans.print_report(random_truth(seed), Options(seed=seed), is_dense=is_dense)
    out, lines = {}, []
    for dpi, condition in kinds:
        n: Counter[str] = Counter()
        pages = []
        for number, truths in enumerate(scans.page_truths(data), 1):
            picture = scans.scan(data, number, dpi, condition, seed)
            started = time.perf_counter()
            pages.append(scan.recognise(picture, dpi, number).page)
            n["milliseconds"] += round(1000 * (time.perf_counter() - started))
            counts, short = score_page(pages[-1], truths)
            n += counts
            lines += [f"report {seed} page {number} {dpi} dpi {condition}: {line}" for line in short]
        counts, short = score_parsed(pages, seed, is_dense)
        n += counts
        lines += [f"report {seed} {dpi} dpi {condition}: {line}" for line in short]
        n["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        out[dpi, condition] = n
    return out, lines


def report(results: dict[tuple[int, str], Counter[str]]) -> None:
    print(" dpi", "condition".ljust(10), *(c.rjust(8) for c in COLUMNS), " digits %", "labels %", "seconds", "memory")
    for (dpi, condition), n in results.items():
        digits = 100 * n["digits_right"] / max(1, n["digits"])
        labels = 100 * n["labels_right"] / max(1, n["labels"])
        seconds = n["milliseconds"] / 1000 / max(1, n["pages"])
        counts = (str(n[c]).rjust(8) for c in COLUMNS)
        print(f"{dpi:4}", condition.ljust(10), *counts, f"{digits:9.3f} {labels:8.2f} {seconds:7.1f} {n['memory']:6}")


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--reports", type=int, default=10)
    ap.add_argument("--seed", type=int, default=0)
    ap.add_argument("--dpi", type=int, nargs="+", default=[150, 200])
    ap.add_argument("--condition", nargs="+", choices=scans.CONDITIONS, default=scans.CONDITIONS)
    ap.add_argument("--jobs", type=int, default=2)
    ap.add_argument("--show", type=int, default=20, metavar="N", help="print up to N cells that were not read right")
    a = ap.parse_args()
    kinds = [(dpi, condition) for dpi in a.dpi for condition in a.condition]
    results: dict[tuple[int, str], Counter[str]] = {kind: Counter() for kind in kinds}
    shown: list[str] = []
    with ProcessPoolExecutor(a.jobs) as pool:
        for counts, lines in pool.map(partial(one_report, kinds=kinds), range(a.seed, a.seed + a.reports)):
            shown += lines
            for kind, n in counts.items():
                memory = max(results[kind]["memory"], n["memory"])
                results[kind].update(n)
                results[kind]["memory"] = memory
    report(results)
    for line in shown[: a.show]:
        print(line)
    total = sum(results.values(), Counter[str]())
    digits = total["digits_right"] / max(1, total["digits"])
    print(
        f"{total['pages']} pages, {total['values']} values: {total['wrong']} wrong, {total['unread']} unread, "
        f"{total['silent']} silent; {100 * digits:.3f} % of {total['digits']} digits right"
    )
    return int(bool(total["silent"] or digits < 0.999))


if __name__ == "__main__":
    sys.exit(main())
