"""Checks the folder of a release, wherever it comes from: sums, schema, keys, counts, contents, and that nothing blocks.

The folder is taken for hostile: no link is followed, reading is bounded, the databases are opened read-only without
access to anything else, views and macros in them are not run, and what is damaged is a fault with a name.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from pipeline.data_files import table_rows
from pipeline.dossier.visible import one_line
from pipeline.release import declared, sums, verify_files
from pipeline.release.declared import Declared, Made, NotReadable
from pipeline.release.folder import Folder
from pipeline.release.verify_data import Damaged, Data, opened
from pipeline.store.provenance import schema_digest

_SHOWN = 20
_LONGEST = 400


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


@dataclass(frozen=True, slots=True)
class Check:
    """One check by name: what it found wrong, or why it could not be made."""

    name: str
    faults: tuple[str, ...] = ()
    unchecked: str | None = None

    @property
    def verdict(self) -> str:
        return "failed" if self.faults else "ok" if self.unchecked is None else "not checked"

    @property
    def title_en(self) -> str:
        return _titles()[self.name][0]

    @property
    def title_zh(self) -> str:
        return _titles()[self.name][1]


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on a release folder."""

    root: Path
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Nothing is wrong in what could be checked. `is_whole` says whether that was everything."""
        return not any(c.faults for c in self.checks)

    @property
    def is_whole(self) -> bool:
        return all(c.unchecked is None for c in self.checks)

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the checks that failed."""
        return tuple(c.name for c in self.checks if c.faults)

    def text(self) -> str:
        """For a terminal: a line for each check with what is wrong under it, and the verdict in both languages.

        What the folder says is shown without characters that would steer the terminal.
        """
        wide = max(len(c.name) for c in self.checks)
        lines = [f"release  {one_line(str(self.root))}", ""]
        for c in self.checks:
            lines.append(f"{c.verdict:<11}  {c.name:<{wide}}  {c.title_en}")
            shown = c.faults[:_SHOWN] if c.faults else (c.unchecked,) if c.unchecked else ()
            lines += [f"{'':<13}- {one_line(f, _LONGEST)}" for f in shown]
            if len(c.faults) > _SHOWN:
                lines.append(f"{'':<13}- and {len(c.faults) - _SHOWN:,} more")
        return "\n".join([*lines, "", *self._conclusion()])

    def _conclusion(self) -> tuple[str, str]:
        unchecked = sum(c.unchecked is not None and not c.faults for c in self.checks)
        if not self.passed:
            named = ", ".join(self.failed)
            return (
                f"Refused: {len(self.failed)} of {len(self.checks)} checks failed: {named}.",
                f"不通过：{len(self.checks)} 项检查中有 {len(self.failed)} 项未通过：{named}。",
            )
        if unchecked:
            return (
                f"Sound as far as it could be checked: {unchecked} of {len(self.checks)} checks could not be made.",
                f"可检查部分均通过：{len(self.checks)} 项检查中有 {unchecked} 项无法进行。",
            )
        return f"Sound: all {len(self.checks)} checks passed.", f"通过：{len(self.checks)} 项检查全部通过。"


@cache
def _titles() -> dict[str, tuple[str, str]]:
    return {r["check"]: (r["title_en"], r["title_zh"]) for r in table_rows(__package__, "checks.csv")}


def verify(root: Path, judge: Judge | None = None) -> Report:
    """Checks a release folder. `judge` runs the invariants; without it they are told as not checked.

    Nothing in the folder is changed. Raises nothing because of what is in it.
    """
    done: dict[str, Check] = {}
    _check_files(root, done)
    if "layout" in done and not done["layout"].faults:
        _check_contents(Folder(root), judge, done)
    why = "an earlier check did not pass"
    return Report(root, tuple(done.get(name, Check(name, unchecked=why)) for name in _titles()))


def _check_files(root: Path, done: dict[str, Check]) -> None:
    try:
        entries = tuple(sums.entries(root)) if root.is_dir() else ()
        faults = tuple(f"{e.path} is a link or no regular file" for e in entries if not e.is_file)
        faults += tuple(f"{e.path!r} is no name for a file of a release" for e in entries if not _is_shown(e.path))
        if not entries:
            faults = ("there is no release: it is no folder, or empty",)
    except (sums.SumsWrong, OSError) as e:
        faults = (f"the folder cannot be listed: {e}",)
    done["layout"] = Check("layout", faults)
    if not faults:
        here = tuple(e.path for e in entries)
        done["sums"] = Check("sums", verify_files.check_sums(root, here))
        done["files"] = Check("files", verify_files.check_present(Folder(root)))
        done["metadata"] = Check("metadata", verify_files.check_editions(Folder(root)))


def _is_shown(path: str) -> bool:
    """Whether a name can be encoded and printed as it is."""
    return path.isprintable() and os.fsencode(path) == path.encode("utf-8", "replace")


def _check_contents(folder: Folder, judge: Judge | None, done: dict[str, Check]) -> None:
    try:
        tables = declared.of_folder(folder)
    except NotReadable as e:
        done["tables"] = Check("tables", (str(e),))
        return
    try:
        made, note = declared.made(folder), declared.build_note(declared.json_of(folder.provenance))
    except NotReadable as e:
        made, note = Made(), {}
        done["counts"] = Check("counts", (str(e),))
    done["program"] = _of_program(tables, note.get("schema_sha256"))
    try:
        with opened(folder, tables) as data:
            _check_data(data, folder, tables, made, done)
            said = note.get("input", {}).get("documents") if isinstance(note.get("input"), dict) else None
            documents = said if isinstance(said, int) else data.rows.get("documents", 0)
            done["invariants"] = _invariants(data, judge, documents, done)
    except Damaged as e:
        done.setdefault("database", Check("database", (str(e),)))


def _check_data(data: Data, folder: Folder, tables: dict[str, Declared], made: Made, done: dict[str, Check]) -> None:
    done["tables"] = Check("tables", data.check_tables())
    done["schema"] = Check("schema", data.check_schema())
    done.setdefault("counts", Check("counts", data.check_counts(dict(made.rows))))
    done["keys"] = Check("keys", data.check_keys())
    done["references"] = Check("references", data.check_references())
    done["codes"] = Check("codes", data.check_codes())
    done["database"] = Check("database", data.check_database())
    if done["program"].verdict == "ok" and not done["schema"].faults and not done["tables"].faults:
        done["views"] = Check("views", data.check_views())
    done["csv"] = Check("csv", verify_files.check_csv(folder, data.rows))


def _of_program(tables: dict[str, Declared], digest: object) -> Check:
    """Whether the declared tables are those of this program, on which its invariants can be run.

    A release that was made with the very schema of this program must have it; one of an older or newer schema may not.
    """
    differences = tuple(_differences(tables, declared.of_program()))
    if not differences:
        return Check("program")
    if digest == schema_digest():
        return Check("program", differences)
    return Check(
        "program",
        unchecked=f"the release has the schema of another version of the program ({len(differences)} differences, such "
        f"as: {differences[0]}): use that version to judge its invariants",
    )


def _differences(tables: dict[str, Declared], ours: dict[str, Declared]) -> Iterable[str]:
    for name in sorted({*tables, *ours}):
        if name not in tables:
            yield f"table {name} is not declared"
        elif name not in ours:
            yield f"table {name} is declared and not known"
        else:
            theirs, own = tables[name], ours[name]
            if theirs.key != own.key:
                yield f"table {name}: its key is {' '.join(theirs.key)}, not {' '.join(own.key)}"
            if [f.name for f in theirs.fields] != [f.name for f in own.fields]:
                odd = {f.name for f in theirs.fields} ^ {f.name for f in own.fields}
                yield f"table {name}: {'columns ' + ', '.join(sorted(odd)) if odd else 'the order of its columns'} differ"
                continue
            for f, g in zip(theirs.fields, own.fields, strict=True):
                if (f.type, f.is_required) != (g.type, g.is_required):
                    yield f"table {name}, column {f.name}: declared with another type, or null where it may not be"


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
