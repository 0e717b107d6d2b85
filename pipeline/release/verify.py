"""Checks the folder of a release, wherever it comes from: sums, schema, keys, counts, contents, and that nothing blocks.

The folder is taken for hostile: no link is followed, reading is bounded, the databases are opened read-only without
access to anything else, views and macros in them are not run, and what is damaged is a fault with a name.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from pipeline.release import declared, sums, verify_files
from pipeline.release.declared import Declared, Made, NotReadable
from pipeline.release.folder import Folder
from pipeline.release.verify_csv import check_csv
from pipeline.release.verify_data import Damaged, Data, opened
from pipeline.release.verify_database import check_database, check_derived
from pipeline.release.verify_declared import check_declared, check_hashes
from pipeline.release.verify_files import Digests
from pipeline.release.verify_program import check_definitions, check_program, is_ours
from pipeline.release.verify_provenance import check_provenance
from pipeline.release.verify_report import Check, Report, titles
from pipeline.release.verify_stata import check_stata

__all__ = ["CannotJudge", "Check", "Judge", "Report", "Verdict", "verify"]


class CannotJudge(Exception):
    """The invariants could not be run: no verdict on the release. Raised by a `Judge`."""


class Verdict(Protocol):
    """What an invariant says (`expectations.gx.Verdict`)."""

    @property
    def suite(self) -> str: ...
    @property
    def table(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def success(self) -> bool: ...
    @property
    def is_blocking(self) -> bool: ...
    @property
    def unexpected(self) -> int | None: ...
    @property
    def fault(self) -> str | None: ...


Judge = Callable[[Path, int], Sequence[Verdict]]
"""Runs the project's invariants on a DuckDB file of so many listed documents (`expectations.gx.judge`)."""


def verify(root: Path, judge: Judge | None = None) -> Report:
    """Checks a release folder. `judge` runs the invariants; without it they are told as not checked.

    Nothing in the folder is changed. Raises nothing because of what is in it.
    """
    done: dict[str, Check] = {}
    here = _check_layout(root, done)
    if here is not None:
        _check_all(_Said.of(Folder(root), here), judge, done)
    why = "an earlier check did not pass"
    return Report(root, tuple(done.get(name, Check(name, unchecked=why)) for name in titles()))


def _check_layout(root: Path, done: dict[str, Check]) -> frozenset[str] | None:
    """The paths of the folder's files, where it is one that can be looked into."""
    try:
        entries = tuple(sums.entries(root)) if root.is_dir() else ()
        faults = tuple(f"{e.path} is a link or no regular file" for e in entries if not e.is_file)
        faults += tuple(f"{e.path!r} is no name for a file of a release" for e in entries if not _is_shown(e.path))
        if not entries:
            faults = ("there is no release: it is no folder, or empty",)
    except (sums.SumsWrong, OSError) as e:
        entries, faults = (), (f"the folder cannot be listed: {e}",)
    done["layout"] = Check("layout", faults)
    return None if faults else frozenset(e.path for e in entries)


def _is_shown(path: str) -> bool:
    """Whether a name can be encoded and printed as it is."""
    return path.isprintable() and os.fsencode(path) == path.encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class _Said:
    """A folder with the paths of its files, and what its PROVENANCE.json says; `wrong` where that cannot be read.

    `note` is the note of the build; empty where there is none.
    """

    folder: Folder
    here: frozenset[str]
    provenance: Mapping[str, Any] = field(default_factory=dict)
    made: Made = field(default_factory=Made)
    wrong: str | None = None

    @classmethod
    def of(cls, folder: Folder, here: frozenset[str]) -> _Said:
        try:
            return cls(folder, here, declared.json_of(folder.provenance), declared.made(folder))
        except NotReadable as e:
            return cls(folder, here, wrong=str(e))

    @property
    def note(self) -> Mapping[str, Any]:
        return declared.build_note(self.provenance)

    @property
    def left_out(self) -> list[str]:
        listed = self.provenance.get("left_out")
        return [x for x in listed if isinstance(x, str)] if isinstance(listed, list) else []


def _check_all(said: _Said, judge: Judge | None, done: dict[str, Check]) -> None:
    folder, here, digests = said.folder, sorted(said.here), Digests(said.folder.root)
    done["sums"] = Check("sums", verify_files.check_sums(folder.root, here, digests))
    is_compared = bool(said.provenance.get("previous"))
    present = verify_files.check_present(here, is_ours=is_ours(said.note), is_compared=is_compared)
    done["files"] = Check("files", present)
    done["metadata"] = Check("metadata", verify_files.check_editions(folder))
    try:
        resources = declared.resources(folder)
        tables, files = declared.of_folder(folder), declared.csv_of_folder(folder)
    except NotReadable as e:
        done["tables"] = Check("tables", (str(e),))
        return
    done["program"] = check_program(tables, said.note)
    knows = done["program"].verdict == "ok"
    done["declared"] = Check("declared", check_declared(folder, here, resources, said.left_out, is_ours=knows))
    try:
        done["hashes"] = Check("hashes", check_hashes(folder, said.here, resources, digests))
    except NotReadable as e:
        done["hashes"] = Check("hashes", (str(e),))
    try:
        with opened(folder, tables) as data:
            _check_data(data, said, files, done)
            given = said.note.get("input", {}).get("documents") if isinstance(said.note.get("input"), dict) else None
            documents = given if isinstance(given, int) else data.rows.get("documents", 0)
            done["invariants"] = _invariants(data, judge, documents, done)
    except Damaged as e:
        done.setdefault("database", Check("database", (str(e),)))


def _check_data(data: Data, said: _Said, files: Mapping[str, Declared], done: dict[str, Check]) -> None:
    done["tables"] = Check("tables", data.check_tables())
    done["schema"] = Check("schema", data.check_schema())
    counts = (said.wrong,) if said.wrong else data.check_counts(dict(said.made.rows))
    done["counts"] = Check("counts", counts)
    done["keys"] = Check("keys", data.check_keys())
    done["references"] = Check("references", data.check_references())
    done["codes"] = Check("codes", data.check_codes())
    done["provenance"] = check_provenance(data, said.note)
    done["database"] = Check("database", check_database(data, files))
    done["definitions"] = check_definitions(data, said.note)
    has_keys = not done["keys"].faults
    # What follows from tables whose keys are not unique may have any size.
    sound = has_keys and not done["schema"].faults and not done["tables"].faults
    knows = sound and done["program"].verdict == "ok"
    if knows:
        done["derived"] = Check("derived", check_derived(data))
    done["csv"] = check_csv(data, files, is_ours=knows, has_keys=has_keys)
    # What has a name in Stata stands in both formats alike; a table that is no CSV file has the columns of its Parquet file.
    done["stata"] = check_stata(data, {**data.tables, **files}, is_ours=knows)


def _invariants(data: Data, judge: Judge | None, documents: int, done: dict[str, Check]) -> Check:
    if judge is None:
        return Check("invariants", unchecked="nobody was given to judge them")
    for name in ("tables", "schema", "program", "database"):
        if (verdict := done[name].verdict) != "ok":
            return Check("invariants", unchecked=f"the check {name}: {verdict}")
    try:
        with data.clean_copy() as database:
            verdicts = judge(database, documents)
    except CannotJudge as e:
        return Check("invariants", (str(e),))
    broken = [v for v in verdicts if v.is_blocking and not v.success]
    return Check("invariants", tuple(_of_verdict(v) for v in broken))


def _of_verdict(v: Verdict) -> str:
    what = v.fault if v.unexpected is None else f"{v.unexpected:,} rows break it"
    return f"{v.suite}, table {v.table}: {v.name}: {what}"
