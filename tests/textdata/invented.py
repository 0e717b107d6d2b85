"""Datasets of a few invented reports: their narratives as written, counted and put into a DuckDB file by the library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline import schema
from pipeline.narrate import section_features
from pipeline.narrate.terms import section_terms
from pipeline.store import corpus, ids
from pipeline.store.duckdb_file import built_tables, write_database
from pipeline.store.files import replace_parquet
from pipeline.store.layout import Layout
from pipeline.store.streamed import stage_rows
from pipeline.textdata.staging import dictionaries_table
from pipeline.textdata.vocabulary import vocabulary


@dataclass(frozen=True, slots=True)
class Invented:
    """A report: its organ, level and year, and the texts of its sections."""

    issuer: str
    level: str | None
    year: int
    sections: dict[str, str]

    @property
    def report_id(self) -> str:
        return ids.report_id(f"{self.year}/{self.issuer}.txt")


COUNTY_PROBLEM = "我局培训不足，人员流动大，政府信息公开培训不到位。"
CITY_PROBLEM = "政策解读形式单一，政策解读质量有待提高。"

REPORTS = (
    Invented("甲市政府办公室", "prefecture", 2023, {"overview": "公开信息。三审三校。", "problems": CITY_PROBLEM}),
    Invented("甲市政府办公室", "prefecture", 2024, {"overview": "公开信息。", "problems": CITY_PROBLEM * 2}),
    Invented("乙县教育局", "county", 2024, {"problems": COUNTY_PROBLEM * 2, "other_matters": ""}),
    Invented("丙县教育局", "county", 2024, {"overview": "落实三审三校，APP与App上线。", "problems": COUNTY_PROBLEM}),
    Invented("=某局", None, 2024, {"overview": "未收到政府信息公开申请。", "problems": "培训不足。"}),
)
"""Two reports of a city, two of counties, and one of an organ with a hostile name that no division is known of."""


def invented_dataset(folder: Path, reports: tuple[Invented, ...] = REPORTS) -> Layout:
    """A dataset in which only what counting needs has rows."""
    layout = Layout(folder)
    for table in built_tables():
        replace_parquet(layout.staged_table(table.table), schema.empty_frame(table.table))
    corpus.stage_codes(layout)
    for name, rows in {
        "reports": [_report(r) for r in reports],
        "sections": [x for r in reports for x in _sections(r)],
        "features": [x for r in reports for x in _features(r)],
    }.items():
        frame = pl.concat([schema.empty_frame(name), pl.DataFrame(rows)], how="diagonal_relaxed")
        replace_parquet(layout.staged_table(name), schema.conform(name, frame))
    shard = folder / "shard.parquet"
    terms_shard(reports).write_parquet(shard)
    own = [r.report_id for r in reports]
    final = pl.DataFrame({"report_id": own, "final_report_id": own})
    stage_rows("terms", [shard], final, layout.staged_table("terms"))
    words = vocabulary(layout.staged_table("terms"))
    replace_parquet(layout.staged_table("vocabulary"), schema.conform("vocabulary", words))
    replace_parquet(layout.staged_table("dictionaries"), schema.conform("dictionaries", dictionaries_table()))
    write_database(layout, layout.database)
    return layout


def terms_shard(reports: tuple[Invented, ...]) -> pl.DataFrame:
    """What a worker writes of these reports for the table `terms`."""
    rows = [
        (r.report_id, t.section_code, t.term, t.token_class, t.count)
        for r in reports
        for code, text in r.sections.items()
        for t in section_terms(code, text)
    ]
    return pl.DataFrame(rows, schema=schema.table("terms").polars_schema, orient="row")


def _report(report: Invented) -> dict[str, object]:
    return {
        "report_id": report.report_id,
        "document_id": ids.document_id(report.report_id),
        "source_path": f"{report.year}/{report.issuer}.txt",
        "issuer": report.issuer,
        "issuer_id": ids.issuer_id(report.issuer, None),
        "report_year": report.year,
        "division_level": report.level,
        "form_proactive": "none",
        "form_applications": "none",
        "table_remedies": "none",
    }


def _sections(report: Invented) -> list[dict[str, object]]:
    return [
        {
            "report_id": report.report_id,
            "section_code": code,
            "ordinal": n,
            "text": text,
            "characters": len(text),
            "locator": f"line {n}",
        }
        for n, (code, text) in enumerate(report.sections.items(), 1)
    ]


def _features(report: Invented) -> list[dict[str, object]]:
    return [
        {
            "report_id": report.report_id,
            "section_code": f.section_code,
            "feature": f.feature,
            "count": f.count,
            "count_denied": f.count_denied,
            "per_1000_tokens": f.per_1000_tokens,
            "per_1000_characters": f.per_1000_characters,
        }
        for code, text in report.sections.items()
        for f in section_features(code, text, report_year=report.year)
    ]
