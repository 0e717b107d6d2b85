"""The findings that a sample report must and must not have, derived from its truth, in the format of flags.csv."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from pipeline import form
from tests.corpus import gold
from tests.corpus.formats import FormatFile
from tests.corpus.layouts import LAYOUTS
from tests.corpus.rendering import Rendered
from tests.corpus.sample import Sample
from tests.corpus.sample_formats import FormatSample
from tests.corpus.truth import TableTruth

COLUMNS = ("source", "verdict", "rule_code", "table_code", "row_code", "column_code", "observed", "expected", "note")

NEVER = (
    "count_negative",
    "count_fractional",
    "unit_impossible",
    "amount_finer_than_fen",
    "carried_over_differs",
    "numbers_identical_to_last_year",
    "reports_of_year_differ",
    "published_before_year_ended",
    "period_not_calendar_year",
    "report_year_unknown",
)
"""What is wrong with no report of the sample: its panels carry over what the year before left, its numbers are counts."""

_STOCKS = {
    "2021": ("in_force_below_issued", "in_force", ("issued",), ("repealed",)),
    "2019": ("disclosed_total_below_disclosed", "disclosed_total", ("disclosed",), ()),
}


def rows(item: Sample | FormatSample, rendered: Rendered | FormatFile) -> list[tuple[str, ...]]:
    """One tuple a finding, columns as in COLUMNS."""
    source = PurePosixPath(item.path).stem
    found = [*mismatches(item), *tables(item), *cells(item, rendered), *stocks(item), *forms(item), *narrative(item)]
    found += [("must not", rule_code, "", "", "", "", "", "") for rule_code in NEVER]
    if any(d.is_repaired for d in rendered.dates):
        found.append(("must", "date_repaired", "", "", "", "", "", ""))
    return [(source, *f) for f in found]


def mismatches(item: Sample | FormatSample) -> Iterator[tuple[str, ...]]:
    """Identities that break although every cell of them is printed; the sides as the contract words them."""
    broken: set[str] = set()
    for code in (form.APPLICATIONS, form.REMEDIES):
        table = item.truth.tables[code]
        rules = {i.identity_code: i for i in form.identities(code)}
        for instance in form.identity_instances(table.form, code):
            terms = [(table.cells[r, c], s) for r, c, s in instance.terms]
            left = sum(c.number or 0 for c, s in terms if s > 0)
            right = sum(c.number or 0 for c, s in terms if s < 0)
            if code in item.options.missing_tables or left == right or any(c.is_blank and c.true for c, _ in terms):
                continue
            rule = rules[instance.identity_code]
            broken.add(rule.rule_code)
            row, column = (instance.at, "") if rule.axis == "row" else ("", instance.at)
            sides = (f"{left:f}", f"{right:f}") if rule.rule_code == "balance_mismatch" else ("", "")
            yield ("must", rule.rule_code, code, row, column, *sides, "")
        yield from located(code, table)
    others = dict.fromkeys(i.rule_code for i in form.identities()) if broken else {"*_mismatch": None}
    for rule_code in others:
        if rule_code not in broken:
            yield ("must not", rule_code, "", "", "", "", "", "")


def located(code: str, table: TableTruth) -> Iterator[tuple[str, ...]]:
    """The one wrong number of an applications table of which every cell is printed."""
    wrong = [(k, c) for k, c in table.cells.items() if not c.is_blank and c.number != c.true]
    if code == form.APPLICATIONS and len(wrong) == 1 and not any(c.is_blank for c in table.cells.values()):
        ((row, column), c) = wrong[0]
        yield ("must", "error_located", code, row, column, f"{c.number:f}", f"{c.true:f}", "")
    else:
        yield ("must not", "error_located", code, "", "", "", "", "")


def tables(item: Sample | FormatSample) -> Iterator[tuple[str, ...]]:
    for code, table in item.truth.tables.items():
        if code in item.options.missing_tables:
            yield ("must", "table_missing", code, "", "", "", "", "")
        elif not table.printed_cells:
            yield ("must", "table_blank", code, "", "", "", "", "")


def stocks(item: Sample | FormatSample) -> Iterator[tuple[str, ...]]:
    """Documents in force against those issued and repealed, those public against those newly made public."""
    table = item.truth.tables[form.PROACTIVE]
    rule_code, column, plus, minus = _STOCKS[table.form]
    for row in ("regulations", "normative_documents"):
        stock, *flows = (table.cells[row, c].number for c in (column, *plus, *minus))
        if form.PROACTIVE in item.options.missing_tables or stock is None or None in flows:
            continue
        least = sum(n for n in flows[: len(plus)] if n) - sum(n for n in flows[len(plus) :] if n)
        if stock >= least:
            yield ("must not", rule_code, form.PROACTIVE, row, "", "", "", "")
        elif LAYOUTS[item.layout].keeps_positions:
            yield ("must", rule_code, form.PROACTIVE, row, column, f"{stock:f}", f"{least:f}", "")


def forms(item: Sample | FormatSample) -> Iterator[tuple[str, ...]]:
    """Forms out of step with the report's year or with each other."""
    there = {
        code: item.truth.tables[code].form
        for code in (form.PROACTIVE, form.APPLICATIONS)
        if code not in item.options.missing_tables
    }
    for code, form_code in there.items():
        late = form_code == "2019" and item.truth.year >= 2021
        yield ("must" if late else "must not", "form_outdated", code, "", "", "", "", "")
        yield ("must not", "form_premature", code, "", "", "", "", "")
    yield ("must" if len(set(there.values())) == 2 else "must not", "forms_mixed", "", "", "", "", "", "")


def cells(item: Sample | FormatSample, rendered: Rendered | FormatFile) -> Iterator[tuple[str, ...]]:
    """Lost numbers that the identities bring back, and the first applications row whose places are open."""
    for c in rendered.gold:
        if c.kind == "absent" and c.value and not c.is_lenient:
            yield ("must", "cell_lost_and_deduced", c.table, c.row, c.column, "", f"{c.value:f}", "")
    layout = LAYOUTS[item.layout]
    table = item.truth.tables[form.APPLICATIONS]
    if layout.keeps_positions or form.APPLICATIONS in item.options.missing_tables:
        return
    printed = {r for (r, _), c in table.cells.items() if not c.is_blank}
    for row in form.row_codes(table.form, form.APPLICATIONS):
        if row in printed and row in gold.short_rows(table, layout):
            yield (
                "must",
                "cell_placed_by_preference or cell_unplaced",
                form.APPLICATIONS,
                row,
                "",
                "",
                "",
                "every short row is named",
            )
            return


def narrative(item: Sample | FormatSample) -> Iterator[tuple[str, ...]]:
    """The figure of new applications in section one against the table's."""
    cell = item.truth.tables[form.APPLICATIONS].cells["received_new", "total"]
    if cell.number is None or form.APPLICATIONS in item.options.missing_tables:
        return
    said = [p for p in item.truth.paragraphs["overview"] if "新收政府信息公开申请" in p]
    if not said:
        return
    figure = said[0].split("新收政府信息公开申请")[1].split("件")[0]
    if figure == f"{cell.number:f}":
        yield ("must not", "narrative_disagrees_with_table", "", "", "", "", "", "")
    else:
        yield (
            "must (narrative)",
            "narrative_disagrees_with_table",
            form.APPLICATIONS,
            "received_new",
            "total",
            figure,
            f"{cell.number:f}",
            f"新收政府信息公开申请{figure}件",
        )
