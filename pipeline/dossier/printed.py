"""The statutory tables as the form prints them: merged headers, group labels, and where each cell stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from pipeline import form


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label. It is that of a row, of a column, or of a group (`code` as in `form.group_labels`)."""

    kind: str
    code: str
    text: str
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a number stands."""

    row_code: str
    column_code: str
    column_span: int = 1


PrintedRow = tuple[Label | Slot, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """A table of the form: `head` are its header rows (none where headers stand between the rows)."""

    form: str
    table_code: str
    head: tuple[PrintedRow, ...]
    body: tuple[PrintedRow, ...]

    @property
    def slots(self) -> tuple[tuple[str, str], ...]:
        return tuple((x.row_code, x.column_code) for row in self.body for x in row if isinstance(x, Slot))


def form_of(told: str, table_code: str, cells: Iterable[tuple[str, str]]) -> str:
    """The form to print a table after: the one told from its labels, else the newest that has all the cells listed."""
    if told in form.FORMS:
        return told
    listed = set(cells)
    for f in reversed(form.FORMS):
        if listed <= {(c.row_code, c.column_code) for c in form.cell_defs(f, table_code)}:
            return f
    return form.FORMS[-1]


def printed(form_code: str, table_code: str) -> Printed:
    """A table of a form as 国办公开办函〔2019〕60号 ("2019") and 〔2021〕30号 ("2021") print it."""
    layout = {form.PROACTIVE: _proactive, form.APPLICATIONS: _applications, form.REMEDIES: _remedies}[table_code]
    head, body = layout(form_code)
    return Printed(form_code, table_code, tuple(head), tuple(body))


def _row_label(form_code: str, table_code: str, row: str) -> str:
    return form.labels_of_row(form_code, table_code, row)[0]


def _column_label(form_code: str, table_code: str, column: str) -> str:
    return form.labels_of_column(form_code, table_code, column)[0]


def _group(form_code: str, table_code: str, code: str, row_span: int = 1, column_span: int = 1) -> Label:
    text = next(v.label for v in form.group_labels(form_code, table_code) if v.code == code)
    return Label("group", code, text, row_span, column_span)


def _code_of(form_code: str, table_code: str, label: str) -> str:
    return next(v.code for v in form.group_labels(form_code, table_code) if v.label == label)


def _proactive(f: str) -> tuple[list[PrintedRow], list[PrintedRow]]:
    """Blocks, one for each item of article 20, each with its own header; the last column fills the width."""
    table = form.PROACTIVE
    width = max(len(form.columns_of_row(f, table, r)) for r in form.row_codes(f, table))
    body: list[PrintedRow] = []
    for group, cells in groupby(form.cell_defs(f, table), key=lambda c: c.group_label):
        rows = list(dict.fromkeys(c.row_code for c in cells))
        columns = form.columns_of_row(f, table, rows[0])
        spans = [*[1] * (len(columns) - 1), width - len(columns) + 1]
        body.append((Label("group", _code_of(f, table, group), group, 1, width + 1),))
        heads = [Label("column", c, _column_label(f, table, c), 1, s) for c, s in zip(columns, spans, strict=True)]
        body.append((_group(f, table, "content"), *heads))
        for r in rows:
            slots = [Slot(r, c, s) for c, s in zip(columns, spans, strict=True)]
            body.append((Label("row", r, _row_label(f, table, r)), *slots))
    return [], body


def _applications(f: str) -> tuple[list[PrintedRow], list[PrintedRow]]:
    table = form.APPLICATIONS
    columns = form.column_codes(f, table)
    parent = _group(f, table, "organizations").text + "/"
    of_form = {c.column_code: c.column_label for c in form.cell_defs(f, table)}
    below = [c for c in columns if of_form[c].startswith(parent)]
    labels = {c: Label("column", c, _column_label(f, table, c), 1 if c in below else 2) for c in columns}
    second: list[Label] = []
    for c in columns:
        if c == below[0]:
            second.append(_group(f, table, "organizations", 1, len(below)))
        elif c not in below:
            second.append(labels[c])
    head: list[PrintedRow] = [
        (_group(f, table, "identity_note", 3, 3), _group(f, table, "applicants", 1, len(columns))),
        tuple(second),
        tuple(labels[c] for c in below),
    ]
    groups = {c.row_code: c.group_label for c in form.cell_defs(f, table)}
    results = _group(f, table, "results").text
    body: list[PrintedRow] = []
    seen: set[str] = set()
    for r in form.row_codes(f, table):
        row: list[Label | Slot] = []
        group = groups[r]
        if group and results not in seen:
            seen.add(results)
            row.append(_group(f, table, "results", sum(map(bool, groups.values()))))
        if group and group not in seen:
            seen.add(group)
            row.append(Label("group", _code_of(f, table, group), group, list(groups.values()).count(group)))
        span = 3 if not group else 2 if group == results else 1
        row.append(Label("row", r, _row_label(f, table, r), 1, span))
        body.append((*row, *(Slot(r, c) for c in columns)))
    return head, body


def _remedies(f: str) -> tuple[list[PrintedRow], list[PrintedRow]]:
    """All numbers in one line, the lawsuits under a common header."""
    table = form.REMEDIES
    columns = form.column_codes(f, table)
    rows = form.row_codes(f, table)
    own = {c.row_code: c.row_label for c in form.cell_defs(f, table)}
    first: list[Label] = []
    second: list[Label] = []
    third: list[Label] = []
    for parent, group in groupby(rows, key=lambda r: own[r].split("/")[0]):
        below = list(group)
        is_divided = "/" in own[below[0]]
        if is_divided:
            first.append(Label("group", _code_of(f, table, parent), parent, 1, len(columns) * len(below)))
        for r in below:
            label = Label("row", r, own[r].split("/")[-1], 1, len(columns))
            (second if is_divided else first).append(label)
            # Where nothing stands between, the outcomes take the height of two rows.
            heads = [Label("column", c, _column_label(f, table, c), 1 if is_divided else 2) for c in columns]
            (third if is_divided else second).extend(heads)
    return [tuple(first), tuple(second), tuple(third)], [tuple(Slot(r, c) for r in rows for c in columns)]
