"""Loads the form's tables from `data/*.csv` and answers questions about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.data_files import table_rows

PROACTIVE = "proactive"
APPLICATIONS = "applications"
REMEDIES = "remedies"
TABLES = (PROACTIVE, APPLICATIONS, REMEDIES)
FORMS = ("2019", "2021")


@dataclass(frozen=True, slots=True)
class CellDef:
    """One cell of one form, with the labels printed on the form and the unit that the form prescribes ("" for none)."""

    form: str
    table_code: str
    row_code: str
    column_code: str
    row_label: str
    group_label: str
    column_label: str
    unit: str


@dataclass(frozen=True, slots=True)
class LabelVariant:
    """Another way in which reports print a label. `form` "" means every form."""

    kind: str
    form: str
    table_code: str
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class HeadingLabel:
    """One wording of the heading of one of the six sections, with the number that the form gives it."""

    section_code: str
    number: str
    label: str
    strength: str
    """`weak` wordings also head subsections of section one: they count only under the form's own number."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Sum of `left` = sum of `right`; over columns of every row (axis "row") or over rows of every column ("column")."""

    identity_code: str
    table_code: str
    axis: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    rule_code: str
    reference: str


@dataclass(frozen=True, slots=True)
class IdentityInstance:
    """An identity at one row or column: `terms` are (row_code, column_code, +1 left or -1 right), summing to zero."""

    identity_code: str
    table_code: str
    at: str
    terms: tuple[tuple[str, str, int], ...]

    @property
    def name(self) -> str:
        return f"{self.identity_code}({self.at})"


def _read(name: str) -> Iterator[dict[str, str]]:
    return table_rows(__package__, name)


@cache
def cell_defs(form: str, table_code: str) -> tuple[CellDef, ...]:
    """Cells of a table in the order of the form."""
    return tuple(c for c in _all_cells() if c.form == form and c.table_code == table_code)


@cache
def _all_cells() -> tuple[CellDef, ...]:
    return tuple(CellDef(**r) for r in _read("cells.csv"))


@cache
def row_codes(form: str, table_code: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.row_code for c in cell_defs(form, table_code)))


@cache
def column_codes(form: str, table_code: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.column_code for c in cell_defs(form, table_code)))


@cache
def columns_of_row(form: str, table_code: str, row_code: str) -> tuple[str, ...]:
    return tuple(c.column_code for c in cell_defs(form, table_code) if c.row_code == row_code)


@cache
def unit_of(form: str, table_code: str, row_code: str, column_code: str) -> str:
    for c in cell_defs(form, table_code):
        if c.row_code == row_code and c.column_code == column_code:
            return c.unit
    return ""


@cache
def label_variants() -> tuple[LabelVariant, ...]:
    return tuple(LabelVariant(**r) for r in _read("label_variants.csv"))


def _variants(kind: str, form: str, table_code: str, code: str) -> tuple[str, ...]:
    return tuple(
        v.label
        for v in label_variants()
        if v.kind == kind and v.table_code == table_code and v.code == code and v.form in ("", form)
    )


@cache
def labels_of_row(form: str, table_code: str, row_code: str) -> tuple[str, ...]:
    """Every label of a row, the form's own first."""
    own = dict.fromkeys(c.row_label for c in cell_defs(form, table_code) if c.row_code == row_code)
    return tuple(dict.fromkeys((*own, *_variants("row", form, table_code, row_code))))


@cache
def labels_of_column(form: str, table_code: str, column_code: str) -> tuple[str, ...]:
    """Every label of a column, the form's own first (the part after the last "/" of a label with a parent)."""
    own = (c.column_label for c in cell_defs(form, table_code) if c.column_code == column_code)
    # "本年增/减" is one label, "法人或其他组织/其他" a path: only the latter has a parent that is a group label.
    parents = {v.label for v in label_variants() if v.kind == "group"}
    leaves = dict.fromkeys(x.split("/", 1)[1] if x.split("/", 1)[0] in parents else x for x in own)
    return tuple(dict.fromkeys((*leaves, *_variants("column", form, table_code, column_code))))


@cache
def group_labels(form: str, table_code: str) -> tuple[LabelVariant, ...]:
    """Labels that group rows or columns and carry no numbers themselves."""
    return tuple(
        v for v in label_variants() if v.kind == "group" and v.table_code == table_code and v.form in ("", form)
    )


@cache
def heading_labels() -> tuple[HeadingLabel, ...]:
    return tuple(HeadingLabel(**r) for r in _read("headings.csv"))


@cache
def identities(table_code: str | None = None) -> tuple[Identity, ...]:
    out = tuple(
        Identity(**{**r, "left": tuple(r["left"].split()), "right": tuple(r["right"].split())})  # type: ignore[arg-type]
        for r in _read("identities.csv")
    )
    return tuple(i for i in out if table_code in (None, i.table_code))


@cache
def results_of_form(form: str) -> tuple[str, ...]:
    """Rows of the applications table that add up to `handled_total`, in the order of the form."""
    (results,) = (i for i in identities(APPLICATIONS) if i.identity_code == "results_total")
    return tuple(r for r in row_codes(form, APPLICATIONS) if r in results.left)


@cache
def identity_instances(form: str, table_code: str) -> tuple[IdentityInstance, ...]:
    """Every identity of a table of a form, written out: one per row or column."""
    rows, columns = row_codes(form, table_code), column_codes(form, table_code)
    out = []
    for i in identities(table_code):
        sides = ((i.left, 1), (i.right, -1))
        if i.axis == "row":
            out += [
                IdentityInstance(
                    i.identity_code, table_code, r, tuple((r, c, s) for cs, s in sides for c in cs if c in columns)
                )
                for r in rows
            ]
        else:
            out += [
                IdentityInstance(
                    i.identity_code, table_code, c, tuple((r, c, s) for rs, s in sides for r in rs if r in rows)
                )
                for c in columns
            ]
    return tuple(out)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit printed in cells: so many (`factor`) of its base."""

    unit: str
    base: str
    factor: int


@cache
def units() -> dict[str, Unit]:
    return {r["unit"]: Unit(r["unit"], r["base"], int(r["factor"])) for r in _read("units.csv")}


@cache
def not_applicable_marks() -> frozenset[str]:
    """What a cell prints to say that it does not apply."""
    return frozenset(r["mark"] for r in _read("not_applicable.csv"))
