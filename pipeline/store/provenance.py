"""What a build was made from and by, noted while it is made and published beside the dataset as `provenance.json`.

The note says what the build used, not what is installed when somebody reads it. It is the same for the same input, code
and settings, wherever and whenever that runs: no clock, no host, no path of a machine, no number of processes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from pipeline import schema
from pipeline.limits import Limits
from pipeline.schema.relations import relations
from pipeline.store.bounded import over_staged
from pipeline.store.duckdb_file import built_tables
from pipeline.store.files import replace_text
from pipeline.store.layout import Layout
from pipeline.store.publish import PROVENANCE
from pipeline.store.software import Software

INPUT_DIGEST = """SELECT sha256(coalesce(string_agg(d, chr(30) ORDER BY d), '')) FROM (
    SELECT concat_ws(chr(31), source_path, coalesce(container_path, ''), coalesce(member, ''),
                     coalesce(content_sha256, '')) AS d FROM documents)"""
"""SHA-256 over the paths and contents of the documents, in whatever order they were read, as a query over `documents`."""


class NoteWrong(Exception):
    """The provenance of a published build cannot be read; the message says which file."""


def note_reading(layout: Layout, intakes: Sequence[str], software: Software, parser: str, limits: Limits) -> None:
    """Remembers beside the shards of these intakes with what they were read: another run may read the others."""
    note = {"software": software.as_json(), "parser": parser, "limits": changed(limits)}
    for intake in intakes:
        replace_text(layout.reading_of(intake), _text(note))


def note_corrections(layout: Layout, path: Path | None, entries: int) -> None:
    """Remembers which corrections made by hand were applied: the file's name, its hash and how many entries it has."""
    note = {"file": path.name, "sha256": _sha256(path.read_bytes()), "entries": entries} if path else None
    replace_text(layout.corrections_file, _text(note))


def stage_provenance(layout: Layout, software: Software) -> dict[str, Any]:
    """Writes the note beside the staged dataset. `software` is what puts the tables together."""
    with over_staged(layout, ("documents", "dictionaries")) as connection:
        (digest,) = connection.execute(INPUT_DIGEST).fetchone() or ("",)
        outcomes = connection.execute("SELECT outcome, count(*) FROM documents GROUP BY ALL ORDER BY ALL").fetchall()
        intakes = connection.execute("SELECT intake, count(*) FROM documents GROUP BY ALL ORDER BY ALL").fetchall()
        lists = connection.execute(
            "SELECT dictionary, version, entries, sha256 FROM dictionaries ORDER BY ALL"
        ).fetchall()
    by_digest = {_digest(software.as_json()): software.as_json()}
    note = {
        "software": by_digest,
        "assembled_with": _digest(software.as_json()),
        "readings": _readings(layout, intakes, by_digest),
        "input": {"sha256": digest, "documents": sum(n for _, n in outcomes), "by_outcome": dict(outcomes)},
        "corrections": _noted(layout.corrections_file),
        "dictionaries": [dict(zip(("dictionary", "version", "entries", "sha256"), x, strict=True)) for x in lists],
        "schema_sha256": schema_digest(),
        "tables": {t.table: _rows(layout.staged_table(t.table)) for t in built_tables()},
    }
    replace_text(layout.provenance, _text(note))
    return note


def published_provenance(layout: Layout) -> Mapping[str, Any] | None:
    """The note of the published build; None for a build of a version that noted nothing. Raises NoteWrong."""
    path = layout.current / PROVENANCE
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as e:
        raise NoteWrong(f"{path} cannot be read ({e}): build the dataset again") from e
    if not isinstance(note, dict):
        raise NoteWrong(f"{path} is no note of a build: build the dataset again")
    return note


def changed(limits: Limits) -> dict[str, int | float]:
    """The limits that differ from the defaults."""
    default = asdict(Limits())
    return {name: value for name, value in asdict(limits).items() if value != default[name]}


def schema_digest() -> str:
    """SHA-256 of the schema that users rely on: tables, keys, columns, types, units, codes, relations; no descriptions."""
    columns = [
        (t.table, t.key, c.column, c.type, c.nullable, c.unit, c.codelist) for t in built_tables() for c in t.columns
    ]
    codes = [(r["codelist"], r["form"], r["table_code"], r["code"]) for r in schema.codes_rows()]
    keys = [asdict(r) for r in relations()]
    return _digest([columns, codes, keys])


def _readings(
    layout: Layout, intakes: Sequence[tuple[str, int]], by_digest: dict[str, dict[str, object]]
) -> list[dict[str, Any]]:
    """With what the documents were read: one entry, unless intakes were read by different runs."""
    out: dict[str, dict[str, Any]] = {}
    for intake, documents in intakes:
        note = _noted(layout.reading_of(intake))
        if note is None:  # read by a version that noted nothing
            entry: dict[str, Any] = {"software": None, "parser": None, "limits": None}
        else:
            digest = _digest(note["software"])
            by_digest.setdefault(digest, note["software"])
            entry = {**note, "software": digest}
        same = out.setdefault(_digest(entry), {**entry, "documents": 0, "intakes": []})
        same["documents"] += documents
        same["intakes"].append(intake)
    return list(out.values())


def _noted(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _rows(path: Path) -> int:
    return int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())


def _text(note: object) -> str:
    return json.dumps(note, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _digest(value: object) -> str:
    return _sha256(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
