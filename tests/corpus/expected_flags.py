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

COLUMNS = ("source", "verdict", "rule_code", "table_code", "row_code", "column_code", "observed", "expected", "note")


def rows(item: Sample | FormatSample, rendered: Rendered | FormatFile) -> list[tuple[str, ...]]:
    """One tuple a finding, columns as in COLUMNS."""
    source = PurePosixPath(item.path).stem
    found = [*mismatches(item), *tables(item), *cells(item, rendered), *narrative(item)]
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
    others = dict.fromkeys(i.rule_code for i in form.identities()) if broken else {"*_mismatch": None}
    for rule_code in others:
        if rule_code not in broken:
            yield ("must not", rule_code, "", "", "", "", "", "")


def tables(item: Sample | FormatSample) -> Iterator[tuple[str, ...]]:
    for code, table in item.truth.tables.items():
        if code in item.options.missing_tables:
            yield ("must", "table_missing", code, "", "", "", "", "")
        elif not table.printed_cells:
            yield ("must", "table_blank", code, "", "", "", "", "")


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
