"""Opens the dataset that a notebook is about, and puts what it says into sentences with their denominators."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import polars.selectors as selectors
from IPython.display import Markdown, display

from pipeline.store.sql import connect

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
SAMPLE = PROJECT / "data" / "sample"


class NoDataset(Exception):
    """A folder holds no dataset; the message says what to do."""


@dataclass(frozen=True)
class Dataset:
    """An opened dataset. `invented` counts its documents that are the project's sample, whose organs do not exist."""

    folder: Path
    connection: duckdb.DuckDBPyConnection
    invented: int
    documents: int

    def sql(self, query: str, **values: object) -> pl.DataFrame:
        """The answer as a frame; `$name` in the query stands for a value. Decimals become floats, as plots want them."""
        frame = pl.DataFrame(self.connection.sql(query, params=values or None).to_arrow_reader())
        return frame.with_columns(selectors.decimal().cast(pl.Float64))

    def one(self, query: str, **values: object) -> dict[str, Any]:
        """The only row of an answer, by column."""
        return self.sql(query, **values).row(0, named=True)

    def counted(self, figure: str) -> list[str]:
        """Which reports a figure of the view `uses` counts and which not, with the number of each reason: a plot's subtitle."""
        frame = self.sql(
            """SELECT used_as, used_as_zh, count(*) AS n FROM uses JOIN reasons USING (used_as)
               WHERE figure = $figure GROUP BY ALL ORDER BY n DESC, used_as""",
            figure=figure,
        )
        rows = frame.rows(named=True)
        left = [row for row in rows if row["used_as"] != "used"]
        every, out = sum(row["n"] for row in rows), sum(row["n"] for row in left)
        why = "; ".join(f"{row['used_as']} ({row['n']:,})" for row in left)
        why_zh = "；".join(f"{row['used_as_zh']}（{row['n']:,}份）" for row in left)
        return [*basis(every - out, every, why, why_zh), self.stamp or ""]

    @property
    def stamp(self) -> str | None:
        """What every plot of invented reports has to say."""
        if not self.invented:
            return None
        which = "All" if self.invented == self.documents else f"{self.invented:,} of {self.documents:,}"
        return f"Sample data | 样例数据: {which} documents are of the project's sample; its organs are invented. 机关为虚构。"


def open_dataset(folder: str | Path) -> Dataset:
    """The dataset of a build (`ogi.duckdb`, `parquet/`) or a release (the same under `data/`).

    A relative path counts from the project's folder. Where only the Parquet files are there, they are asked. Raises NoDataset.
    """
    root = PROJECT / Path(folder).expanduser()
    for base in (root, root / "data"):
        if (base / "ogi.duckdb").is_file():
            connection = connect(base / "ogi.duckdb", read_only=True)
        elif (base / "parquet" / "reports.parquet").is_file():
            connection = connect()
            for file in sorted((base / "parquet").glob("*.parquet")):
                path = str(file).replace("'", "''")
                connection.execute(f"CREATE VIEW {file.stem} AS FROM read_parquet('{path}', hive_partitioning = false)")
        else:
            continue
        connection.execute((HERE / "views.sql").read_text(encoding="utf-8"))
        return Dataset(root, connection, *_invented(connection))
    raise NoDataset(
        f"There is no dataset in {folder}. `make build` builds the sample's; for another one set OGI_DATASET to the "
        "folder of a build or of a release."
    )


def _invented(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Documents whose bytes are a file of the sample, or of one container of it; all documents."""
    files = [p for p in sorted(SAMPLE.rglob("*")) if p.is_file()]
    sums = [hashlib.sha256(p.read_bytes()).hexdigest() for p in files]
    containers = [p.relative_to(SAMPLE).as_posix() for p in files]
    query = """
        WITH known AS (SELECT unnest($sums) AS content_sha256), alone AS (
            SELECT count(*) AS n FROM documents JOIN known USING (content_sha256)
        )
        SELECT count(*) FILTER (content_sha256 IN (FROM known)
                                OR container_path IN (SELECT unnest($containers)) AND (SELECT n > 0 FROM alone)),
               count(*)
        FROM documents"""
    found, documents = connection.execute(query, {"sums": sums, "containers": containers}).fetchall()[0]
    return found, documents


def share(n: float, of: float) -> str:
    """A part of a whole with its percentage, as `12 of 66 (18%)`; of nothing there is no percentage."""
    return f"{n:,.0f} of {of:,.0f}" + (f" ({percent(n / of)})" if of else "")


def many(n: float, thing: str) -> str:
    """A number of things, as `1 report`, `2,000 reports`."""
    return f"{n:,.0f} {thing}" if n == 1 else f"{n:,.0f} {thing}s"


def percent(x: float) -> str:
    """A share for readers: whole per cent, one digit more where a small share would vanish."""
    if 0 < x < 0.0005:
        return "<0.1%"
    return f"{x:.1%}" if 0 < abs(x) < 0.1 else f"{x:.0%}"


def basis(used: int, every: int, why: str, why_zh: str) -> list[str]:
    """Which reports a plot counts and which not, in both languages: lines of its subtitle."""
    left = every - used
    if not every:
        return ["There is no report. 没有报告。"]
    if not left:
        return [
            "Based on the only report. 仅有的一份报告。"
            if every == 1
            else f"Based on all {every:,} reports. 全部{every:,}份报告。"
        ]
    return [
        f"Based on {share(used, every)} reports; left out {left:,}: {why}.",
        f"{every:,}份报告中的{used:,}份；未计入{left:,}份：{why_zh}。",
    ]


def labelled(frame: pl.DataFrame, text: Callable[[dict[str, Any]], str]) -> pl.DataFrame:
    """The frame with a column `text`, what a plot prints beside each row."""
    return frame.with_columns(text=pl.Series([text(row) for row in frame.iter_rows(named=True)], dtype=pl.String))


def say(english: str, chinese: str) -> None:
    """A sentence that rests on the data, in both languages."""
    display(Markdown(f"{english}\n\n{chinese}"))  # type: ignore[no-untyped-call]
