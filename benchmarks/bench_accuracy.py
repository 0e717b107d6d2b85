"""Reads a large corpus and compares every cell with its truth, by format; the corpus is made on the way and never kept.

    python -m benchmarks.bench_accuracy [--documents 2000] [--first 0] [--seed 0] [--workers 2] [--json]
    python -m benchmarks.bench_accuracy --document NUMBER [--seed 0] [--save DIR]

Documents are those of `benchmarks.corpus_at_scale` with the same seed; `--first` begins at a later one, so that a long run
can be cut into several. The second form reads one document again and shows its cells that are not right.

right: as printed, or a blank that the identities fix; contested: a table contradicts itself, so that null is right too;
unfilled: a blank that could be filled; flagged: wrong or lost, and a finding names the row; silent: wrong or lost without
a word; unread: of documents said to be no usable report. Exit status 1 where a cell is silent in HTML, DOCX, PDF or text
that keeps the places of its cells; each such cell is named.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from pipeline.document import parse_document
from pipeline.model import ParsedReport, SourceFile, Unusable
from tests.corpus.gold import GoldCell
from tests.corpus.scale import documents, mix
from tests.corpus.scale.documents import Document
from tests.corpus.score import Verdict, verdicts

COUNTED = ("cells", "right", "contested", "unfilled", "flagged", "silent", "unread")
MUST_NOT = ("html", "docx", "pdf", "positioned text")
"""Groups of formats in which no cell may be silent."""
JUDGED = {"exact": "right", "deduced": "right", "overclaimed": "silent"}
SCORED = ("report", "other_format", *documents.ODD)
"""Kinds of documents that are read here; a copy would be read as what it copies."""
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Result:
    """Counts by format, and a line on each silent cell and unread or failed document, with its format."""

    counts: dict[str, Counter[str]]
    lines: tuple[tuple[str, str], ...]


def judged(document: Document, parsed: ParsedReport | Unusable) -> list[Verdict]:
    """Every cell of a document; numbers read from a table that it does not have are silent, too."""
    out = verdicts(document.gold, parsed)
    if isinstance(parsed, ParsedReport):
        known = {v.gold.key for v in out}
        for cell in (c for t in parsed.tables for c in t.cells if c.value is not None):
            gold = GoldCell(cell.table_code, cell.row_code, cell.column_code, None, "open")
            if gold.key not in known:
                out.append(Verdict(gold, "silent", False, cell))
    return out


def word(v: Verdict, parsed: ParsedReport | Unusable) -> str:
    """The column of the table that a verdict counts in."""
    if v.verdict == "missing":
        return "silent" if isinstance(parsed, ParsedReport) else "unread"
    return JUDGED.get(v.verdict, v.verdict)


def line(seed: int, document: Document, v: Verdict) -> str:
    got = "no such cell" if v.got is None else f"{v.got.value} ({v.got.obs_status}, printed {v.got.printed!r})"
    where = f"seed {seed} document {document.number} {document.format}"
    return f"{where} {'/'.join(v.gold.key)}: expected {v.gold.value} ({v.gold.kind}), got {got}"


def read(document: Document) -> ParsedReport | Unusable:
    return parse_document(document.data, SourceFile(document.file_name, "x"))


def read_block(wanted: tuple[int, int], seed: int) -> Result:
    """One block made, read and judged."""
    counts: dict[str, Counter[str]] = {}
    lines = []
    for document in documents.block(seed, *wanted).documents:
        if document.kind not in SCORED:
            continue
        n = counts.setdefault(document.format if document.gold else "no report", Counter())
        n["documents"] += 1
        where = f"seed {seed} document {document.number} {document.format}"
        started = time.process_time()
        try:
            parsed = read(document)
        except Exception:  # a reader that raises is a finding: it must hand back Unusable
            n["raised"] += 1
            lines.append((document.format, f"{where}: raised {' | '.join(traceback.format_exc().splitlines()[-3:])}"))
            continue
        n["microseconds"] += round(1e6 * (time.process_time() - started))
        if isinstance(parsed, Unusable) and document.gold:
            lines.append((document.format, f"{where}: not read: {parsed.reason_code}: {parsed.reason}"))
        for v in judged(document, parsed):
            column = word(v, parsed)
            n["cells"] += 1
            n[column] += 1
            if column == "silent":
                lines.append((document.format, line(seed, document, v)))
    return Result(counts, tuple(lines))


def read_all(count: int, first: int, seed: int, workers: int) -> Iterator[Result]:
    """The results block by block, in order."""
    start = first // documents.BLOCK
    wanted = [(start + at, n) for at, n in documents.blocks(count)]
    # Not forked: a copy of a process whose libraries run threads may wait for ever for a lock of one of them.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(partial(read_block, seed=seed), wanted)


def row(name: str, n: Counter[str]) -> str:
    million = 1e6 / n["cells"] if n["cells"] else 0.0
    per = n["microseconds"] / 1000 / max(1, n["documents"])
    counts = "".join(f"{n[c]:>11,}" for c in COUNTED)
    return f"{name:<28}{n['documents']:>9,}{counts}{n['silent'] * million:>11.1f}{n['flagged'] * million:>11.1f}{per:>9.1f}"


def table(counts: dict[str, Counter[str]]) -> list[str]:
    """Lines: a row a format, a row a group of formats, all."""
    heads = "".join(f"{c:>11}" for c in COUNTED)
    out = [f"{'format':<28}{'documents':>9}{heads}{'silent/mio':>11}{'flagged/mio':>11}{'ms/doc':>9}"]
    for group in mix.GROUPS:
        of = {name: n for name, n in counts.items() if name in mix.SHARES and mix.group(name) == group}
        out += [row("  " + name, of[name]) for name in mix.SHARES if name in of]
        if of:
            out.append(row(f"{group} ({len(of)})", sum(of.values(), Counter())))
    if "no report" in counts:
        out.append(row("no report", counts["no report"]))
    return [*out, row("all", sum(counts.values(), Counter()))]


def show_one(seed: int, number: int, folder: Path | None) -> int:
    """Reads one document and prints the cells that are not right."""
    document = documents.document(seed, number)
    parsed = read(document)
    print(f"{document.name}: {document.kind}, {document.format}, {document.organ} {document.year}")
    if isinstance(parsed, Unusable):
        print(f"not read: {parsed.outcome}, {parsed.reason_code}: {parsed.reason}")
    for v in judged(document, parsed):
        if (what := word(v, parsed)) != "right":
            print(f"{what}: {line(seed, document, v)}")
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / document.file_name).write_bytes(document.data)
        print(f"written to {folder / document.file_name}")
    return 0


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--documents", type=int, default=2000, metavar="N")
    ap.add_argument("--first", type=int, default=0, metavar="N", help=f"a multiple of {documents.BLOCK}")
    ap.add_argument("--seed", type=int, default=0)
    ap.add_argument("--workers", type=int, default=2, metavar="N")
    ap.add_argument("--document", type=int, metavar="NUMBER", help="only this one")
    ap.add_argument("--save", type=Path, metavar="DIR", help="write the one document there")
    ap.add_argument("--json", action="store_true")
    a = ap.parse_args()
    if a.document is not None:
        return show_one(a.seed, a.document, a.save)
    if a.first % documents.BLOCK:
        ap.error(f"--first has to be a multiple of {documents.BLOCK}")
    counts: dict[str, Counter[str]] = {}
    shown = 0
    lines = []
    for result in read_all(a.documents, a.first, a.seed, a.workers):
        for name, n in result.counts.items():
            counts.setdefault(name, Counter()).update(n)
        for name, text in result.lines:
            must_not = name in mix.SHARES and mix.group(name) in MUST_NOT
            lines.append(text)
            shown += not must_not
            if not a.json and (must_not or shown <= SHOWN):
                print(text, flush=True)
    failed = sorted(
        name
        for name, n in counts.items()
        if n["raised"] or (n["silent"] and (name not in mix.SHARES or mix.group(name) in MUST_NOT))
    )
    if a.json:
        print(json.dumps({"counts": {k: dict(n) for k, n in counts.items()}, "lines": lines, "failed": failed}))
        return 1 if failed else 0
    if shown > SHOWN:
        print(f"and {shown - SHOWN:,} more in formats in which a cell may be silent")
    print("\n".join(table(counts)))
    for name in failed:
        print(f"bar missed: {name}: {counts[name]['silent']} cells silent, {counts[name]['raised']} documents raised")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
