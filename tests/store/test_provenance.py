"""A build notes what it was made from and by: the same note for the same input and settings, whatever the folder's name."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from expectations import history
from pipeline import __version__, schema
from pipeline.limits import Limits
from pipeline.schema.relations import relations
from pipeline.store import provenance, software
from pipeline.store.layout import Layout
from pipeline.store.software import Software
from tests.conftest import copy_sample
from tests.expectations.published import publish_copy
from tests.test_cli import ogi

pytestmark = pytest.mark.xdist_group("provenance")

NAMES = ("2024/unbalanced_2024.txt", "2023/office_2022.html")
CORRECTIONS = """\
corrections:
  - id: elsewhere
    report: {path: 2024/none.txt, sha256: 0000000000000000000000000000000000000000000000000000000000000000}
    cell: {table: applications, row: carried_in, column: natural_person}
    old: 2
    new: 7
    reason: the sums say so
    source: invented
    who: a test
    when: 2025-03-31
"""


def built(folder: Path, source: str, out: str, *options: str) -> bytes:
    copy_sample(NAMES, folder / source)
    run = ogi("build", "--input", source, "--output", out, *options, cwd=folder)
    assert run.returncode == 0, run.stderr
    return (Layout(folder / out).current / "provenance.json").read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("provenance")


@pytest.fixture(scope="module")
def plain(folder: Path) -> bytes:
    return built(folder, "in", "out", "--workers", "1")


def test_the_folders_name_and_the_number_of_processes_change_nothing(folder: Path, plain: bytes) -> None:
    assert built(folder, "elsewhere", "other out[1]", "--workers", "2") == plain
    text = plain.decode("utf-8")
    assert str(folder) not in text and "workers" not in text


def test_the_note_says_what_was_used(plain: bytes) -> None:
    note: dict[str, Any] = json.loads(plain)
    used = note["software"][note["assembled_with"]]
    assert (used["version"], used["code_digest"]) == (__version__, history.code_digest())
    assert {"polars", "duckdb", "jieba", "packaging"} <= used["packages"].keys()
    assert not {"pytest", "ruff", "mypy"} & used["packages"].keys()
    (reading,) = note["readings"]
    assert (reading["documents"], reading["intakes"], reading["limits"]) == (2, ["2023", "2024"], {})
    assert reading["software"] == note["assembled_with"]
    assert note["input"]["by_outcome"] == {"parsed": 2}
    assert note["corrections"] is None
    assert note["tables"]["reports"] == 2
    assert {"jieba", "stop_words", "disclosure_practice"} <= {d["dictionary"] for d in note["dictionaries"]}


def test_parameters_and_corrections_are_noted(folder: Path, plain: bytes) -> None:
    (folder / "mine.yml").write_text(CORRECTIONS, encoding="utf-8")
    options = ("--limit", "max_seconds=60", "--limit", "max_pages=500", "--corrections", "mine.yml")
    note = json.loads(built(folder, "in", "limited", "--workers", "1", *options))
    assert note["readings"][0]["limits"] == {"max_seconds": 60.0}  # 500 pages is the default
    assert note["corrections"] == {
        "file": "mine.yml",
        "entries": 1,
        "sha256": hashlib.sha256(CORRECTIONS.encode()).hexdigest(),
    }
    assert note["input"] == json.loads(plain)["input"]


def test_another_content_is_another_input(folder: Path, plain: bytes) -> None:
    layout = Layout(folder / "out")
    (digest,) = set(history.read(layout)["input_digest"])
    assert json.loads(plain)["input"]["sha256"].startswith(digest)


def test_intakes_that_different_programs_read_are_told_apart(tmp_path: Path, sample_build: Path) -> None:
    layout, old = Layout(tmp_path), Software("0.0.9", "an older digest", "3.11.0", {"polars": "1.0"})
    new = software.running(history.code_digest())
    publish_copy(layout, sample_build)
    assert provenance.published_provenance(layout) is None  # these tables were staged without a note
    provenance.note_reading(layout, ["2023"], old, "p", Limits())
    provenance.note_reading(layout, ["2024"], new, "p", Limits(max_pages=7))
    note = provenance.stage_provenance(layout, new)
    by_intake = {i: r for r in note["readings"] for i in r["intakes"]}
    assert note["software"][by_intake["2023"]["software"]]["code_digest"] == "an older digest"
    assert by_intake["2024"]["software"] == note["assembled_with"]
    assert by_intake["2024"]["limits"] == {"max_pages": 7}
    assert by_intake["unsorted"]["software"] is None  # nothing was noted for it
    assert sum(r["documents"] for r in note["readings"]) == note["input"]["documents"]


def test_a_note_that_cannot_be_read_is_named(tmp_path: Path, sample_build: Path) -> None:
    layout = Layout(tmp_path)
    publish_copy(layout, sample_build)
    for text in ("{", "[]"):
        (layout.current / "provenance.json").write_text(text, encoding="utf-8")
        with pytest.raises(provenance.NoteWrong, match=r"provenance\.json .*build the dataset again"):
            provenance.published_provenance(layout)


def test_the_digest_of_the_schema_follows_what_users_rely_on(monkeypatch: pytest.MonkeyPatch) -> None:
    before = provenance.schema_digest()
    assert before == provenance.schema_digest()
    monkeypatch.setattr(provenance, "relations", lambda: relations()[1:])
    assert provenance.schema_digest() != before
    monkeypatch.undo()
    monkeypatch.setattr(schema, "codes_rows", lambda: ())
    assert provenance.schema_digest() != before
