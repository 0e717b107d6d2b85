"""The pages of the sample, and a dataset of a document that tries to do harm, each made once."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.cli import main
from pipeline.store.layout import Layout
from tests.conftest import SAMPLE

SCRIPT = "<script>window.harmed=1</script>"
PICTURE = '"><img src="http://harm.example/a.png" onerror="window.harmed=2">'
STYLE = "</style></title><style>@import url(http://harm.example/b.css);</style>"
LINK = "javascript:window.harmed=3"
OVERRIDE = "\u202e321\u202c"


@pytest.fixture(scope="session")
def pages(sample_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of all reports of the sample."""
    to = tmp_path_factory.mktemp("pages")
    assert main(["dossier", "--all", "--output", str(sample_build), "--to", str(to)]) == 0
    return to


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of one report that has code wherever a document may write something."""
    folder = tmp_path_factory.mktemp("hostile")
    text = (SAMPLE / "2024" / "pipes_trailing_2023.txt").read_text(encoding="utf-8")
    organ = "澜塘市沙渚经济开发区管理委员会"
    assert text.count(organ) > 1
    text = text.replace(organ, f"澜塘市{SCRIPT}沙渚{PICTURE}管理委员会", 1)
    text = text.replace("各项公开任务平稳推进", f"{STYLE}{LINK}{OVERRIDE}<a href='{LINK}' onclick='harmed=4'>", 1)
    text = text.replace("|规章|0|0|/|", f"|规章|0|0|{PICTURE}|", 1)
    text = text.replace("|行政许可|372|||", "|行政许可|{{ 7*7 }}{% for x in y %}|||", 1)
    # The path has an end tag in it: a folder called `x<`, one called `style><script>…<`.
    place = folder / "in" / "x<" / "style><script>window.harmed=5<" / f"script>'\"{LINK[:10]}.txt"
    place.parent.mkdir(parents=True)
    place.write_text(text, encoding="utf-8")
    out = folder / "out"
    assert main(["build", "--input", str(folder / "in"), "--output", str(out), "--workers", "1"]) == 0
    database = Layout(out).database.resolve()
    with duckdb.connect(str(database)) as connection:  # as the stages that read such texts would hand them on
        connection.execute("UPDATE cells SET derivation = ? WHERE table_code = 'remedies'", [f"{PICTURE}{OVERRIDE}"])
        connection.execute("UPDATE reports SET division_name = ?", [SCRIPT])
        connection.execute("UPDATE documents SET reading_notes = ?", [f"{SCRIPT}{STYLE}"])
        connection.execute(
            "INSERT INTO flags SELECT 'harm' || report_id, report_id, 'balance_mismatch', 'error', 'applications', NULL, "
            "'total', ?, ?, ?, ?, ? FROM reports",
            [SCRIPT, LINK, f"{SCRIPT}{PICTURE}", f"{STYLE}{OVERRIDE}\x1b[2J", f"{PICTURE}"],
        )
    return out
