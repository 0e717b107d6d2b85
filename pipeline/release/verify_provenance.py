"""Whether what PROVENANCE.json says of the input and of the word lists is what the tables of the release have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.release.verify_data import Data
from pipeline.release.verify_report import Check
from pipeline.store.provenance import INPUT_DIGEST

_DOCUMENTS = frozenset({"source_path", "container_path", "member", "content_sha256", "outcome"})
_DICTIONARIES = ("dictionary", "version", "entries", "sha256")


def check_provenance(data: Data, note: Mapping[str, Any]) -> Check:
    """Holds the note of the build against the tables `documents` and `dictionaries`."""
    said, lists = note.get("input"), note.get("dictionaries")
    if not isinstance(said, dict) or not isinstance(lists, list):
        return Check(
            "provenance",
            unchecked="PROVENANCE.json does not say of which documents and by which word lists: the build noted nothing",
        )
    if not data.types.get("documents", {}).keys() >= _DOCUMENTS or not data.types.get("dictionaries", {}).keys() >= set(
        _DICTIONARIES
    ):
        return Check(
            "provenance", unchecked="the tables `documents` and `dictionaries` are not as this program knows them"
        )
    return Check("provenance", tuple(_faults(data, said, lists)))


def _faults(data: Data, said: Mapping[str, Any], lists: list[Any]) -> Iterator[str]:
    where = "PROVENANCE.json says that"
    digest = data.connection.execute(INPUT_DIGEST).fetchone()
    assert digest is not None
    if said.get("sha256") != digest[0]:
        yield f"{where} the input has the digest {_shown(said.get('sha256'))}, and that of `documents` is {digest[0]!r}"
    if said.get("documents") != data.rows["documents"]:
        yield f"{where} there were {_shown(said.get('documents'))} documents, and `documents` has {data.rows['documents']:,}"
    outcomes = dict(
        data.connection.execute("SELECT outcome, count(*) FROM documents GROUP BY ALL ORDER BY ALL").fetchall()
    )
    if said.get("by_outcome") != outcomes:
        yield f"{where} the outcomes were {_shown(said.get('by_outcome'))}, and `documents` has {outcomes}"
    columns = ", ".join(_DICTIONARIES)
    found = data.connection.execute(f"SELECT {columns} FROM dictionaries ORDER BY ALL LIMIT 10000").fetchall()
    told = [tuple(x.get(c) for c in _DICTIONARIES) for x in lists if isinstance(x, dict)]
    odd = [row for row in found if row not in told] + [row for row in told if row not in found]
    if odd:
        yield f"{where} other word lists were used than `dictionaries` has, such as {_shown(odd[0][0])}"


def _shown(value: object) -> str:
    return repr(value)[:100]
