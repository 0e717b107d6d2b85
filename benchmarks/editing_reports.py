"""Whole reports through the whole chain, from the bytes to the findings of every rule, judged against their truth.

Reports without error, in every text layout and with every pattern of blanks: an error found there is a false alarm.
Reports with one wrong digit: what is printed has to stay, the finding and the suggestion to stand beside it.
"""

from __future__ import annotations

import random
import re
import tempfile
import unicodedata
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import polars as pl

from benchmarks.editing_errors import clean, digit_typo
from expectations.flags import READS, stage_flags
from pipeline import form
from pipeline.document import parse_document
from pipeline.model import Cell, ParsedReport, SourceFile
from pipeline.store.corpus import gather_issuers
from pipeline.store.files import replace_parquet
from pipeline.store.ids import report_id
from pipeline.store.layout import Layout
from pipeline.store.rows import Read, Rows, schema_of
from tests.corpus import LAYOUTS, Options, TableTruth, Truth, random_options, random_truth, table_truth
from tests.corpus.printing import PATTERNS, CellTruth
from tests.corpus.rendering import encode, write

BLANK_PATTERNS = (*PATTERNS, "zeros_10", "zeros_50", "mixed", "tables_missing")
WRONG_DIGIT = "one_wrong_digit"
_OF_APPLICATIONS = ("natural_and_total", "totals")
_NUMBER = re.compile(r"([-+减增]?)(\d+(?:\.\d+)?)(\D*)")


def blank_report(number: int, pattern: str) -> tuple[Truth, str, Options]:
    """A report without error, its layout and how it is written; `pattern` says what is blank in each of its tables."""
    rng = random.Random(f"{pattern} {number}")
    truth = random_truth(rng.randrange(10**9), consistent=True)
    options = random_options(rng.randrange(10**9))
    if pattern == "tables_missing":
        options = replace(options, missing_tables=tuple(rng.sample(form.TABLES, rng.randint(1, 2))))
    elif pattern != "mixed":
        truth = truth.with_tables(*(_with_pattern(rng, truth, t, pattern) for t in form.TABLES))
    return truth, tuple(LAYOUTS)[number % len(LAYOUTS)], options


def _with_pattern(rng: random.Random, truth: Truth, table: str, pattern: str) -> TableTruth:
    if table == form.PROACTIVE and pattern in _OF_APPLICATIONS:
        pattern = "columns"
    return table_truth(rng, table, truth.tables[table].form, pattern=pattern)


def wrong_digit_report(number: int) -> tuple[Truth, str, Options]:
    """A report in a layout that keeps positions, every cell of section three printed, one of its digits wrong."""
    rng = random.Random(f"{WRONG_DIGIT} {number}")
    truth = random_truth(rng.randrange(10**9), consistent=True)
    table = table_truth(rng, form.APPLICATIONS, truth.tables[form.APPLICATIONS].form, pattern="none")
    sheet = clean(table.form, form.APPLICATIONS, {k: int(c.true) for k, c in table.cells.items()})
    wrong = None
    while wrong is None:
        wrong = digit_typo(sheet, rng)
    (slot,) = wrong.wrong
    cell = CellTruth(str(wrong.printed[slot]), Decimal(wrong.printed[slot]), table.cells[slot].true)
    table = replace(table, cells={**table.cells, slot: cell}, is_consistent=False)
    layouts = [k for k, v in LAYOUTS.items() if v.keeps_positions and "lost" not in k]
    return truth.with_tables(table), layouts[number % len(layouts)], random_options(rng.randrange(10**9))


def judge_reports(pattern: str, numbers: range) -> tuple[Counter[str], list[str]]:
    """Counts over the reports of these numbers (see `judge_cells` and below), and lines on what should not be.

    documents, reports (those that yield one), `error`, `warning`, `info` (findings by severity), with_error (reports
    with a finding of severity error).
    """
    n: Counter[str] = Counter()
    lines: list[str] = []
    rows, of_report = Rows(), {}
    for number in numbers:
        truth, layout, options = wrong_digit_report(number) if pattern == WRONG_DIGIT else blank_report(number, pattern)
        source = SourceFile(f"{pattern}/{number}.txt", "unsorted")
        data = encode(write(truth, layout, options).text, options)
        parsed = parse_document(data, source)
        n["documents"] += 1
        if not isinstance(parsed, ParsedReport):
            continue
        n["reports"] += 1
        name = f"{pattern} {number} {layout}"
        of_report[report_id(source.path)] = name
        counts, bad = judge_cells(truth, parsed, options)
        n += counts
        lines += [f"{name}: {x}" for x in bad]
        rows.add(Read(source, f"{pattern}{number}", len(data), parsed))
    found = findings(rows) if n["reports"] else pl.DataFrame(schema={"severity": pl.String, "report_id": pl.String})
    n.update(found["severity"].to_list())
    errors = found.filter(pl.col("severity") == "error")
    n["with_error"] += errors["report_id"].n_unique()
    if pattern != WRONG_DIGIT:
        lines += [f"{of_report[f['report_id']]}: {f['message_en']}" for f in errors.iter_rows(named=True)]
    return n, lines


def judge_cells(truth: Truth, parsed: ParsedReport, options: Options) -> tuple[Counter[str], list[str]]:
    """Cells of a parsed report: printed (with a value), altered (`value` is another number than `printed` says), certain
    and certain_wrong (status A: the number that the report prints there, or another), deduced and doubted ones right and
    wrong, open; suggestions right (the true number for a wrong one) and wrong."""
    n: Counter[str] = Counter()
    lines = []
    for table in parsed.tables:
        cells = {} if table.table_code in options.missing_tables else truth.tables[table.table_code].cells
        for cell in table.cells:
            said = cells.get((cell.row_code, cell.column_code), CellTruth("", None, None))
            what = _verdict(cell, said)
            n[what] += 1
            if cell.value is not None and cell.printed is not None:
                n["printed"] += 1
                if says(cell) != cell.value:
                    what = "altered"
                    n[what] += 1
            if cell.value_suggested is not None:
                right = said.number != said.true and cell.value_suggested == said.true
                what = "suggested_right" if right else "suggested_wrong"
                n[what] += 1
            if what in ("altered", "certain_wrong", "deduced_wrong", "suggested_wrong"):
                where = "/".join((cell.table_code, cell.row_code, cell.column_code))
                lines.append(
                    f"{what} {where}: value {cell.value} printed {cell.printed!r} suggested {cell.value_suggested}, "
                    f"the report prints {said.printed!r}, true is {said.true}"
                )
    return n, lines


def _verdict(cell: Cell, said: CellTruth) -> str:
    if cell.value is None:
        return "open"
    if cell.obs_status == "A":
        return "certain" if cell.value == said.number else "certain_wrong"
    kind = "deduced" if cell.obs_status == "I" else "doubted"
    return f"{kind}_right" if cell.value == said.true else f"{kind}_wrong"


def says(cell: Cell) -> Decimal | None:
    """The number that `printed` says in the cell's unit, read here by a pattern of its own."""
    text = "".join(unicodedata.normalize("NFKC", cell.printed or "").split()).replace(",", "")
    found = _NUMBER.fullmatch(text)
    if not found:
        return None
    sign, digits, unit = found.groups()
    factors = {u.unit: u.factor for u in form.units().values()}
    value = Decimal(digits) * (-1 if sign in ("-", "减") else 1)
    if unit and cell.unit in factors and unit in factors:
        value = value * factors[unit] / factors[cell.unit]
    return value


def findings(rows: Rows) -> pl.DataFrame:
    """Rows of `flags`: every rule of the catalogue over these reports."""
    frames = rows.frames()
    frames["issuers"] = gather_issuers(frames["reports"])
    with tempfile.TemporaryDirectory(prefix="ogi-bench-") as folder:
        layout = Layout(Path(folder))
        for table in READS:
            columns = schema_of(table)
            frame = frames.get(table, pl.DataFrame(schema=columns))
            absent = {c: pl.lit(None, dtype=t) for c, t in columns.items() if c not in frame.columns}
            replace_parquet(layout.staged_table(table), frame.with_columns(**absent).select(*columns))
        stage_flags(layout)
        return pl.read_parquet(layout.staged_table("flags"), glob=False)
