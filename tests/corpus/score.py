"""Verdicts on a parsed report, cell by cell, as the gold files' scorer gives them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass

from pipeline import form
from pipeline.model import Cell, ParsedReport, SourceFile, Unusable
from tests.corpus.gold import GoldCell
from tests.corpus.options import Options
from tests.corpus.rendering import Rendered, render_report
from tests.corpus.truth import Truth

VERDICTS = ("exact", "deduced", "unfilled", "overclaimed", "flagged", "silent", "missing", "contested")

Key = tuple[str, str, str]
Parser = Callable[[bytes, SourceFile], ParsedReport | Unusable]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One cell judged; `got` is what the parser made of it."""

    gold: GoldCell
    verdict: str
    is_doubted: bool
    got: Cell | None


def judge(gold: GoldCell, got: Cell) -> str | None:
    """The verdict, or None where the cell is wrong or lost. Says the same as the scorer of the gold files, and knows
    cells that do not apply."""
    value, status, kind = got.value, got.obs_status, gold.kind
    if kind == "not_applicable":
        return "exact" if value is None and status in ("M", "O") else None
    if value is None:
        if kind == "open":
            return "exact" if status == "O" else None
        return "unfilled" if kind != "printed" and status == "O" else None
    if kind == "printed":
        return "exact" if value == gold.value and status in ("A", "U") and got.printed is not None else None
    if gold.value is None or value != gold.value:
        return None
    if kind == "undecidable":
        return {"A": "overclaimed", "U": "deduced", "I": "deduced"}.get(status)
    return "deduced" if status == "I" and kind in ("blank", "absent") else None


Said = tuple[Mapping[Key, Cell], Container[tuple[str, str, str | None]]]
"""What a reading says: its cells by place, and the places that a finding names (None for a whole row)."""


def verdicts(cells: tuple[GoldCell, ...], parsed: ParsedReport | Unusable) -> list[Verdict]:
    """Every gold cell judged; a document that yields no report misses them all."""
    return judged_cells(cells, said(cells_of(parsed) or (), findings_of(parsed)))


def cells_of(parsed: ParsedReport | Unusable) -> list[Cell] | None:
    """All cells of a report, None of what is none."""
    return [c for t in parsed.tables for c in t.cells] if isinstance(parsed, ParsedReport) else None


def findings_of(parsed: ParsedReport | Unusable) -> set[tuple[str, str, str | None]]:
    """The rows and cells of tables that findings of the reading name."""
    tables = parsed.tables if isinstance(parsed, ParsedReport) else ()
    return {
        (f.table_code or t.table_code, f.row_code, f.column_code)
        for t in tables
        for f in t.findings
        if f.row_code is not None
    }


def said(cells: Iterable[Cell], named: Iterable[tuple[str, str, str | None]]) -> Said:
    """Cells and findings as `judged_cells` wants them."""
    got, places = {}, set(named)
    for c in cells:
        got[c.table_code, c.row_code, c.column_code] = c
        # The rules cell_unplaced and cell_placed_by_preference name every row with such a cell.
        if c.missing_reason == "unplaced" or c.obs_status == "U":
            places.add((c.table_code, c.row_code, None))
    return got, places


def judged_cells(cells: Iterable[GoldCell], reading: Said) -> list[Verdict]:
    """Every gold cell judged."""
    got, named = reading
    out = []
    for gold in cells:
        cell = got.get(gold.key)
        if cell is None:
            out.append(Verdict(gold, "missing", False, None))
            continue
        is_named = gold.key in named or (gold.table, gold.row, None) in named
        doubted = cell.obs_status == "U" or gold.names_row or is_named
        verdict = judge(gold, cell)
        if verdict is None and gold.is_lenient and cell.obs_status != "A" and cell.value in (None, gold.true):
            verdict = "contested"
        out.append(Verdict(gold, verdict or ("flagged" if doubted else "silent"), doubted, cell))
    return out


def parse(data: bytes, path: str) -> ParsedReport | Unusable:
    from pipeline.document import parse_document

    return parse_document(data, SourceFile(path, "unsorted"))


def judged(truth: Truth, layout: str, options: Options, parser: Parser | None = None) -> tuple[Rendered, list[Verdict]]:
    """A truth rendered, parsed and judged. Numbers read from a table that the document does not have are silent."""
    rendered = render_report(truth, layout, options)
    parsed = (
        parser(rendered.data, SourceFile(f"{layout}.txt", "unsorted"))
        if parser
        else parse(rendered.data, f"{layout}.txt")
    )
    out = verdicts(rendered.gold, parsed)
    if isinstance(parsed, ParsedReport):
        for cell in (c for t in parsed.tables if t.table_code in options.missing_tables for c in t.cells):
            if cell.value is not None:
                gold = GoldCell(cell.table_code, cell.row_code, cell.column_code, None, "open")
                out.append(Verdict(gold, "silent", False, cell))
    return rendered, out


def score(truth: Truth, layout: str, options: Options, parser: Parser | None = None) -> Counter[str]:
    """Counts of the verdicts, and of:

    cells; doubted (exact although doubted) and doubted_consistent (the same in tables without contradiction);
    not zero, in rows that lost blanks: nonzero, nonzero_right, nonzero_flagged (wrong but flagged), nonzero_open.
    """
    return score_with_verdicts(truth, layout, options, parser)[0]


def score_with_verdicts(
    truth: Truth, layout: str, options: Options, parser: Parser | None = None
) -> tuple[Counter[str], list[Verdict]]:
    """The same counts, and every verdict."""
    _, out = judged(truth, layout, options, parser)
    n: Counter[str] = Counter()
    for v in out:
        n["cells"] += 1
        n[v.verdict] += 1
        consistent = v.gold.table in form.TABLES and truth.tables[v.gold.table].is_consistent
        if v.verdict == "exact" and v.is_doubted:
            n["doubted"] += 1
            n["doubted_consistent"] += consistent
        if v.verdict not in ("exact", "deduced"):
            n["short_of_gold"] += consistent and not v.gold.is_lenient
        if v.gold.kind == "undecidable" and v.gold.value:
            n["nonzero"] += 1
            n["nonzero_right"] += v.verdict in ("deduced", "overclaimed")
            n["nonzero_flagged"] += v.verdict in ("flagged", "contested")
            n["nonzero_open"] += v.verdict == "unfilled"
    return n, out
