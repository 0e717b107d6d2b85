"""Applies corrections made by hand to the cells of the reports that they name, beside what is printed, never over it.

An entry for a report that is not in the input waits for another build. One whose report is here fits exactly or fails
the build: the old value as it is now, an existing cell, one entry a cell.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from pipeline import schema
from pipeline.store import ids
from pipeline.store.addresses import normalised_url
from pipeline.store.corrections_file import Codes, Correction, CorrectionsWrong
from pipeline.store.files import replace_text
from pipeline.store.layout import Layout

TABLE = "corrections"
_KEY = ("report_id", "table_code", "row_code", "column_code")
_MOST_TOLD = 20
_Row = dict[str, Any]
CellsOf = Callable[[Sequence[str]], pl.DataFrame]
"""Cells of reports, by their published identities."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What stands beside the cells (by their key `value_corrected` and `correction_id`), the table `corrections`, and the
    entries for reports that are not here."""

    beside: pl.DataFrame
    table: pl.DataFrame
    elsewhere: tuple[Correction, ...]


def apply(
    corrections: Sequence[Correction], documents: pl.DataFrame, reports: pl.DataFrame, cells_of: CellsOf
) -> Applied:
    """The frames are those of the whole corpus under their published identities; `cells_of` reads the cells of the few
    reports that entries name.

    Raises CorrectionsWrong where the report of an entry is here and the entry does not fit it; the message tells of all
    such entries.
    """
    faults: list[str] = []
    leads = _Leads(documents)
    named, elsewhere = [], []
    for c in corrections:
        try:
            report = leads.report_of(c)
        except CorrectionsWrong as e:
            faults.append(str(e))
            continue
        if report is None:
            elsewhere.append(c)
        else:
            named.append((c, report))
    there = {
        (r["report_id"], (r["table_code"], r["row_code"], r["column_code"])): r
        for r in cells_of(sorted({r for _, r in named})).iter_rows(named=True)
    }
    about = {r["report_id"]: r for r in reports.filter(pl.col("report_id").is_in([r for _, r in named])).to_dicts()}
    first: dict[tuple[str, Codes], Correction] = {}
    rows = []
    for c, report in named:
        try:
            other = first.setdefault((report, c.cell), c)
            if other is not c:
                raise c.wrong(
                    f"{_cell(c)} is corrected twice: {other.place}, correction {other.correction_id} has it too"
                )
            value = _fitting(c, about[report], there.get((report, c.cell)))
        except CorrectionsWrong as e:
            faults.append(str(e))
            continue
        rows.append(_row(c, report, value))
    if faults:
        more = f"\n… and {len(faults) - _MOST_TOLD:,} more" if len(faults) > _MOST_TOLD else ""
        raise CorrectionsWrong("\n".join(faults[:_MOST_TOLD]) + more)
    table = pl.DataFrame(rows, schema=schema.table(TABLE).polars_schema, orient="row")
    return Applied(table.select(*_KEY, "correction_id", value_corrected="value_new"), table, tuple(elsewhere))


def _row(c: Correction, report: str, value: Decimal | None) -> _Row:
    table, row, column = c.cell
    return {
        "correction_id": c.correction_id,
        "report_id": report,
        "table_code": table,
        "row_code": row,
        "column_code": column,
        "value_old": value,
        "value_new": c.new,
        "reason": c.reason,
        "source": c.source,
        "author": c.who,
        "corrected_on": c.when,
    }


def _cell(c: Correction) -> str:
    return f"the cell {' / '.join(c.cell)}"


def _fitting(c: Correction, report: _Row, cell: _Row | None) -> Decimal | None:
    """The value of the cell that an entry corrects. Raises CorrectionsWrong where it is not what the entry expects."""
    whose = f"the report {_shown(report['source_path'])}"
    if cell is None:
        form = report.get(f"form_{c.cell[0]}")
        raise c.wrong(
            f"{whose} has no cell {' / '.join(c.cell)}" + (f" (its table is of the form {form})" if form else "")
        )
    value: Decimal | None = cell["value"]
    if cell["obs_status"] == "K":
        raise c.wrong(f"{whose} prints one row `other` in place of the row {c.cell[1]}: correct a cell of that row")
    if isinstance(c.old, str):
        fits, expected = cell["printed"] == c.old, f"{_shown(c.old)} printed"
    elif c.old is None:
        fits, expected = cell["printed"] is None and value is None, "nothing (old: null)"
    else:
        fits, expected = value == c.old, f"the value {_plain(c.old)}"
    if not fits:
        raise c.wrong(
            f"expected {expected} in {_cell(c)} of {whose}; there is {_what_is_there(cell)}. Hold the correction against "
            "the source and set `old` to what is there now, or remove the entry"
        )
    if value == c.new:
        raise c.wrong(f"{_cell(c)} of {whose} has the value {_plain(c.new)} already: nothing is corrected")
    return value


def _what_is_there(cell: _Row) -> str:
    value = "no value" if cell["value"] is None else f"the value {_plain(cell['value'])}"
    printed = "nothing printed" if cell["printed"] is None else f"{_shown(cell['printed'])} printed"
    return f"{value} ({printed}, status {cell['obs_status']})"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _shown(text: str) -> str:
    """A text of a document or a path, quoted: control characters and invisible ones as escapes."""
    return repr(text if len(text) <= 200 else text[:200] + "…")


class _Leads:
    """Leads from what an entry names to the documents of a corpus; what a kind of name needs is worked out once."""

    def __init__(self, documents: pl.DataFrame) -> None:
        self._documents = documents
        self._by: dict[str, dict[str, list[_Row]]] = {}

    def _rows(self, kind: str, keys: Callable[[_Row], Iterable[str | None]]) -> dict[str, list[_Row]]:
        if kind not in self._by:
            by: dict[str, list[_Row]] = {}
            for row in self._documents.iter_rows(named=True):
                for key in dict.fromkeys(keys(row)):
                    if key is not None:
                        by.setdefault(key, []).append(row)
            self._by[kind] = by
        return self._by[kind]

    def report_of(self, c: Correction) -> str | None:
        """The one report that an entry leads to; None where its document is not in this corpus. Raises CorrectionsWrong."""
        documents = self._documents_of(c)
        if not documents:
            return None
        reports = [d for d in documents if d["report_id"] is not None]
        if len(reports) > 1:
            listed = ", ".join(f"{_of(d)} is {d['report_id']}" for d in reports[:_MOST_TOLD])
            raise c.wrong(f"{c.report} leads to {len(reports)} reports: name one by its report_id ({listed})")
        if not reports:
            raise c.wrong("; ".join(_no_report(d) for d in documents[:_MOST_TOLD]))
        report: str = reports[0]["report_id"]
        if c.report.report_id not in (None, report):
            raise c.wrong(f"the report of {_of(reports[0])} has the identity {report} now: name that one")
        return report

    def _documents_of(self, c: Correction) -> list[_Row]:
        n = c.report
        if n.report_id is not None:
            now = self._rows("report_id", lambda d: [d["report_id"]]).get(n.report_id)
            return now or self._rows("once", _identities).get(n.report_id, [])
        if n.url is not None:
            return self._rows("url", lambda d: [_url(d)]).get(n.url, [])
        assert n.path is not None
        here = self._rows("path", lambda d: [d["source_path"]]).get(n.path, [])
        found = [d for d in here if d["member"] == n.member]
        if here and not found:
            other = (
                "is a container: name one of its members" if n.member is None else f"has no member {_shown(n.member)}"
            )
            raise c.wrong(f"{_shown(n.path)} {other}")
        for d in found:
            if d["content_sha256"] != n.sha256:
                raise c.wrong(
                    f"expected the document {_of(d)} with sha256 {n.sha256}; the one here has {d['content_sha256']}. Hold the "
                    "correction against the new document, or pass the corrections of this corpus with --corrections"
                )
        return found


def _url(document: _Row) -> str | None:
    return None if document["source_url"] is None else normalised_url(document["source_url"])


def _identities(document: _Row) -> Iterable[str]:
    """The identities that the report of a document would have by its place and by its address."""
    yield ids.report_id(document["source_path"], document["container_path"], document["member"])
    url = _url(document)
    if url is not None:
        yield ids.report_id("", url=url)


def _of(document: _Row) -> str:
    member = document["member"]
    return _shown(document["source_path"] if member is None else f"{document['source_path']} > {member}")


def _no_report(document: _Row) -> str:
    why = f"{document['outcome']} ({document['reason_code']})"
    of = f" of the document {document['duplicate_of']}: name the report of that one" if document["duplicate_of"] else ""
    return f"the document {_of(document)} gives no report: {why}{of}"


def note(layout: Layout, applied: Applied) -> None:
    """Remembers for the build's summary how many entries were applied, and which are for reports of another corpus."""
    elsewhere = [[c.correction_id, str(c.report)] for c in applied.elsewhere]
    replace_text(layout.corrections, json.dumps({"applied": applied.table.height, "elsewhere": elsewhere}, indent=1))


def noted(layout: Layout) -> tuple[int, tuple[tuple[str, str], ...]]:
    """Entries applied by the last build, and (entry, report that it names) of those that were not."""
    if not layout.corrections.exists():
        return 0, ()
    said = json.loads(layout.corrections.read_text(encoding="utf-8"))
    return said["applied"], tuple((entry, report) for entry, report in said["elsewhere"])
