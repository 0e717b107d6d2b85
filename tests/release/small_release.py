"""A small release folder made by hand, and what a reader does with a download of it."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

from pipeline.release import sums

TITLE = "A panel of invented reports / 虚构报告数据"
DATACITE = {
    "creators": [
        {
            "name": "Nobody, Nora",
            "nameType": "Personal",
            "familyName": "Nobody",
            "givenName": "Nora",
            "nameIdentifiers": [{"nameIdentifier": "https://orcid.org/0000-0002-1825-0097"}],
            "affiliation": [{"name": "Institute of Nothing"}],
        },
        {"name": "Nobody's Institute", "nameType": "Organizational"},
    ],
    "titles": [{"title": "A panel of invented reports"}, {"title": "虚构报告数据", "titleType": "TranslatedTitle"}],
    "dates": [{"date": "2026-01-31", "dateType": "Issued"}],
    "subjects": [{"subject": "test"}, {"subject": "面板数据"}],
    "rightsList": [{"rights": "CC-BY-4.0", "rightsIdentifier": "CC-BY-4.0", "rightsIdentifierScheme": "SPDX"}],
    "descriptions": [{"description": "Shares < 1 & > 0.", "descriptionType": "Abstract"}],
    "relatedIdentifiers": [
        {
            "relatedIdentifier": "https://example.org/code",
            "relatedIdentifierType": "URL",
            "relationType": "IsCompiledBy",
        }
    ],
}


def small_release(folder: Path, version: str = "1.0.0", large: int = 300_000, **datacite: object) -> Path:
    """`folder/<version>`, with tables in folders, names that are not ASCII, an empty file, and sums. `large` in bytes."""
    root = folder / version
    noise = random.Random(version)
    files = {
        "data/parquet/reports.parquet": noise.randbytes(large),
        "data/parquet/cells.parquet": noise.randbytes(70_000),
        "data/csv/reports.csv.gz": noise.randbytes(5_000),
        "data/ogi.duckdb": noise.randbytes(20_000),
        "codebook/index.html": "<p>公开</p>".encode(),
        "changes/更正.csv": b"",
        "README.md": f"Release {version}\n".encode(),
        "CHANGELOG.md": b"",
        "datacite.json": json.dumps({**DATACITE, "version": version, **datacite}, ensure_ascii=False).encode(),
    }
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    sums.write(root)
    return root


def content(root: Path) -> dict[str, bytes]:
    """Every file of a folder, by its path."""
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def holds(root: Path) -> bool:
    """Whether `sha256sum` finds every sum of a folder as it should be."""
    done = subprocess.run(["sha256sum", "-c", "--strict", "--quiet", "SHA256SUMS"], cwd=root, capture_output=True)
    return done.returncode == 0
