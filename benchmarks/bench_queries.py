"""What users ask of the DuckDB file of a dataset: seconds and memory of every query.

    python -m benchmarks.bench_queries [--dataset FOLDER] [--reports 100000] [--folder DIR] [--json]

`--dataset` is the output folder of a build (default: data/build/sample). With `--reports N` its reports are copied, as
reports of other organs, until there are N (`benchmarks.many_reports`); `--folder` keeps what that writes, and takes what
it finds there. Each query runs in a process of its own: cold, with the file gone from the page cache and just opened
(Linux), then warm, the best of three on the same connection; memory is the most that the process had. Exit status 1 where
one takes more than a second, cold or warm.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import many_reports
from benchmarks.bench_scale import MOST_SECONDS, PATIENCE, QUERIES
from pipeline.store.layout import DATABASE
from pipeline.store.sql import connect, quoted

ROOT = Path(__file__).resolve().parent.parent
TIMES = 3
WIDE = {
    "applications of a division": "SELECT a.* FROM applications a JOIN reports USING (report_id) WHERE division_code = {division}",
    "applications of an organ": "SELECT * FROM applications WHERE issuer = {issuer} ORDER BY report_year, row_no",
    "applications of a report": "SELECT * FROM applications WHERE report_id = {report} ORDER BY row_no",
    "one row, by year": """
        SELECT report_year, sum(total), count(total) FROM applications WHERE row_code = 'granted' GROUP BY 1 ORDER BY 1""",
    "one row in one year": """
        SELECT total_status, count(*), median(total) FROM applications
        WHERE report_year = {year} AND row_code = 'received_new' GROUP BY 1 ORDER BY 1""",
    "section two, by row and year": """
        SELECT report_year, row_code, sum(decisions) FROM proactive GROUP BY ALL ORDER BY ALL""",
    "section four, by division": """
        SELECT division_code, row_code, sum(total), sum(corrected) FROM remedies JOIN reports USING (report_id)
        GROUP BY ALL ORDER BY ALL""",
    "reports_wide of a division": "SELECT * FROM reports_wide WHERE division_code = {division} AND report_year = {year}",
    "reports_wide of an organ": "SELECT * FROM reports_wide WHERE issuer = {issuer}",
    "reports_wide by a cell": """
        SELECT issuer, report_year, applications_received_new_total FROM reports_wide
        WHERE applications_received_new_total_status = 'A' ORDER BY applications_received_new_total DESC, report_id LIMIT 20""",
    "reports_wide, a share by year": """
        SELECT report_year, sum(applications_granted_total) / sum(applications_handled_total_total) FROM reports_wide
        WHERE applications_granted_total_status IN ('A', 'I') GROUP BY 1 ORDER BY 1""",
    "one indicator, pooled everywhere": "SELECT * FROM pooled_indicators WHERE indicator = 'share_granted'",
    "one indicator, pooled by year": "SELECT * FROM pooled('share_granted', issuer_kind, report_year)",
    "pooled within a province": "SELECT * FROM pooled_within({province})",
    "all outcomes": "SELECT * FROM outcomes_by_division_year",
    "refusals of a division": "SELECT * FROM refusals_by_division_year WHERE division_code = {division}",
    "growth by division": "SELECT * FROM growth('applications_received', division_code)",
    "tf-idf of a report": "SELECT * FROM tf_idf WHERE report_id = {report} ORDER BY tf_idf DESC LIMIT 20",
}
"""Beside those of `benchmarks.bench_scale`: the wide tables and what pools."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query came to: seconds, memory in bytes. `rows` is -1 where it was given up."""

    query: str
    rows: int
    cold: float
    warm: float
    peak: int

    @property
    def is_slow(self) -> bool:
        return self.rows < 0 or max(self.cold, self.warm) > MOST_SECONDS


def queries(database: Path) -> Mapping[str, str]:
    """Every query by its name, with the values that this dataset has most of."""
    common = "(SELECT {0} FROM reports WHERE {0} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1)"
    columns = [common.format(c) for c in ("division_code", "issuer", "report_year")]
    with connect(database, read_only=True) as connection:
        found = connection.execute(f"SELECT {', '.join(columns)}, (SELECT min(report_id) FROM reports)").fetchone()
    assert found is not None
    division, issuer, year, report = found
    values = {
        "division": quoted(division or ""),
        "province": quoted(f"{(division or '')[:2]}0000"),
        "issuer": quoted(issuer or ""),
        "year": str(year or 0),
        "report": quoted(report or ""),
    }
    asked = {name: query.replace("'{report}'", "{report}") for name, query in QUERIES.items()} | WIDE
    return {name: query.format(**values) for name, query in asked.items()}


def answer(database: Path, name: str, query: str) -> Answer:
    """Asks in a process of its own, on a file that is in no cache."""
    with database.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    command = [sys.executable, "-m", "benchmarks.one_query", str(database), str(TIMES), str(PATIENCE)]
    run = subprocess.run(
        command, input=query, stdout=subprocess.PIPE, text=True, encoding="utf-8", cwd=ROOT, check=True
    )
    return Answer(name, **json.loads(run.stdout))


def table(answers: Sequence[Answer]) -> list[str]:
    lines = [f"{'query':<34}{'rows':>10}{'cold, s':>10}{'warm, s':>10}{'peak, MB':>10}"]
    for a in answers:
        slow = "  over a second" if a.is_slow else ""
        lines.append(f"{a.query:<34}{a.rows:>10,}{a.cold:>10.3f}{a.warm:>10.3f}{a.peak / 1e6:>10,.0f}{slow}")
    return lines


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--dataset", type=Path, default=ROOT / "data" / "build" / "sample", metavar="FOLDER")
    ap.add_argument("--reports", type=int, metavar="N", help="copy its reports until there are N")
    ap.add_argument("--folder", type=Path, metavar="DIR", help="keep the copies there")
    ap.add_argument("--json", action="store_true")
    a = ap.parse_args()
    with nullcontext(a.folder) if a.folder else tempfile.TemporaryDirectory() as folder:
        database = many_reports.make(a.dataset, a.reports, Path(folder)) if a.reports else a.dataset / DATABASE
        answers = [answer(database, name, query) for name, query in queries(database).items()]
    print(json.dumps([asdict(x) for x in answers]) if a.json else "\n".join(table(answers)))
    return 1 if any(x.is_slow for x in answers) else 0


if __name__ == "__main__":
    sys.exit(main())
