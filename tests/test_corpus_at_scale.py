"""The corpus at scale: the same bytes however it is written, truth that fits the documents, and benches that notice errors."""

from __future__ import annotations

import math
import sys
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from benchmarks import (
    accuracy,
    bench_accuracy,
    bench_scale,
    corpus_at_scale,
    dataset_accuracy,
    processes,
    scale_formats,
)
from pipeline import form
from pipeline.model import ParsedReport
from tests.corpus import Truth
from tests.corpus.scale import documents, mix, regions, series, truth_files
from tests.corpus.scale.documents import Document
from tests.corpus.score import cells_of, findings_of

pytestmark = pytest.mark.xdist_group("corpus at scale")
ROOT = Path(__file__).parents[1]
SOME = range(40)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two blocks, the second one cut off."""
    folder = tmp_path_factory.mktemp("corpus") / "two"
    assert [done.documents for done in corpus_at_scale.write(270, folder, seed=1, workers=2)] == [250, 270]
    return folder


@pytest.fixture(scope="module")
def block() -> documents.Block:
    return documents.block(1, 0)


@pytest.fixture(scope="module")
def organs() -> list[tuple[Truth, ...]]:
    return [series.reports(1, n) for n in SOME]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


# ---- writing ----
def test_the_bytes_do_not_depend_on_who_writes_them(written: Path, block: documents.Block, tmp_path: Path) -> None:
    here = contents(written / "input")
    assert {path: here[path] for path, _ in block.files} == dict(block.files)
    truth_files.write(block, 0, tmp_path)
    again, truth = contents(tmp_path), contents(written / "truth")
    assert again == {name: truth[name] for name in again}


def test_a_small_corpus_is_the_beginning_of_a_large_one(block: documents.Block) -> None:
    for few in (1, 31):
        alone = [d for d in documents.block(1, 0, few).documents if not d.member]
        assert alone == [d for d in block.documents[:few] if not d.member]
    assert documents.document(1, 17) == block.documents[17]


def test_numbers_run_through_all_blocks(written: Path) -> None:
    told = pl.read_parquet(written / "truth" / "documents")
    assert told["number"].to_list() == list(range(270))
    files = set(contents(written / "input"))
    assert set(told["path"]) == files
    assert told.select("path", "member").is_unique().all()


def test_the_truth_has_every_cell_of_every_document(written: Path, block: documents.Block) -> None:
    cells = pl.read_parquet(written / "truth" / "cells" / "00000.parquet")
    assert len(cells) == sum(len(d.gold) for d in block.documents)
    one = next(d for d in block.documents if d.gold)
    rows = cells.filter(pl.col("number") == one.number)
    assert list(zip(rows["table"], rows["row"], rows["column"], strict=True)) == [g.key for g in one.gold]
    assert rows["value"].to_list() == [g.value for g in one.gold]
    assert rows["kind"].to_list() == [g.kind for g in one.gold]


def test_copies_are_copies_and_no_other_two_documents_are_the_same(block: documents.Block) -> None:
    by_number = {d.number: d for d in block.documents}
    copies = [d for d in block.documents if d.kind == "copy"]
    assert len(copies) == documents.COPIES
    for d in copies:
        assert d.same_as is not None
        assert d.data == by_number[d.same_as].data
    rest = Counter(d.data for d in block.documents if d.kind != "copy")
    assert max(rest.values()) == 1


# ---- what is written ----
def test_every_format_has_its_share() -> None:
    assert sum(mix.SHARES.values()) == 1000
    assert {mix.group(name) for name in mix.SHARES} == set(mix.GROUPS)


def test_organs_are_invented_and_all_different() -> None:
    names = [regions.organ(n).name for n in range(20_000)]
    assert len(set(names)) == len(names)
    assert not set(regions.stems()) & regions.real()


def test_numbers_of_an_organ_carry_over_in_most_years_but_not_in_all(organs: list[tuple[Truth, ...]]) -> None:
    def true(t: Truth, row: str) -> Decimal | None:
        return t.tables[form.APPLICATIONS].cells[row, "total"].true

    pairs = [(a, b) for of in organs for a, b in pairwise(of) if true(a, "carried_out")]
    kept = sum(true(a, "carried_out") == true(b, "carried_in") for a, b in pairs)
    assert 0.8 < kept / len(pairs) < 1


def test_tables_are_right_unless_they_are_said_to_be_wrong(organs: list[tuple[Truth, ...]]) -> None:
    for table in (t for of in organs[:12] for truth in of for t in truth.tables.values()):
        true = {k: c.true or Decimal(0) for k, c in table.cells.items()}
        for identity in form.identity_instances(table.form, table.table_code):
            assert sum(true[r, c] * sign for r, c, sign in identity.terms) == 0, (table.table_code, identity)
        printed = {k: c.number for k, c in table.cells.items() if c.number is not None}
        assert table.is_consistent == all(true[k] == n for k, n in printed.items()) or table.printed_cells < len(true)


def test_narratives_differ_but_some_sentences_stay(organs: list[tuple[Truth, ...]]) -> None:
    told = [t.paragraphs["overview"] for of in organs for t in of]
    assert len(set(told)) == len(told)
    kept = of_all = 0
    for a, b in (pair for of in organs for pair in pairwise(of)):
        before, after = ({s for p in t.paragraphs["overview"] for s in p.split("。")} for t in (a, b))
        kept, of_all = kept + len(before & after), of_all + len(after)
    assert 0.1 < kept / of_all < 0.6


# ---- measuring ----
@pytest.fixture(scope="module")
def one(block: documents.Block) -> Document:
    """A page with all its tables, some of section two's cells printed."""
    pages = (d for d in block.documents if d.format.startswith("html") and not d.missing_tables)
    return next(d for d in pages if any(g.table == form.PROACTIVE and g.kind == "printed" for g in d.gold))


def counted(document: Document) -> tuple[list[str], Counter[str]]:
    """Lines and counts of one document."""
    parsed, result = bench_accuracy.read(document), accuracy.Result()
    known = accuracy.Known(1, document.number, document.format, document.gold)
    result.add(known, cells_of(parsed), findings_of(parsed))
    return [text for _, text in result.lines], result.of(known)


def test_a_document_that_is_read_well_has_nothing_silent(one: Document) -> None:
    found = counted(one)[1]
    assert found["silent"] == found["unread"] == 0
    assert found["right"] > 150


def test_a_wrong_number_is_silent_and_named(one: Document) -> None:
    at = next(i for i, g in enumerate(one.gold) if g.kind == "printed" and g.table == form.PROACTIVE)
    gold = replace(one.gold[at], value=Decimal(999_999))
    wrong = replace(one, gold=(*one.gold[:at], gold, *one.gold[at + 1 :]))
    lines, found = counted(wrong)
    assert found["silent"] == 1
    where = f"seed 1 document {one.number} {one.format} {'/'.join(gold.key)}"
    assert [told.startswith(f"{where}: expected 999999 (printed)") for told in lines] == [True]


def test_numbers_of_a_table_that_is_not_there_are_silent(one: Document) -> None:
    parsed = bench_accuracy.read(one)
    assert isinstance(parsed, ParsedReport)
    without = replace(one, gold=tuple(g for g in one.gold if g.table != form.REMEDIES))
    assert counted(without)[1]["silent"] == sum(
        c.value is not None for t in parsed.tables if t.table_code == form.REMEDIES for c in t.cells
    )


def test_every_cell_is_counted_once(block: documents.Block) -> None:
    result = bench_accuracy.read_block((0, 8), 1)
    n = sum(result.counts.values(), Counter())
    assert n["documents"] == 8
    assert n["cells"] == sum(len(d.gold) for d in block.documents[:8]) == sum(n[c] for c in accuracy.COUNTED[1:])
    assert accuracy.table(result.counts)[-1].startswith("all")


def test_a_built_dataset_has_the_cells_that_its_documents_were_read_with(tmp_path: Path) -> None:
    seed = 39  # the second organ's reports are records of a JSONL file, whose names only their addresses tell
    for _ in corpus_at_scale.write(12, tmp_path, seed):
        pass
    assert any(name.endswith(".jsonl") for name in contents(tmp_path / "input"))
    command = [sys.executable, "-m", "pipeline.cli", "build", "--input", str(tmp_path / "input")]
    command += ["--output", str(tmp_path / "out"), "--limit", "max_recognised_pages=0"]
    run = processes.run(command, ROOT)
    assert run.code == 0, run.errors
    (built,) = dataset_accuracy.judge(tmp_path / "out" / "ogi.duckdb", tmp_path / "truth", seed)
    read = bench_accuracy.read_block((0, 12), seed)
    for n in read.counts.values():
        del n["microseconds"]
    assert built.counts == read.counts
    assert built.lines == read.lines
    assert sum(n["right"] for n in built.counts.values()) > 1000


def test_a_process_tree_is_measured_with_its_children(tmp_path: Path) -> None:
    child = "import time; held = bytearray(80_000_000); time.sleep(2)"
    parent = (
        "import subprocess, sys; print('read 3 of 3 documents, 9 a second', file=sys.stderr, flush=True); "
        f"subprocess.run([sys.executable, '-c', {child!r}]); sys.exit(3)"
    )
    run = processes.run([sys.executable, "-c", parent], tmp_path)
    assert run.code == 3
    assert run.peak > 80_000_000
    assert 0 < run.reading < run.seconds


def test_reading_is_timed_beside_the_least_work(one: Document) -> None:
    found = scale_formats.cost("html", [(".html", one.data)], 0)
    assert found.documents == 1
    assert found.ratio is not None
    assert found.ratio > 0
    assert scale_formats.table([found])[1].startswith("html")


def size(count: int, **changed: object) -> bench_scale.Size:
    figures = dict.fromkeys(bench_scale.Size.__slots__, 1.0) | {
        "queries": {},
        "rows": {},
        "errors": "",
        "code": 0,
    }
    return bench_scale.Size(**(figures | {"documents": count} | changed))  # type: ignore[arg-type]


def test_missed_bars_are_named() -> None:
    sizes = [
        size(10_000, peak=1e9),
        size(100_000, peak=1.2e9, queries={"findings by rule": 1.5}),
        size(1_000_000, peak=2.1e9, code=1, errors="no space"),
    ]
    costs = [scale_formats.Cost("pdf", 10, 3.0, 1.0, {}, 0, 0.0), scale_formats.Cost("docx", 10, 3.0, 1.0, {}, 0, 0.0)]
    assert bench_scale.missed(costs, sizes) == [
        "pdf: read in 3.00 times the least work, not 2.0",
        "100,000 documents: findings by rule: 1.50 s",
        "1,000,000 documents: the build failed: no space",
        "1,000,000 documents: 2,100 MB of memory",
        "memory grows: 1.20 times from 10,000 to 100,000 documents",
        "memory grows: 1.75 times from 100,000 to 1,000,000 documents",
    ]
    assert math.isclose(bench_scale.exponent(sizes[0], sizes[1], "peak"), math.log10(1.2))
