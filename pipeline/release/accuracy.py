"""How right a release is where the right answer is known: its cells held against gold files, cell by cell.

A gold file is a CSV `table,row,column,value,printed` about one report, named as the document it lies in (or the member of a
container) without the extension. `printed` says what the cell is, one of KINDS; `value` is the right number, empty where
there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import polars as pl

from pipeline.form import TABLES
from pipeline.release.folder import Folder

VERDICTS = {
    "exact": (
        "the printed number, certain or doubted; or null where nothing fixes a number",
        "与原文数字一致（确定或存疑）；或本无从确定而为空",
    ),
    "deduced": ("not (certainly) printed, and deduced or placed rightly", "原文未（确定）印出，推算或归位正确"),
    "unfilled": ("the number could be had or is likely, and is left null", "本可得出或很可能的数字，留空"),
    "overclaimed": ("the likely number, but said to be certain", "为很可能的数字，却标为确定"),
    "flagged": (
        "wrong or lost, and its status or a finding about the cell or its row says that it may be",
        "错误或缺失，但其状态或针对该单元格、该行的发现已作提示",
    ),
    "silent": ("wrong or lost, and nothing says so", "错误或缺失，且无任何提示"),
    "missing": ("no such row in `cells`", "`cells` 中没有这一行"),
}
"""Every verdict with what it means, from the best on."""

KINDS = {
    "printed": ("the number is printed", "印有数字"),
    "blank": ("nothing is printed, and the identities fix the number", "未印数字，由勾稽关系确定"),
    "open": ("nothing is printed, and nothing fixes a number", "未印数字，无从确定"),
    "absent": ("the text lost the number", "文本丢失了数字"),
    "undecidable": (
        "a short row leaves the cell open: the number is the likely one",
        "该行数字不足，所在单元格不定：数字为很可能者",
    ),
    "not_applicable": ("a mark stands in place of a number", "以符号代替数字"),
}
"""What a gold file says of a cell, with what it means."""
_KEY = ("report_id", "table_code", "row_code", "column_code")
_HEADER = ["table", "row", "column", "value", "printed"]


class GoldWrong(Exception):
    """A gold file cannot be used; the message names the file, the line where there is one, and the remedy."""


def judged(folder: Folder, gold: Sequence[Path]) -> pl.DataFrame:
    """Every gold cell of every report that has a gold file in one of these folders: `gold` (name of the file),
    `source_path`, `table_code`, `row_code`, `column_code`, `kind`, `expected`, `value`, `obs_status`, `verdict`,
    `is_doubted` (exact, although its status is U or a finding names it or its row). In the order of the gold files.

    Raises GoldWrong for a file that is none, for a folder without any, and where two reports bear the name of one file.
    """
    reports = _reports_by_name(folder)
    frames = []
    for file in (f for g in gold for f in _files(g)):
        found = reports.get(file.stem, [])
        if len(found) > 1:
            paths = ", ".join(path for _, path in found)
            raise GoldWrong(f"{file} could be about {len(found)} reports ({paths}): give the documents other names")
        if found:
            report_id, path = found[0]
            frames.append(
                _read(file).with_columns(gold=pl.lit(file.stem), report_id=pl.lit(report_id), source_path=pl.lit(path))
            )
    return _judged(folder, pl.concat(frames)) if frames else pl.DataFrame(schema=_SCHEMA)


def summary(verdicts: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Cells by verdict: one row per value of the columns `by` (all cells in one row without any), a column for the number
    of `cells`, for each verdict, and `doubted`.
    """
    counts = [(pl.col("verdict") == v).sum().cast(pl.Int64).alias(v) for v in VERDICTS]
    columns = [
        pl.len().cast(pl.Int64).alias("cells"),
        *counts,
        pl.col("is_doubted").sum().cast(pl.Int64).alias("doubted"),
    ]
    return verdicts.group_by(by, maintain_order=True).agg(columns) if by else verdicts.select(columns)


_SCHEMA = pl.Schema(
    {
        "gold": pl.String(),
        "source_path": pl.String(),
        "table_code": pl.String(),
        "row_code": pl.String(),
        "column_code": pl.String(),
        "kind": pl.String(),
        "expected": pl.Float64(),
        "value": pl.Float64(),
        "obs_status": pl.String(),
        "verdict": pl.String(),
        "is_doubted": pl.Boolean(),
    }
)


def _files(folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    if not files:
        raise GoldWrong(f"there is no gold file in {folder}: name a folder with one CSV file for each report")
    return files


def _reports_by_name(folder: Folder) -> dict[str, list[tuple[str, str]]]:
    """Reports (report_id, source path) by the name that a gold file about them bears."""
    documents = pl.scan_parquet(folder.parquet("documents"), glob=False).select("document_id", "member")
    reports = pl.scan_parquet(folder.parquet("reports"), glob=False).select("report_id", "document_id", "source_path")
    named: dict[str, list[tuple[str, str]]] = {}
    rows = reports.join(documents, on="document_id").sort("source_path", "member").collect()
    for report_id, path, member in rows.select("report_id", "source_path", "member").iter_rows():
        named.setdefault(PurePosixPath(member or path).stem, []).append((report_id, path))
    return named


_CELL = ("table", "row", "column")
_FAULTS = (
    (pl.any_horizontal(pl.col(_CELL).is_null()), " names no cell: give table, row and column"),
    (~pl.col("table").is_in(TABLES), f": `table` is one of {', '.join(TABLES)}"),
    (~pl.col("printed").is_in(list(KINDS)).fill_null(False), f": `printed` is one of {', '.join(KINDS)}"),
    ((pl.col("printed") == "printed") & pl.col("value").is_null(), ": a printed number needs its `value`"),
    (pl.col("value").is_not_null() & ~pl.col("value").is_finite(), ": `value` is no number"),
    (~pl.struct(_CELL).is_first_distinct(), " names a cell a second time: remove one of them"),
)
"""What a line of a gold file may not be, and what is said then, behind its number."""


def _read(file: Path) -> pl.DataFrame:
    try:
        frame = pl.read_csv(file, schema_overrides={"value": pl.Float64}, infer_schema=False, encoding="utf8")
    except (OSError, pl.exceptions.PolarsError, UnicodeError) as e:
        raise GoldWrong(f"{file} is no table of gold cells ({str(e).splitlines()[0][:200]}): correct it") from e
    if frame.columns != _HEADER:
        raise GoldWrong(f"{file} line 1 must read {','.join(_HEADER)}")
    frame = frame.with_row_index("line", 2)
    for is_wrong, message in _FAULTS:
        for line in frame.filter(is_wrong)["line"].head(1):
            raise GoldWrong(f"{file} line {line}{message}")
    return frame.select(
        pl.col("table").alias("table_code"),
        pl.col("row").alias("row_code"),
        pl.col("column").alias("column_code"),
        pl.col("printed").alias("kind"),
        pl.col("value").alias("expected"),
    )


def _judged(folder: Folder, gold: pl.DataFrame) -> pl.DataFrame:
    ids = gold.select("report_id").unique()
    cells = (
        pl.scan_parquet(folder.parquet("cells"), glob=False)
        .select(*_KEY, pl.col("value").cast(pl.Float64), "obs_status", "printed", is_there=True)
        .join(ids.lazy(), on="report_id", how="semi")
        .collect(engine="streaming")
    )
    flags = (
        pl.scan_parquet(folder.parquet("flags"), glob=False)
        .filter(pl.col("severity") != "info", pl.col("table_code").is_not_null(), pl.col("row_code").is_not_null())
        .select(_KEY)
        .join(ids.lazy(), on="report_id", how="semi")
        .unique()
        .collect(engine="streaming")
    )
    rows_named = flags.filter(pl.col("column_code").is_null()).select(*_KEY[:-1], is_row_named=True)
    cells_named = flags.drop_nulls("column_code").with_columns(is_cell_named=True)
    held = (
        gold.join(cells, on=_KEY, how="left", maintain_order="left")
        .join(rows_named, on=_KEY[:-1], how="left", maintain_order="left")
        .join(cells_named, on=_KEY, how="left", maintain_order="left")
        .with_columns(pl.col("is_there", "is_row_named", "is_cell_named").fill_null(False))
        .with_columns(
            is_named=pl.col("is_row_named") | pl.col("is_cell_named") | pl.col("obs_status").eq_missing("U"),
            verdict=_verdict(),
        )
    )
    told = pl.when("is_named").then(pl.lit("flagged")).otherwise(pl.lit("silent"))
    return held.with_columns(
        verdict=pl.coalesce("verdict", told), is_doubted=pl.col("is_named") & pl.col("verdict").eq_missing("exact")
    ).select(pl.col(c).cast(t) for c, t in _SCHEMA.items())


def _verdict() -> pl.Expr:
    """Null where the cell is wrong or lost: whether something says so decides then."""
    kind, value, status = pl.col("kind"), pl.col("value"), pl.col("obs_status")
    is_right = value.is_not_null() & (value == pl.col("expected"))
    is_printed = status.is_in(["A", "U"]) & pl.col("printed").is_not_null()
    rules = (
        (~pl.col("is_there"), "missing"),
        ((kind == "not_applicable") & value.is_null() & status.is_in(["M", "O"]), "exact"),
        ((kind == "open") & value.is_null() & (status == "O"), "exact"),
        (kind.is_in(["blank", "absent", "undecidable"]) & value.is_null() & (status == "O"), "unfilled"),
        ((kind == "printed") & is_right & is_printed, "exact"),
        ((kind == "undecidable") & is_right & (status == "A"), "overclaimed"),
        ((kind == "undecidable") & is_right & status.is_in(["U", "I"]), "deduced"),
        (kind.is_in(["blank", "absent"]) & is_right & (status == "I"), "deduced"),
    )
    return pl.coalesce(pl.when(holds).then(pl.lit(verdict)) for holds, verdict in rules)
