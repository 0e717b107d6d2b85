"""How the tables refer to one another: the foreign keys of the dataset, from `data/relations.csv`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline.data_files import table_rows
from pipeline.schema.model import Table, table


@dataclass(frozen=True, slots=True)
class Relation:
    """Each row of `table` names in `columns` a row of `references_table`, by the key columns `references_columns`.

    A null in the one column of a relation refers to nothing; a relation over several columns has no nullable one.
    """

    table: str
    columns: tuple[str, ...]
    references_table: str
    references_columns: tuple[str, ...]


@cache
def relations() -> tuple[Relation, ...]:
    """Every foreign key of the dataset, by table in the order of the contract."""
    return tuple(
        Relation(r["table"], tuple(r["columns"].split()), r["references_table"], tuple(r["references_columns"].split()))
        for r in table_rows(__package__, "relations.csv")
    )


def relations_of(table: str) -> tuple[Relation, ...]:
    """The foreign keys of one table."""
    return tuple(r for r in relations() if r.table == table)


def view_relations(view: Table) -> tuple[Relation, ...]:
    """The foreign keys of a wide table or view: its rows name their report, as those of the tables do that it is made from."""
    reports = table("reports")
    columns = {c.column for c in view.columns}
    if not columns.issuperset(reports.key):
        return ()
    return (Relation(view.table, reports.key, reports.table, reports.key),)
