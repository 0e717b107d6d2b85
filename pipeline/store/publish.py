"""Publishes a staged dataset as a whole: one rename of one link replaces Parquet files and DuckDB file together."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from pipeline.store.duckdb_file import built_tables
from pipeline.store.files import flush, replace_text
from pipeline.store.layout import DATABASE, Layout
from pipeline.store.stages import hash_of

RESULTS = "results.parquet"
"""In the folder of a version: what its checks found. Published with it, so that no publication lacks it."""
PROVENANCE = "provenance.json"
"""In the folder of a version: what it was made from and by."""
_held: dict[Path, int] = {}


class OutputBusy(Exception):
    """Another build works on this output folder."""


class NotChecked(Exception):
    """The staged dataset has not passed its blocking checks, so it is not published."""


@contextmanager
def lock(layout: Layout, patience_seconds: float = 0.0) -> Iterator[None]:
    """Keeps other builds off an output folder. The same process may enter again. Raises OutputBusy after waiting.

    The operating system frees the lock when the process ends, however it ends: nothing stale to clear away.
    """
    layout.work.mkdir(parents=True, exist_ok=True)
    key = layout.lock.resolve()
    if _held.get(key):
        _held[key] += 1
        try:
            yield
        finally:
            _held[key] -= 1
        return
    with layout.lock.open("a") as handle:
        end = time.monotonic() + patience_seconds
        while not _taken(handle.fileno()):
            if time.monotonic() >= end:
                raise OutputBusy(
                    f"another build is working on {layout.out}: wait for it, or pass another folder with --output"
                )
            time.sleep(0.2)
        _held[key] = 1
        try:
            yield
        finally:
            del _held[key]


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def staged_files(layout: Layout) -> dict[str, Path]:
    """The staged files by the name under which they are published."""
    tables = {f"parquet/{t.table}.parquet": layout.staged_table(t.table) for t in built_tables()}
    return {**tables, DATABASE: layout.staged_database}


def fingerprint(layout: Layout) -> dict[str, str]:
    """SHA-256 of every staged file. Raises NotChecked where one is missing."""
    out = {}
    for name, path in staged_files(layout).items():
        if not path.exists():
            raise NotChecked(f"nothing to publish: {name} is not staged; materialise staged_dataset first")
        out[name] = hash_of(layout, path) or ""
    return out


def note_verdict(layout: Layout, failed: list[str]) -> None:
    """Remembers which blocking invariants the staged files broke (none: they may be published)."""
    replace_text(layout.verdict, json.dumps({"failed": failed, "files": fingerprint(layout)}, indent=1))


def require_verdict(layout: Layout) -> None:
    """Raises NotChecked unless exactly the files that are staged now have passed."""
    if not layout.verdict.exists():
        raise NotChecked("the staged dataset has not been checked: materialise staged_dataset with its checks first")
    verdict = json.loads(layout.verdict.read_text(encoding="utf-8"))
    if verdict["files"] != fingerprint(layout):
        raise NotChecked("the staged dataset changed after it was checked: materialise staged_dataset again")
    if verdict["failed"]:
        raise NotChecked(f"the staged dataset breaks invariants of ours and is not published: {verdict['failed']}")


def note_left_out(layout: Layout, entries: Sequence[tuple[str, str]]) -> None:
    """Remembers the entries of the input that are no documents, each with the reason, for the build's summary."""
    replace_text(layout.left_out, json.dumps(entries, ensure_ascii=False, indent=1))


def left_out(layout: Layout) -> tuple[tuple[str, str], ...]:
    """The entries noted last."""
    if not layout.left_out.exists():
        return ()
    return tuple((path, why) for path, why in json.loads(layout.left_out.read_text(encoding="utf-8")))


def _links(layout: Layout) -> dict[Path, str]:
    """The published links, each with what it leads to."""
    current = f"{layout.versions.name}/{layout.current.name}"
    return {layout.parquet: f"{current}/parquet", layout.database: f"{current}/{DATABASE}"}


def require_free(layout: Layout) -> None:
    """Raises FileExistsError where something that ogi did not write stands in a published place."""
    for link, target in _links(layout).items():
        ours = link.is_symlink() and str(link.readlink()) == target
        if not ours and os.path.lexists(link):
            raise FileExistsError(
                f"{link} is in the way and was not written by ogi: move it elsewhere, or pass another folder "
                "with --output"
            )
    if os.path.lexists(layout.quality_page) and not _is_ours(layout.quality_page):
        raise FileExistsError(
            f"{layout.quality_page} is in the way and was not written by ogi: move it elsewhere, or pass another folder "
            "with --output"
        )


def _is_ours(page: Path) -> bool:
    """Whether a page names ogi-panel as its generator."""
    if not page.is_file() or page.is_symlink():
        return False
    with page.open("rb") as f:
        return b'name="generator" content="ogi-panel"' in f.read(1_000)


def current_build(layout: Layout) -> int | None:
    """Number of the published version: 1 for the first, one more for each publication."""
    return int(layout.current.readlink().name) if layout.current.is_symlink() else None


def noted_builds(layout: Layout) -> list[int]:
    """Numbers of the builds that the history holds, in order."""
    found = (re.fullmatch(r"build-(\d{6,})\.parquet", p.name) for p in layout.history.glob("build-*.parquet"))
    return sorted(int(m[1]) for m in found if m)


def _next_build(layout: Layout) -> int:
    """One more than the last, also where only the history remembers that."""
    return max([current_build(layout) or 0, *noted_builds(layout)]) + 1


def publish(layout: Layout) -> bool:
    """Replaces what the output folder publishes by what is staged. Whether that is anything else than what is there.

    Whenever this is interrupted, `parquet` and the DuckDB file lead to the old version or both to the new one. Raises
    NotChecked, FileExistsError.
    """
    with lock(layout):
        require_verdict(layout)
        require_free(layout)  # before `current` is switched: afterwards only half of the dataset would be the new one
        if _is_published(layout):
            return False
        layout.versions.mkdir(parents=True, exist_ok=True)
        old, new = current_build(layout), str(_next_build(layout))
        _clear(layout, keep=str(old))
        folder = layout.versions / new
        (folder / "parquet").mkdir(parents=True)
        for name, path in staged_files(layout).items():
            _copy(path, folder / name)
        for path, name in ((layout.results, RESULTS), (layout.provenance, PROVENANCE)):
            if path.exists():
                _copy(path, folder / name)
        for f in (folder / "parquet", folder, layout.versions):
            flush(f)
        _link(layout.current, new)
        for link, target in _links(layout).items():
            if not link.is_symlink():
                _link(link, target)
        flush(layout.out)
        _clear(layout, keep=new)
        return True


def _is_published(layout: Layout) -> bool:
    """Whether the published version holds what is staged, file by file, and was made from and by the same."""
    pairs = [(path, layout.current / name) for name, path in staged_files(layout).items()]
    pairs.append((layout.provenance, layout.current / PROVENANCE))
    return all(link.is_symlink() for link in _links(layout)) and all(
        hash_of(layout, staged) == hash_of(layout, published) for staged, published in pairs
    )


def row_counts(layout: Layout) -> pl.DataFrame:
    """Rows of each published table."""
    tables = [t.table for t in built_tables()]
    paths = [layout.parquet / f"{t}.parquet" for t in tables]
    counts = [pl.scan_parquet(p, glob=False).select(pl.len()).collect().item() for p in paths]
    return pl.DataFrame({"table": tables, "row_count": counts})


def _copy(source: Path, target: Path) -> None:
    """A hard link where the file system has them: the staged file is never written again, only replaced."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    flush(target)


def _link(link: Path, target: str) -> None:
    beside = link.with_name(link.name + ".partial")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.replace(link)
    flush(link.parent)


def _clear(layout: Layout, keep: str) -> None:
    """Removes versions that nothing leads to: older ones, and what an interrupted run left."""
    for entry in layout.versions.iterdir():
        if entry.is_dir() and not entry.is_symlink() and entry.name != keep:
            shutil.rmtree(entry)
