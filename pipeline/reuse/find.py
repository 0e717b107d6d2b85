"""Finds who copied from whom: the tables `reuse_pairs` and `reuse` from sections and reports, section by section.

The work is linear in the corpus: texts that are the same once masked collapse, candidates come from sampled shingles
with bounded lists (`candidates.py`) and from exact relations (last year's report, the superior's, fellows), verdicts
from the full shingle sets (`verify.py`). Texts of two sections are never compared.
"""

from __future__ import annotations

import polars as pl

from pipeline.reuse.relations import Places
from pipeline.reuse.section import compared
from pipeline.reuse.tables import PAIRS, REUSE


def find_reuse(sections: pl.DataFrame | pl.LazyFrame, reports: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables `reuse_pairs` and `reuse`, sorted by their keys.

    `sections`: report_id, section_code, text (normalised narrative); one row per report and section. Of a lazy frame only
    one section's texts are in memory at a time. `reports`: report_id, issuer_id, issuer, report_year, division_code,
    division_name, issuer_kind. Raises ValueError where a section's report is not among the reports.
    """
    sections = sections.lazy()
    ids = sections.select("report_id", "section_code").collect()
    unknown = ids.join(reports, on="report_id", how="anti")
    if len(unknown):
        raise ValueError(f"sections of {len(unknown)} reports that are not given, such as {unknown['report_id'][0]}")
    places = Places(reports)
    pairs, reuse = [pl.DataFrame(schema=PAIRS)], [pl.DataFrame(schema=REUSE)]
    for code in ids["section_code"].unique().sort():
        found, shares = compared(code, _texts(sections, code), places)
        pairs.append(found)
        reuse.append(shares)
    return (
        pl.concat(pairs).sort("report_id", "section_code", "other_report_id"),
        pl.concat(reuse).sort("report_id", "section_code"),
    )


def _texts(sections: pl.LazyFrame, code: str) -> dict[str, str]:
    return dict(sections.filter(section_code=code).select("report_id", "text").collect().iter_rows())
