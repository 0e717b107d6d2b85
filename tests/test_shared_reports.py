"""Five real reports against hand-keyed answers: every cell, the metadata, the dates, the findings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests import gold


def test_every_cell(shared_folder: Path, shared_build: Path):
    scored = subprocess.run(
        [
            sys.executable,
            str(shared_folder / "tools" / "score_cells.py"),
            "--dataset",
            str(shared_build),
            "--gold",
            str(shared_folder / "gold"),
            "--list",
        ],
        capture_output=True,
        text=True,
    )
    assert scored.returncode == 0, scored.stdout + scored.stderr
    assert "unfilled 0, overclaimed 0, flagged 0, silent 0, missing 0, doubted 0" in scored.stdout, scored.stdout


def test_the_six_numbers_of_the_report_that_lost_its_blanks_are_given_with_doubt(shared_build: Path):
    cells = gold.query(
        shared_build,
        "select row_code, column_code, obs_status, derivation from cells join reports using (report_id) "
        "where source_path like '001_%' and table_code = 'applications' and value = 16 order by all",
    )
    assert [(c["row_code"], c["column_code"]) for c in cells] == [
        (r, c) for r in ("granted", "handled_total", "received_new") for c in ("natural_person", "total")
    ]
    assert {c["obs_status"] for c in cells} == {"U"}
    assert all(c["derivation"].startswith("preference: ") for c in cells)


def test_metadata(shared_folder: Path, shared_build: Path):
    columns = (
        "title",
        "issuer",
        "report_year",
        "period_start",
        "period_end",
        "published_on",
        "index_number",
        "form_proactive",
        "form_applications",
    )
    assert gold.metadata_faults(shared_build, shared_folder / "gold", columns) == []


def test_dates(shared_folder: Path, shared_build: Path):
    assert gold.date_faults(shared_build, shared_folder / "gold") == []


def test_findings(shared_folder: Path, shared_build: Path):
    assert gold.flag_faults(shared_build, shared_folder / "gold") == []
