"""Changes of the schema between two releases: tables, columns, codes and rules that came, went, or mean something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import duckdb

from pipeline.release.changes.model import ADDED, CHANGED, REMOVED, RENAMED, SchemaChange
from pipeline.release.declared import Declared
from pipeline.store.compare_tables import NEW, OLD, name

Types = Mapping[str, Mapping[str, str]]
"""Types of the columns as the Parquet files have them, by table."""

_CODES = {"number": "code_number", "Chinese label": "label_zh", "English label": "label_en"}
_RULES = {
    "severity": "severity",
    "status": "status",
    "family": "family",
    "reference": "reference",
    "English title": "title_en",
    "Chinese title": "title_zh",
    "English message": "message_en",
    "Chinese message": "message_zh",
}
"""What is told of a code and of a rule, and the column that says it."""


@dataclass(frozen=True, slots=True)
class _Item:
    """Something with a name. Of those that only one release has, equal `likeness` shows what was renamed."""

    kind: str
    parent: str
    name: str
    attributes: tuple[tuple[str, str], ...]
    likeness: tuple[str, ...]


def schema_changes(
    connection: duckdb.DuckDBPyConnection,
    old: tuple[Mapping[str, Declared], Types],
    new: tuple[Mapping[str, Declared], Types],
) -> tuple[SchemaChange, ...]:
    """The changes of tables, columns, codes and rules, in this order. Releases are attached as `OLD` and `NEW`.

    Each release comes as what it declares, and the types that its Parquet files have.
    """
    both = set(old[1]) & set(new[1])
    out = [*_between(_tables(*old), _tables(*new))]
    out += _between(_columns(*old, both), _columns(*new, both))
    out += _between(_codes(connection, OLD, old[1]), _codes(connection, NEW, new[1]))
    out += _between(_rules(connection, OLD, old[1]), _rules(connection, NEW, new[1]))
    return tuple(out)


def renamed_columns(
    old: tuple[Mapping[str, Declared], Types], new: tuple[Mapping[str, Declared], Types]
) -> dict[tuple[str, str], str]:
    """New names of columns, by table and old name."""
    both = set(old[1]) & set(new[1])
    changes = _between(_columns(*old, both), _columns(*new, both))
    return {(c.parent, c.name): c.new for c in changes if c.change == RENAMED}


def view_changes(old: Mapping[str, Declared], new: Mapping[str, Declared]) -> tuple[SchemaChange, ...]:
    """The changes of views that are only declared: which there are, and their columns with what these mean."""
    both = old.keys() & new.keys()

    def views(side: Mapping[str, Declared]) -> Iterator[_Item]:
        return (_Item("table", "", v, (), tuple(f.name for f in d.fields)) for v, d in side.items())

    def columns(side: Mapping[str, Declared]) -> Iterator[_Item]:
        for view in sorted(both):
            for f in side[view].fields:
                attributes = (("type", f.type), ("unit", f.unit), ("codelist", f.codelist))
                yield _Item("column", view, f.name, attributes, (f.type, f.unit, f.codelist, f.description))

    return (*_between(views(old), views(new)), *_between(columns(old), columns(new)))


def formula_changes(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[SchemaChange, ...]:
    """Indicators of both releases that are computed otherwise: their name stands for another number now."""
    return tuple(
        SchemaChange("indicator", "", code, CHANGED, "formula", old[code], new[code])
        for code in sorted(old.keys() & new.keys())
        if old[code] != new[code]
    )


def _between(old: Iterable[_Item], new: Iterable[_Item]) -> Iterator[SchemaChange]:
    before, after = ({(i.parent, i.name): i for i in side} for side in (old, new))
    gone = [i for k, i in before.items() if k not in after]
    come = [i for k, i in after.items() if k not in before]
    moved = {(i.parent, i.name): other for i in gone if (other := _same(i, gone, come)) is not None}
    taken = {(i.parent, i.name) for i in moved.values()}
    changes = [
        SchemaChange(i.kind, i.parent, i.name, RENAMED, "name", i.name, moved[i.parent, i.name].name)
        if (i.parent, i.name) in moved
        else SchemaChange(i.kind, i.parent, i.name, REMOVED)
        for i in gone
    ]
    changes += [SchemaChange(i.kind, i.parent, i.name, ADDED) for i in come if (i.parent, i.name) not in taken]
    for key, item in before.items():
        if other := after.get(key) or moved.get(key):
            now = dict(other.attributes)
            changes += [
                SchemaChange(item.kind, item.parent, other.name, CHANGED, attribute, value, now[attribute])
                for attribute, value in item.attributes
                if now.get(attribute, value) != value
            ]
    yield from sorted(changes, key=lambda c: (c.parent, c.name, c.change, c.attribute))


def _same(item: _Item, gone: list[_Item], come: list[_Item]) -> _Item | None:
    """What an item that is gone is called now: the only one that is alike, and like no other that is gone."""
    alike = [i for i in come if i.parent == item.parent and i.likeness == item.likeness and any(i.likeness)]
    rivals = [i for i in gone if i.parent == item.parent and i.likeness == item.likeness]
    return alike[0] if len(alike) == 1 and len(rivals) == 1 else None


def _tables(declared: Mapping[str, Declared], types: Types) -> Iterator[_Item]:
    for table, columns in types.items():
        d = declared.get(table)
        told = (("key", " ".join(d.key)), ("description", d.description)) if d else ()
        yield _Item("table", "", table, told, (*columns, d.description if d else ""))


def _columns(declared: Mapping[str, Declared], types: Types, tables: set[str]) -> Iterator[_Item]:
    """The columns of tables that both releases have. An attribute that nothing declares is not compared."""
    for table in sorted(tables):
        fields = {f.name: f for f in declared[table].fields} if table in declared else {}
        for column, type_ in types[table].items():
            attributes = [("type", type_)]
            likeness: tuple[str, ...] = ()
            if f := fields.get(column):
                attributes += [("unit", f.unit), ("codelist", f.codelist)]
                attributes += [("may be null", "false" if f.is_required else "true"), ("description", f.description)]
                attributes += [("variable in Stata", f.variable)] if f.variable else []
                likeness = (type_, f.unit, f.codelist, f.description) if f.description else ()
            yield _Item("column", table, column, tuple(attributes), likeness)


def _codes(connection: duckdb.DuckDBPyConnection, side: str, types: Types) -> Iterator[_Item]:
    if not {"codelist", "form", "table_code", "code"} <= set(types.get("codes", ())):
        return
    told = {what: c for what, c in _CODES.items() if c in types["codes"]}
    rows = connection.execute(
        f"""SELECT concat_ws('/', codelist, nullif(form, ''), nullif(table_code, '')), code,
        {", ".join(f"coalesce({name(c)}::VARCHAR, '')" for c in told.values())} FROM {side}.codes ORDER BY ALL"""
    ).fetchall()
    for parent, code, *values in rows:
        attributes = tuple(zip(told, values, strict=True))
        yield _Item("code", parent, code, attributes, tuple(v for what, v in attributes if what != "number"))


def _rules(connection: duckdb.DuckDBPyConnection, side: str, types: Types) -> Iterator[_Item]:
    if "rule_code" not in types.get("rules", ()):
        return
    told = {what: c for what, c in _RULES.items() if c in types["rules"]}
    rows = connection.execute(
        f"""SELECT rule_code, {", ".join(f"coalesce({name(c)}::VARCHAR, '')" for c in told.values())}
        FROM {side}.rules ORDER BY ALL"""
    ).fetchall()
    for code, *values in rows:
        attributes = tuple(zip(told, values, strict=True))
        yield _Item("rule", "", code, attributes, tuple(v for what, v in attributes if what.startswith("English")))
