"""A dossier: what the dataset says of one report, put together for the page that shows it.

What is put together here is text; `pipeline.dossier.html` escapes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from pipeline import form
from pipeline.dossier import evidence
from pipeline.dossier.evidence import Evidence, Shown, Target
from pipeline.dossier.facts import Cell, Dataset, Date, Facts, Flag
from pipeline.dossier.printed import Label, Printed, Slot, form_of, printed
from pipeline.dossier.source import Unavailable
from pipeline.dossier.views import (
    CellView,
    Dossier,
    FlagView,
    LabelView,
    Note,
    RuleView,
    Solution,
    TableView,
    cell_anchor,
)
from pipeline.dossier.words import Both, same, word
from pipeline.model import RepairedCell, Text
from pipeline.store.query import plain

MOST_ROWS = 500
"""Findings, dates, claims, changes that a page lists at most of each."""
_GRAVE = ("error", "warning")


def put_together(dataset: Dataset, facts: Facts, text: Text | Unavailable) -> Dossier:
    """The dossier of a report; `text` as its document reads now."""
    return _Maker(dataset, facts, text).dossier()


class _Maker:
    def __init__(self, dataset: Dataset, facts: Facts, text: Text | Unavailable) -> None:
        self.dataset = dataset
        self.facts = facts
        self.flags = facts.flags[:MOST_ROWS]
        told = {
            form.PROACTIVE: facts.report.form_proactive,
            form.APPLICATIONS: facts.report.form_applications,
            form.REMEDIES: facts.report.form_applications,
        }
        self.cells: dict[str, list[Cell]] = {t: [] for t in form.TABLES}
        for c in facts.cells:
            self.cells[c.table_code].append(c)
        self.forms = {
            t: form_of(told[t], t, ((c.row_code, c.column_code) for c in cells)) for t, cells in self.cells.items()
        }
        for t, cells in self.cells.items():
            order = {k: n for n, k in enumerate(_order(self.forms[t], t))}
            cells.sort(key=lambda c: order.get((c.row_code, c.column_code), len(order)))
        doubtful = [d for d in facts.dates if d.is_repaired or d.start_date is None]
        self.dates, self.dates_left = doubtful[:MOST_ROWS], max(0, len(doubtful) - MOST_ROWS)
        self.back: dict[str, Both] = {}
        self.unavailable = text if isinstance(text, Unavailable) else None
        self.proofs: dict[str, Evidence] = {}
        self.source: Shown | None = None
        if isinstance(text, Text):
            self.proofs = evidence.collect(text, self._targets())
            self.source = evidence.show(text, self.proofs)

    # ---- evidence -----------------------------------------------------------------------------------------------------
    def _targets(self) -> Iterator[tuple[str | None, Target]]:
        named = [f for f in self.flags if f.severity in _GRAVE and (f.row_code or f.column_code)]
        for c in (c for t in form.TABLES for c in self.cells[t]):
            anchor = cell_anchor(c.table_code, c.row_code, c.column_code)
            self.back[anchor] = self._cell_name(c.table_code, c.row_code, c.column_code)
            yield c.locator, Target(anchor, "cell", any(f.names(c) for f in named))
        for f in self.flags:
            anchor = f"f-{f.flag_id}"
            self.back[anchor] = _joined(word("finding"), same(f.rule_code))
            yield f.locator, Target(anchor, "finding", f.severity in _GRAVE)
        for d in self.dates:
            self.back[f"d-{d.mention_no}"] = word("back.date")
            yield d.span, Target(f"d-{d.mention_no}", "date")
        for q in self.facts.claims[:MOST_ROWS]:
            self.back[f"q-{q.claim_no}"] = word("back.claim")
            yield q.locator, Target(f"q-{q.claim_no}", "claim", q.agrees is False)

    def _proof(self, locator: str | None) -> Evidence | None:
        found = self.proofs.get(locator) if locator is not None else None
        return found if found and self.source and found.number in self.source.marked else None

    # ---- names --------------------------------------------------------------------------------------------------------
    def _row(self, table: str, code: str) -> Both:
        return self.dataset.cell_label("row", self.forms.get(table, ""), table, code)

    def _column(self, table: str, code: str) -> Both:
        found = self.dataset.cell_label("column", self.forms.get(table, ""), table, code)
        printed_alone = form.labels_of_column(self.forms.get(table, ""), table, code)
        return Both(printed_alone[0], found.en) if printed_alone else found

    def _cell_name(self, table: str, row: str, column: str) -> Both:
        return _joined(self._row(table, row), self._column(table, column))

    # ---- parts --------------------------------------------------------------------------------------------------------
    def dossier(self) -> Dossier:
        facts = self.facts
        claims = facts.claims[:MOST_ROWS]
        return Dossier(
            facts=facts,
            title=same(facts.report.title or facts.report.issuer or facts.report.source_path),
            identity=tuple(self._identity()),
            tables=tuple(self._table(t) for t in form.TABLES),
            flags=tuple(self._findings()),
            flags_left=len(facts.flags) - len(self.flags),
            dates=tuple(
                (d, _read_as(d), self.dataset.label("date_role", d.role), self._proof(d.span)) for d in self.dates
            ),
            dates_left=self.dates_left,
            claims=tuple(
                (
                    q,
                    self.dataset.label("claim_subject", q.subject),
                    self.dataset.label("claim_scope", q.scope),
                    word(f"claim.agrees.{'null' if q.agrees is None else 'yes' if q.agrees else 'no'}"),
                    self._proof(q.locator),
                )
                for q in claims
            ),
            claims_left=len(facts.claims) - len(claims),
            solutions=tuple(self._solutions(facts.changes[:MOST_ROWS])),
            changes_left=max(0, len(facts.changes) - MOST_ROWS),
            source=self.source,
            unavailable=self.unavailable,
            sections=tuple((self.dataset.label("section", s.section_code), s) for s in facts.sections),
            back=self.back,
        )

    def _identity(self) -> Iterator[tuple[Both, Both]]:
        r, d = self.facts.report, self.facts.document
        outcome = self.dataset.label("outcome", d.outcome)
        if d.reason_code:
            outcome = _joined(outcome, self.dataset.label("reason", d.reason_code))
        absent = word("not_stated")
        place = " · ".join(x for x in (r.division_name, r.division_code) if x)
        period = f"{r.period_start or '?'} – {r.period_end or '?'}" if r.period_start or r.period_end else None
        yield word("issuer"), same(r.issuer) if r.issuer else absent
        yield word("report_year"), same(str(r.report_year)) if r.report_year else absent
        division = same(place) if place else absent
        if place and r.division_level:
            division = _joined(division, self.dataset.label("division_level", r.division_level))
        yield word("division"), division
        yield word("period"), same(period) if period else absent
        if r.published_on:
            yield word("published_on"), same(str(r.published_on))
        if r.index_number:
            yield word("index_number"), same(r.index_number)
        yield word("document"), same(r.source_path)
        if d.member is not None:
            yield word("member"), same(d.member)
        if r.source_url:
            yield word("source_url"), same(r.source_url)
        yield word("outcome"), outcome
        if d.reason:
            yield same(""), same(d.reason)
        yield word("reading"), same(" · ".join(x for x in (d.reader, d.encoding) if x))
        if d.reading_notes:
            yield word("reading_notes"), same(d.reading_notes)
        yield word("report_id"), same(r.report_id)
        if d.content_sha256:
            yield word("content_sha256"), same(d.content_sha256)

    def _table(self, table: str) -> TableView:
        r = self.facts.report
        of_table = [f for f in self.flags if f.table_code == table]
        views = {(c.row_code, c.column_code): self._cell(c, of_table) for c in self.cells[table]}
        layout = printed(self.forms[table], table)
        on_form = set(layout.slots)
        seen: set[str] = set()
        told = {form.PROACTIVE: r.form_proactive, form.APPLICATIONS: r.form_applications}.get(table, r.table_remedies)
        others = groupby((v for k, v in views.items() if k not in on_form), key=lambda v: v.cell.row_code)
        return TableView(
            table_code=table,
            name=self.dataset.label("section", table),
            form=self.dataset.label("form_or_none", self.forms[table]),
            is_absent=told == "none",
            head=tuple(self._line(layout, row, views, of_table, seen) for row in layout.head) if views else (),
            body=tuple(self._line(layout, row, views, of_table, seen) for row in layout.body) if views else (),
            spans={
                cell_anchor(table, x.row_code, x.column_code): x.column_span
                for row in layout.body
                for x in row
                if isinstance(x, Slot)
            },
            others=tuple((self._row(table, code), tuple(vs)) for code, vs in others),
            notes=tuple(
                (code, self.dataset.label("obs_status", code), notes) for code, notes in _notes(views.values())
            ),
            flags=tuple(f for f in of_table if f.row_code is None and f.column_code is None),
        )

    def _line(
        self,
        layout: Printed,
        row: Sequence[Label | Slot],
        views: Mapping[tuple[str, str], CellView],
        flags: Sequence[Flag],
        seen: set[str],
    ) -> tuple[LabelView | CellView | Slot, ...]:
        """A row of the form. An anchor is given once: the columns of section two and four are printed several times."""
        out: list[LabelView | CellView | Slot] = []
        for x in row:
            if isinstance(x, Slot):
                out.append(views.get((x.row_code, x.column_code), x))
                continue
            found: tuple[Flag, ...] = ()
            if x.kind == "group":
                text, anchor = Both(x.text, word(f"group.{x.code}").en), None
            elif x.kind == "row":
                text = Both(x.text, self._row(layout.table_code, x.code).en)
                anchor = f"r-{layout.table_code}-{x.code}"
                found = tuple(f for f in flags if f.row_code == x.code and f.column_code is None)
            else:
                text = Both(x.text, self._column(layout.table_code, x.code).en)
                anchor = f"k-{layout.table_code}-{x.code}"
                found = tuple(f for f in flags if f.column_code == x.code and f.row_code is None)
            if anchor in seen:
                anchor, found = None, ()
            if anchor:
                seen.add(anchor)
            out.append(LabelView(x, text, anchor, found))
        return tuple(out)

    def _cell(self, c: Cell, flags: Sequence[Flag]) -> CellView:
        row, column = self._row(c.table_code, c.row_code), self._column(c.table_code, c.column_code)
        shown = c.printed if c.printed is not None else plain(c.value)
        reason = word(f"missing.{c.missing_reason}") if c.missing_reason and not shown else None
        return CellView(
            anchor=cell_anchor(c.table_code, c.row_code, c.column_code),
            cell=c,
            row=row,
            column=column,
            shown=shown,
            reason=reason,
            details=tuple(self._details(c)),
            proof=self._proof(c.locator),
            flags=tuple(f for f in flags if (f.row_code, f.column_code) == (c.row_code, c.column_code)),
        )

    def _details(self, c: Cell) -> Iterator[tuple[Both, Both]]:
        code = self.dataset.label("obs_status", c.obs_status)
        yield word("status"), Both(f"{c.obs_status} {code.zh}", f"{c.obs_status}: {code.en}")
        yield word("printed"), same(c.printed) if c.printed is not None else word("nothing_printed")
        yield (
            word("value"),
            same(f"{plain(c.value)} {c.unit or ''}".strip()) if c.value is not None else word("no_number"),
        )
        if c.missing_reason:
            yield word("missing_reason"), self.dataset.label("missing_reason", c.missing_reason)
        if c.absence:
            yield word("absence"), self.dataset.label("absence", c.absence)
        if c.derivation:
            yield word("derivation"), same(c.derivation)
        if c.value_suggested is not None:
            yield word("value_suggested"), same(plain(c.value_suggested))
        if c.value_corrected is not None:
            yield word("value_corrected"), same(plain(c.value_corrected))
        if c.correction_id:
            yield word("correction_id"), same(c.correction_id)
        if c.locator:
            yield word("locator"), same(c.locator)

    def _findings(self) -> Iterator[RuleView]:
        """By rule, the gravest first; of one rule in the order of the form."""
        order = {
            a: n
            for n, a in enumerate(cell_anchor(t, c.row_code, c.column_code) for t in form.TABLES for c in self.cells[t])
        }
        for (severity, code), group in groupby(self.flags, key=lambda f: (f.severity, f.rule_code)):
            views = [FlagView(f, self._place(f), self._proof(f.locator)) for f in group]
            rows = {
                v.flag.flag_id: min(
                    (
                        order[cell_anchor(c.table_code, c.row_code, c.column_code)]
                        for c in self.facts.cells
                        if v.flag.names(c)
                    ),
                    default=len(order),
                )
                for v in views
            }
            views.sort(key=lambda v: rows[v.flag.flag_id])
            rule = self.dataset.rules.get(code)
            title = Both(rule.title_zh, rule.title_en) if rule else same(code)
            yield RuleView(code, severity, title, rule.reference if rule else "", tuple(views))

    def _place(self, f: Flag) -> str | None:
        if f.table_code not in form.TABLES:
            return None
        if f.row_code and f.column_code:
            return cell_anchor(f.table_code, f.row_code, f.column_code)
        if f.row_code or f.column_code:
            return f"r-{f.table_code}-{f.row_code}" if f.row_code else f"k-{f.table_code}-{f.column_code}"
        return f"t-{f.table_code}"

    def _solutions(self, changes: Sequence[RepairedCell]) -> Iterator[Solution]:
        for (table, number), group in groupby(changes, key=lambda x: (x.table_code, x.solution_no)):
            rows = list(group)
            yield Solution(
                self.dataset.label("section", table),
                number,
                self.dataset.label("repair_kind", rows[0].kind),
                f"{rows[0].weight:g}",
                tuple(
                    (
                        cell_anchor(table, x.row_code, x.column_code),
                        self._cell_name(table, x.row_code, x.column_code),
                        plain(x.value_printed),
                        same(plain(x.value_repaired)) if x.value_repaired is not None else word("repair.range"),
                    )
                    for x in rows
                ),
            )


def _order(form_code: str, table: str) -> dict[tuple[str, str], None]:
    """Cells of a form in its order, then those that only other forms have."""
    forms = (form_code, *reversed(form.FORMS))
    return dict.fromkeys((c.row_code, c.column_code) for f in forms for c in form.cell_defs(f, table))


def _notes(views: Iterable[CellView]) -> Iterator[tuple[str, tuple[Note, ...]]]:
    """The details of cells that are not simply printed, by status, those with the same together."""
    own = (word("status"), word("printed"), word("value"), word("locator"))
    groups: dict[str, dict[tuple[tuple[Both, Both], ...], list[CellView]]] = {}
    for v in views:
        if v.cell.obs_status != "A" or v.cell.value_suggested is not None or v.cell.value_corrected is not None:
            said = tuple(d for d in v.details if d[0] not in own)
            groups.setdefault(v.cell.obs_status, {}).setdefault(said, []).append(v)
    for status, by_details in sorted(groups.items()):
        notes = []
        for said, cells in by_details.items():
            by_row: dict[Both, list[CellView]] = {}
            by_column: dict[Both, list[CellView]] = {}
            for v in cells:
                by_row.setdefault(v.row, []).append(v)
                by_column.setdefault(v.column, []).append(v)
            fewer = min(by_column, by_row, key=len)
            notes.append(Note(said, tuple((name, tuple(vs)) for name, vs in fewer.items())))
        yield status, tuple(notes)


def _read_as(d: Date) -> Both:
    if d.start_date is None:
        return word("date.undecided")
    return same(str(d.start_date) if d.start_date == d.end_date else f"{d.start_date} – {d.end_date}")


def _joined(*texts: Both) -> Both:
    return Both(" · ".join(t.zh for t in texts), " · ".join(t.en for t in texts))
