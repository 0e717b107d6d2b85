"""What whole corpora cost: reading by format, building, building again, memory and queries, at 10³, 10⁴ and 10⁵ documents.

    python -m benchmarks.bench_scale [--documents 1000 10000 100000] [--workers 2] [--seed 0] [--folder DIR] [--sample 60]

For each size it writes the corpus of `benchmarks.corpus_at_scale`, runs `ogi build` on it twice as a process of its own
(the second time nothing has changed) and asks the DuckDB file what users ask. `--folder` keeps the corpora and the
datasets there, and takes corpora that it finds there already (10⁵ documents: some 3 GB, and what the build needs);
without it, all is written to a temporary folder and removed size by size. Whether the cells of a kept dataset are right,
`benchmarks.bench_accuracy --dataset DIR/dataset-0-N --truth DIR/corpus-0-N/truth` says.

Memory is the proportional set size of all processes of the build, looked at four times a second. Exit status 1 where a
bar is missed: text and HTML read in at most 1.5 times the least work (benchmarks/bounds.py), PDF in 2 times; memory below
2 GB, at the largest size within 10 % of that at a tenth of it; every query below a second; a build that fails.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb

from benchmarks import corpus_at_scale, processes, scale_formats
from benchmarks.scale_formats import Cost

ROOT = Path(__file__).resolve().parent.parent
SIZES = (1_000, 10_000, 100_000)
MOST_MEMORY = 2e9
MOST_GROWTH = 1.10
"""Peak memory at the largest size, in times that at a tenth of it, where the tenth has 10,000 documents or more."""
LEAST_FOR_GROWTH = 10_000
MOST_SECONDS = 1.0
PATIENCE = 60.0
"""Seconds after which a query is given up."""
_LARGEST = (
    "(SELECT division_code FROM reports WHERE division_code IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1)"
)
QUERIES = {
    "one division over years": f"""
        SELECT report_year, row_code, sum(value) FROM cells JOIN reports USING (report_id)
        WHERE division_code = {_LARGEST} AND table_code = 'applications' AND column_code = 'total' GROUP BY ALL""",
    "its tables of applications": f"""
        SELECT applications.* FROM applications JOIN reports USING (report_id) WHERE division_code = {_LARGEST}""",
    "its outcomes": f"SELECT * FROM outcomes_by_division_year WHERE division_code = {_LARGEST}",
    "its pooled indicators": f"SELECT * FROM pooled_indicators WHERE division_code = {_LARGEST}",
    "one indicator, all reports": """
        SELECT report_year, count(value), avg(value), median(value) FROM indicators JOIN reports USING (report_id)
        WHERE indicator = 'applications_received' GROUP BY 1 ORDER BY 1""",
    "findings by rule": "SELECT rule_code, severity, count(*), count(DISTINCT report_id) FROM flags GROUP BY ALL",
    "reports with one finding": """
        SELECT source_path, row_code, observed, expected FROM flags JOIN reports USING (report_id)
        WHERE rule_code = 'balance_mismatch' ORDER BY ALL""",
    "one report, wide": "SELECT * FROM reports_wide WHERE report_id = '{report}'",
}
"""What users ask of the DuckDB file."""


@dataclass(frozen=True, slots=True)
class Size:
    """The figures of one corpus. Seconds on the clock unless they are `cpu`; memory and sizes in bytes; `queries` are the
    seconds of each on a file just opened, `rows` what it found."""

    documents: int
    input_bytes: int
    written: float
    code: int
    build: float
    cpu: float
    reading: float
    peak_reading: int
    peak: int
    again: float
    again_peak: int
    output_bytes: int
    cells: int
    queries: dict[str, float]
    rows: dict[str, int]
    errors: str

    @property
    def per_second(self) -> float:
        return self.documents / self.build


def size_of(folder: Path) -> int:
    """Bytes of the files, those under two names once."""
    files = (p.stat() for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
    return sum({(s.st_dev, s.st_ino): s.st_size for s in files}.values())


def measure(count: int, seed: int, workers: int, folder: Path) -> Size:
    """Writes, builds, builds again, asks."""
    corpus, out = folder / f"corpus-{seed}-{count}", folder / f"dataset-{seed}-{count}"
    written = 0.0
    whole = corpus / "whole"
    if not whole.exists():
        shutil.rmtree(corpus, ignore_errors=True)
        started = time.perf_counter()
        for _ in corpus_at_scale.write(count, corpus, seed, workers):
            pass
        written = time.perf_counter() - started
        whole.touch()
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "pipeline.cli", "build", "--input", str(corpus / "input"), "--output", str(out)]
    command += ["--workers", str(workers)]
    first = processes.run(command, ROOT)
    again = processes.run(command, ROOT) if first.code == 0 else first
    queries, rows, cells = ask(out / "ogi.duckdb") if first.code == 0 else ({}, {}, 0)
    return Size(
        count,
        size_of(corpus / "input"),
        written,
        first.code or again.code,
        first.seconds,
        first.cpu,
        first.reading,
        first.peak_reading,
        first.peak,
        again.seconds,
        again.peak,
        size_of(out),
        cells,
        queries,
        rows,
        first.errors if first.code else again.errors if again.code else "",
    )


def ask(database: Path) -> tuple[dict[str, float], dict[str, int], int]:
    """Seconds and rows of every query, each on a connection of its own, and how many cells there are. A query that was
    given up has -1 rows."""
    seconds, rows = {}, {}
    with duckdb.connect(str(database), read_only=True) as connection:
        cells, report = _one(connection, "SELECT count(*), (SELECT min(report_id) FROM reports) FROM cells")
    for name, query in QUERIES.items():
        with duckdb.connect(str(database), read_only=True) as connection:
            patience = threading.Timer(PATIENCE, connection.interrupt)
            patience.start()
            started = time.perf_counter()
            try:
                found = connection.execute(query.replace("{report}", report)).fetchnumpy()
                rows[name] = len(next(iter(found.values())))
            except duckdb.InterruptException:
                rows[name] = -1
            seconds[name] = time.perf_counter() - started
            patience.cancel()
    return seconds, rows, cells


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    found = connection.execute(query).fetchone()
    assert found is not None
    return found


def exponent(a: Size, b: Size, what: str) -> float:
    """How `what` grows with the documents: 1 in proportion, 0 not at all."""
    return math.log(getattr(b, what) / getattr(a, what)) / math.log(b.documents / a.documents)


def missed(costs: Sequence[Cost], sizes: Sequence[Size]) -> list[str]:
    """The bars that are missed, in words."""
    out = [
        f"{c.group}: read in {c.ratio:.2f} times the least work, not {scale_formats.BARS[c.group]}"
        for c in costs
        if c.is_missed and c.ratio is not None
    ]
    for s in sizes:
        where = f"{s.documents:,} documents"
        if s.code:
            out.append(f"{where}: the build failed: {s.errors.strip()[-300:]}")
        if s.peak > MOST_MEMORY:
            out.append(f"{where}: {s.peak / 1e6:,.0f} MB of memory")
        out += [f"{where}: {name}: {t:.2f} s" for name, t in s.queries.items() if t > MOST_SECONDS]
    by_size = {s.documents: s for s in sizes}
    for s in sizes:
        tenth = by_size.get(s.documents // 10)
        if tenth and tenth.documents >= LEAST_FOR_GROWTH and s.peak > MOST_GROWTH * tenth.peak:
            out.append(
                f"memory grows: {s.peak / tenth.peak:.2f} times from {tenth.documents:,} to {s.documents:,} documents"
            )
    return out


def table(sizes: Sequence[Size]) -> list[str]:
    """Lines: a row a figure, a column a size, and the exponents of growth from each size to the next."""
    rows: list[tuple[str, list[str]]] = [
        ("documents", [f"{s.documents:,}" for s in sizes]),
        ("input, MB", [f"{s.input_bytes / 1e6:,.0f}" for s in sizes]),
        ("build, s", [f"{s.build:,.1f}" for s in sizes]),
        ("  of it reading, s", [f"{s.reading:,.1f}" for s in sizes]),
        ("  processor time, s", [f"{s.cpu:,.1f}" for s in sizes]),
        ("documents per second", [f"{s.per_second:,.1f}" for s in sizes]),
        ("peak memory, MB", [f"{s.peak / 1e6:,.0f}" for s in sizes]),
        ("  while reading, MB", [f"{s.peak_reading / 1e6:,.0f}" for s in sizes]),
        ("unchanged, built again, s", [f"{s.again:,.1f}" for s in sizes]),
        ("  its peak memory, MB", [f"{s.again_peak / 1e6:,.0f}" for s in sizes]),
        ("rows of cells", [f"{s.cells:,}" for s in sizes]),
        ("output folder, MB", [f"{s.output_bytes / 1e6:,.0f}" for s in sizes]),
    ]
    rows += [
        (f"query: {name}, s", [f"{s.queries[name]:.3f}" if name in s.queries else "-" for s in sizes])
        for name in QUERIES
    ]
    pairs = [(a, b) for a, b in pairwise(sizes) if not a.code and not b.code]
    for label, what in (("build time", "build"), ("memory", "peak"), ("built again", "again")):
        grown = [f"{exponent(a, b, what):.2f}" for a, b in pairs]
        if grown:
            rows.append((f"growth exponent, {label}", ["", *grown]))
    return [f"{name:<36}" + "".join(f"{v:>14}" for v in values) for name, values in rows]


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--documents", type=int, nargs="*", default=list(SIZES), metavar="N", help="none: only the formats")
    ap.add_argument("--workers", type=int, default=2, metavar="N")
    ap.add_argument("--seed", type=int, default=0)
    ap.add_argument("--folder", type=Path, metavar="DIR", help="keep corpora and datasets there")
    ap.add_argument("--sample", type=int, default=60, metavar="N", help="documents of each group of formats; 0: none")
    ap.add_argument("--peers", type=int, default=15, metavar="N", help="of these, documents that other libraries read")
    ap.add_argument("--json", action="store_true")
    a = ap.parse_args()
    costs = []
    if a.sample:
        costs = list(scale_formats.costs(a.seed, a.sample, a.peers))
        if not a.json:
            print("\n".join(scale_formats.table(costs)), flush=True)
    sizes = []
    for count in sorted(a.documents):
        with nullcontext(a.folder) if a.folder else tempfile.TemporaryDirectory() as folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            sizes.append(measure(count, a.seed, a.workers, Path(folder)))
        if not a.json:
            print(f"{count:,} documents done", file=sys.stderr, flush=True)
    bars = missed(costs, sizes)
    if a.json:
        print(json.dumps({"formats": [asdict(c) for c in costs], "sizes": [asdict(s) for s in sizes], "missed": bars}))
        return 1 if bars else 0
    if sizes:
        print(f"\nogi build, {a.workers} workers")
        print("\n".join(table(sizes)))
    for bar in bars:
        print(f"bar missed: {bar}")
    return 1 if bars else 0


if __name__ == "__main__":
    sys.exit(main())
