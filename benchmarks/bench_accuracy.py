"""Reads a large corpus and compares every cell with its truth, by format; the corpus is made on the way and never kept.

    python -m benchmarks.bench_accuracy [--documents 2000] [--first 0] [--seed 0] [--workers 2] [--json]
    python -m benchmarks.bench_accuracy --dataset DIR --truth DIR [--seed 0] [--json]
    python -m benchmarks.bench_accuracy --document NUMBER [--seed 0] [--save DIR]

Documents are those of `benchmarks.corpus_at_scale` with the same seed; `--first` begins at a later one, so that a long run
can be cut into several. The second form judges a dataset that `ogi build` made of such a corpus, with the truth beside
the corpus. The third reads one document again and shows its cells that are not right.

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
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import accuracy, dataset_accuracy
from benchmarks.accuracy import Known, Result
from pipeline.document import parse_document
from pipeline.model import ParsedReport, SourceFile, Unusable
from tests.corpus.scale import documents
from tests.corpus.scale.documents import Document
from tests.corpus.score import cells_of, findings_of

SHOWN = 50


def read(document: Document) -> ParsedReport | Unusable:
    return parse_document(document.data, SourceFile(document.file_name, "x"))


def read_block(wanted: tuple[int, int], seed: int) -> Result:
    """One block made, read and judged."""
    result = Result()
    for document in documents.block(seed, *wanted).documents:
        if document.kind not in accuracy.SCORED:
            continue
        known = Known(seed, document.number, document.format, document.gold)
        started = time.process_time()
        try:
            parsed = read(document)
        except Exception:  # a reader that raises is a finding: it must hand back Unusable
            result.of(known)["documents"] += 1
            result.of(known)["raised"] += 1
            result.lines.append(
                (document.format, f"{known}: raised {' | '.join(traceback.format_exc().splitlines()[-3:])}")
            )
            continue
        result.of(known)["microseconds"] += round(1e6 * (time.process_time() - started))
        if isinstance(parsed, Unusable) and document.gold:
            result.lines.append((document.format, f"{known}: not read: {parsed.reason_code}: {parsed.reason}"))
        result.add(known, cells_of(parsed), findings_of(parsed))
    return result


def read_all(count: int, first: int, seed: int, workers: int) -> Iterator[Result]:
    """The results block by block, in order."""
    start = first // documents.BLOCK
    wanted = [(start + at, n) for at, n in documents.blocks(count)]
    # Not forked: a copy of a process whose libraries run threads may wait for ever for a lock of one of them.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(partial(read_block, seed=seed), wanted)


def show_one(seed: int, number: int, folder: Path | None) -> int:
    """Reads one document and prints the cells that are not right."""
    document = documents.document(seed, number)
    parsed = read(document)
    print(f"{document.name}: {document.kind}, {document.format}, {document.organ} {document.year}")
    if isinstance(parsed, Unusable):
        print(f"not read: {parsed.outcome}, {parsed.reason_code}: {parsed.reason}")
    known, cells = Known(seed, number, document.format, document.gold), cells_of(parsed)
    for v in accuracy.judged(known.gold, cells or (), findings_of(parsed)):
        if (what := accuracy.word(v, is_read=cells is not None)) != "right":
            print(f"{what}: {accuracy.line(known, v)}")
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
    ap.add_argument("--dataset", type=Path, metavar="DIR", help="judge this output folder of `ogi build`")
    ap.add_argument("--truth", type=Path, metavar="DIR", help="the truth of what the dataset was built of")
    ap.add_argument("--json", action="store_true")
    a = ap.parse_args()
    if a.document is not None:
        return show_one(a.seed, a.document, a.save)
    if a.first % documents.BLOCK:
        ap.error(f"--first has to be a multiple of {documents.BLOCK}")
    if (a.dataset is None) != (a.truth is None):
        ap.error("--dataset and --truth go together")
    if a.dataset:
        return told(dataset_accuracy.judge(a.dataset / "ogi.duckdb", a.truth, a.seed), as_json=a.json)
    return told(read_all(a.documents, a.first, a.seed, a.workers), as_json=a.json)


def told(results: Iterable[Result], *, as_json: bool) -> int:
    """Prints the lines as they come and the table. The exit status."""
    counts: dict[str, Counter[str]] = {}
    lines, others = [], 0
    for result in results:
        for name, n in result.counts.items():
            counts.setdefault(name, Counter()).update(n)
        for name, text in result.lines:
            must_not = accuracy.is_to_be_silent_free(name)
            lines.append(text)
            others += not must_not
            if not as_json and (must_not or others <= SHOWN):
                print(text, flush=True)
    failed = accuracy.failed(counts)
    if as_json:
        print(json.dumps({"counts": {k: dict(n) for k, n in counts.items()}, "lines": lines, "failed": failed}))
        return 1 if failed else 0
    if others > SHOWN:
        print(f"and {others - SHOWN:,} more in formats in which a cell may be silent")
    print("\n".join(accuracy.table(counts)))
    for name in failed:
        print(f"bar missed: {name}: {counts[name]['silent']} cells silent, {counts[name]['raised']} documents raised")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
