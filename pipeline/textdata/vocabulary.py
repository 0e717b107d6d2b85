"""The vocabulary of a dataset: how common each word is over sections and reports, and its inverse document frequency."""

from __future__ import annotations

import math
from pathlib import Path

import polars as pl

from pipeline.narrate.terms import CLASSES
from pipeline.store.bounded import bounded
from pipeline.store.sql import only, quoted

_DECIMALS = 6


def vocabulary(terms: Path, threads: int | None = None) -> pl.DataFrame:
    """The words of a Parquet file `terms`, sorted: how often, in how many sections and reports, and idf.

    Columns as the table `vocabulary` has them. The document of the document frequency is the section: `sections_total`
    counts sections that have a word at all, idf = ln(sections_total / section_count), rounded to six decimals (Spärck
    Jones 1972, without smoothing: a word of every section has 0). A word has one class: that of most sections, of
    equally many the first of `narrate.terms.CLASSES`. The rows are counted outside Python in bounded memory; only the
    vocabulary itself comes back.
    """
    of_class = ", ".join(f"count(*) FILTER (token_class = {quoted(c)}) AS n_{c}" for c in CLASSES)
    most = f"greatest({', '.join(f'sum(n_{c})' for c in CLASSES)})"
    token_class = " ".join(f"WHEN sum(n_{c}) = {most} THEN {quoted(c)}" for c in CLASSES)
    source = f"read_parquet({only(terms)}, hive_partitioning = false)"
    with bounded(terms.parent, threads) as (connection, folder):
        total = connection.execute(f"SELECT count(DISTINCT (report_id, section_code)) FROM {source}").fetchall()[0][0]
        # Report by report first: count(DISTINCT report_id) for each word would keep them all in memory.
        connection.execute(
            f"""COPY (
                SELECT term, CASE {token_class} END AS token_class, sum(occurrences)::BIGINT AS count,
                    sum(sections)::INTEGER AS section_count, count(*)::INTEGER AS report_count
                FROM (SELECT term, sum(count) AS occurrences, count(*) AS sections, {of_class}
                      FROM {source} GROUP BY report_id, term)
                GROUP BY term ORDER BY term
            ) TO {quoted(str(folder / "counted.parquet"))} (FORMAT parquet)"""
        )
        counted = pl.read_parquet(folder / "counted.parquet", glob=False)
    idf = {n: round(math.log(total / n), _DECIMALS) for n in counted["section_count"].unique()}
    return counted.with_columns(
        sections_total=pl.lit(total, dtype=pl.Int32),
        idf=pl.col("section_count").replace_strict(idf, return_dtype=pl.Float64),
    )
