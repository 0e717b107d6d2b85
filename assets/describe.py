"""What the Dagster UI shows of a table: its columns from the schema, how many rows, and the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import dagster as dg
import polars as pl

from pipeline import schema
from pipeline.store.layout import Layout

GROUP = "ogi_panel"
"""One group for all assets: the lineage then shows every asset at once, without boxes that have to be opened."""
OWNERS = ["team:ogi-panel"]
WORK = {True: "done", False: "nothing to do: code and inputs are those of the last run"}
_PREVIEW_ROWS = 10
_NARROW = 2
_CELL = 60
_LINE = 400


def column_schema(table: str) -> dg.TableSchema:
    """Columns of a table with types and descriptions in both languages."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                c.column,
                c.sql_type,
                description=c.comment,
                constraints=dg.TableColumnConstraints(
                    nullable=c.nullable, unique=(c.column,) == schema.table(table).key
                ),
            )
            for c in schema.table(table).columns
        ]
    )


def table_spec(table: str, deps: Sequence[str]) -> dg.AssetSpec:
    """The asset of a table of the dataset."""
    t = schema.table(table)
    return dg.AssetSpec(
        table,
        deps=deps,
        description=f"{t.description_en}\n\n{t.description_zh}",
        group_name=GROUP,
        kinds={"polars", "parquet"},
        owners=OWNERS,
        metadata={"dagster/column_schema": column_schema(table)},
    )


def table_metadata(frame: pl.DataFrame | pl.LazyFrame, path: Path | None = None) -> dict[str, object]:
    """Row count, where the table lies, and its first rows. A scan is not read further than that takes."""
    first, rows = frame.lazy().head(_PREVIEW_ROWS).collect(), frame.lazy().select(pl.len()).collect().item()
    out: dict[str, object] = {
        "dagster/row_count": rows,
        "preview": inline(first) if first.width <= _NARROW else dg.MetadataValue.md(_markdown(first)),
    }
    if path is not None:
        out["path"] = dg.MetadataValue.path(str(path))
    return out


def staged_metadata(layout: Layout, table: str, is_new: bool) -> dict[str, object]:
    """The same of a staged table, and whether this run wrote it or found it as it would have written it."""
    path = layout.staged_table(table)
    return {**table_metadata(pl.scan_parquet(path, glob=False), path), "work": WORK[is_new]}


def inline(frame: pl.DataFrame) -> dg.TableMetadataValue:
    """A narrow table, which the UI shows where it stands."""
    columns = [dg.TableColumn(c, "int" if t.is_integer() else "string") for c, t in frame.schema.items()]
    records = [
        dg.TableRecord({c: v if isinstance(v, int) else _shown(v, _LINE) for c, v in row.items()})
        for row in frame.iter_rows(named=True)
    ]
    return dg.MetadataValue.table(records, dg.TableSchema(columns=columns))


def _markdown(frame: pl.DataFrame) -> str:
    """A frame as a Markdown table, long texts cut: for wide tables, which the UI shows in a window of their own."""
    if not frame.height:
        return "*no rows*"
    lines = ["| " + " | ".join(frame.columns) + " |", "|" + " --- |" * frame.width]
    lines += ["| " + " | ".join(_shown(v, _CELL).replace("|", "\\|") for v in row) + " |" for row in frame.rows()]
    return "\n".join(lines)


def _shown(value: object, longest: int) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    text = " ".join(str(value).split())
    return text if len(text) <= longest else text[:longest] + "…"
