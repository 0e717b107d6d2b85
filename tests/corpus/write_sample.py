"""Writes data/sample and data/sample_gold: `python -m tests.corpus.write_sample [ROOT]`. The same bytes every time."""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline import form
from tests.corpus import expected_flags, gold, odd_documents, sample, sample_files, sample_formats, stories
from tests.corpus.options import Options
from tests.corpus.rendering import render_report
from tests.corpus.sample_files import Written

DOCUMENT_COLUMNS = ("source_path", "member", "outcome", "reason_code", "kept", "source_url", "fetched_at")
REPORT_COLUMNS = (
    "source",
    "title",
    "issuer",
    "report_year",
    "period_start",
    "period_end",
    "published_on",
    "index_number",
    "form_proactive",
    "form_applications",
    "division_code",
)
DATE_COLUMNS = ("source", "printed", "start_date", "end_date", "precision", "is_repaired", "role")


def report(item: sample.Sample) -> Written:
    r = render_report(item.truth, item.layout, item.options)
    flags = expected_flags.rows(item, r)
    return Written(
        item.path, r.data, cells=r.gold, metadata=tuple(r.metadata.items()), dates=r.dates, flags=tuple(flags)
    )


def story(item: sample_formats.FormatSample) -> Written:
    """A report with a narrative of its own, in the text layouts as well as in formats."""
    file = sample_files.file_of(item)
    written = sample_files.answered(item, file, item.path, file.data)
    return replace(written, flags=(*written.flags, *stories.findings(written.stem)))


def truncated() -> Written:
    """A report that breaks off within section three."""
    truth = sample.Panel(sample.BUREAU, 41, "small").year(2024)
    r = render_report(truth, "word_tabs", Options(seed=41))
    text = r.text[: r.text.index("\t（五）不予处理")]
    rows = form.row_codes("2021", form.APPLICATIONS)
    kept = rows[: rows.index("declined_petition")]
    cells = tuple(c for c in r.gold if c.table == form.PROACTIVE or (c.table == form.APPLICATIONS and c.row in kept))
    return Written(
        "2024/truncated_2024.txt", text.encode(), "parsed", "truncated", cells, tuple(r.metadata.items()), r.dates
    )


def old_style() -> Written:
    organ = sample.TOWN.name
    facts = {
        "title": f"{organ}2012年政府信息公开工作年度报告",
        "issuer": organ,
        "report_year": "2012",
        "period_start": "2012-01-01",
        "period_end": "2012-12-31",
        "form_proactive": "none",
        "form_applications": "none",
    }
    return Written(
        "2023/old_style_2012.txt",
        odd_documents.old_style(organ, 2012).encode(),
        "parsed",
        "old_style_report",
        metadata=tuple(facts.items()),
    )


def documents() -> list[Written]:
    """Every document of the sample, by path."""
    reports = [report(s) for s in sample.samples()]
    by_stem = {w.stem: w for w in reports}
    text = by_stem["narrative_disagrees_2024"].data.decode()
    none, bad = "not_a_report", "unreadable"
    odd = [
        Written("2023/empty.txt", b"", bad, "empty_file"),
        Written("2023/binary.txt", odd_documents.binary(1), bad, "binary_content"),
        Written("2023/notice_2022.txt", odd_documents.notice(2022).encode(), none, "notice_about_reports"),
        Written("2024/undecodable.txt", odd_documents.undecodable(text, 2), bad, "undecodable_text"),
        Written("2024/mojibake.txt", odd_documents.mojibake(text), bad, "mojibake"),
        Written(
            "2024/explanation_2023.txt",
            odd_documents.explanation(sample.COUNTY.name, 2023).encode(),
            none,
            "explains_a_report",
        ),
        Written("2024/blank_form.txt", odd_documents.blank_form(3).encode(), none, "blank_form"),
        Written(
            "2024/word_2022_copy.txt",
            by_stem["word_2022"].data,
            "duplicate",
            "same_content",
            kept=by_stem["word_2022"].path,
        ),
        Written(
            "attachment_only_2024.txt",
            odd_documents.attachment_only(sample.STREET.name, 2024).encode(),
            none,
            "only_links_attachment",
        ),
    ]
    told = [story(s) for s in stories.samples()]
    every = [*reports, *told, truncated(), old_style(), *odd, *sample_files.documents()]
    return sorted(every, key=lambda w: (w.path, w.member))


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write(root: Path) -> int:
    """Writes both folders under `root` anew; returns the number of documents."""
    out, answers = root / "sample", root / "sample_gold"
    for folder in (out, answers):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    meta = answers / "meta"
    meta.mkdir()
    written = documents()
    for name, data in {**{w.path: w.data for w in written}, **sample_files.manifests()}.items():
        path = out / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    for w in written:
        if w.cells is not None:
            (answers / f"{w.stem}.csv").write_text(gold.to_csv(w.cells), encoding="utf-8")
    found = [w for w in written if w.outcome == "parsed"]
    facts = {w.stem: dict(w.metadata) for w in found}
    write_csv(
        meta / "documents.csv",
        DOCUMENT_COLUMNS,
        ((w.path, *(getattr(w, c) for c in DOCUMENT_COLUMNS[1:])) for w in written),
    )
    write_csv(
        meta / "reports.csv",
        REPORT_COLUMNS,
        ((s, *(f.get(c, "") for c in REPORT_COLUMNS[1:])) for s, f in facts.items()),
    )
    write_csv(
        meta / "dates.csv",
        DATE_COLUMNS,
        (
            (w.stem, d.printed, d.start_date, d.end_date, d.precision, str(d.is_repaired).lower(), d.role)
            for w in found
            for d in w.dates
        ),
    )
    write_csv(meta / "texts.csv", stories.PLANT_COLUMNS, (p.row for p in stories.PLANTS))
    write_csv(meta / "flags.csv", expected_flags.COLUMNS, (row for w in found for row in w.flags))
    return len(written)


if __name__ == "__main__":
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "data"
    print(f"{write(root)} documents written to {root / 'sample'}")
