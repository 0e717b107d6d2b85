"""What the Dagster UI shows of a table: its columns from the schema, how many rows, and the first of them."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import polars as pl

from pipeline import schema

_PREVIEW_ROWS = 10
_CELL = 60


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


def table_spec(table: str, group: str, deps: list[str], **more: object) -> dg.AssetSpec:
    """The asset of a table of the dataset."""
    t = schema.table(table)
    return dg.AssetSpec(
        table,
        deps=deps,
        description=f"{t.description_en}\n\n{t.description_zh}",
        group_name=group,
        kinds={"polars", "parquet"},
        owners=OWNERS,
        metadata={"dagster/column_schema": column_schema(table)},
        **more,  # type: ignore[arg-type]
    )


OWNERS = ["team:ogi-panel"]


def table_metadata(frame: pl.DataFrame, path: Path | None = None) -> dict[str, object]:
    """Row count, where the table lies, and its first rows as Markdown."""
    out: dict[str, object] = {
        "dagster/row_count": frame.height,
        "preview": dg.MetadataValue.md(markdown(frame.head(_PREVIEW_ROWS))),
    }
    if path is not None:
        out["path"] = dg.MetadataValue.path(str(path))
    return out


def markdown(frame: pl.DataFrame) -> str:
    """A frame as a Markdown table, long texts cut."""
    if not frame.height:
        return "*no rows*"
    lines = ["| " + " | ".join(frame.columns) + " |", "|" + " --- |" * frame.width]
    lines += ["| " + " | ".join(_shown(v) for v in row) + " |" for row in frame.rows()]
    return "\n".join(lines)


def _shown(value: object) -> str:
    if value is None:
        return ""
    text = " ".join(str(value).split()).replace("|", "\\|")
    return text if len(text) <= _CELL else text[:_CELL] + "…"
