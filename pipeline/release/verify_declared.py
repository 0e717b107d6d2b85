"""Checks of what a release declares: its files are there and no others, with the sizes and sums told of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from pipeline import schema
from pipeline.release import sums
from pipeline.release.declared import json_of
from pipeline.release.exports import CSV, STATA
from pipeline.release.exports.parquet import PARQUET
from pipeline.release.folder import Folder
from pipeline.release.verify_files import Digests
from pipeline.store.duckdb_file import built_tables

_DATA = "data/"


def check_declared(
    folder: Folder,
    here: Collection[str],
    resources: Mapping[str, object],
    left_out: Collection[str],
    *,
    is_ours: bool,
) -> tuple[str, ...]:
    """Files that datapackage.json declares and the folder has not, or the other way round.

    `here` are the paths of the folder's files, `left_out` what PROVENANCE.json says to have been left out. Of a release of
    this program's schema (`is_ours`) the schema says which files there must be.
    """
    faults = [f"{p[:100]!r} is declared in datapackage.json: it is no file under data" for p in resources if _is_odd(p)]
    faults += [
        f"{p} is declared in datapackage.json and missing" for p in resources if not _is_odd(p) and p not in here
    ]
    faults += [f"{p} is not declared in datapackage.json" for p in here if p.startswith(_DATA) and p not in resources]
    for table, path in _promised(folder) if is_ours else ():
        if path not in resources and path not in left_out and table not in left_out:
            faults.append(f"{path} is neither declared in datapackage.json nor told as left out in PROVENANCE.json")
    return tuple(faults)


def _is_odd(path: str) -> bool:
    return not path.startswith(_DATA) or not sums.is_plain(path)


def _promised(folder: Folder) -> Iterator[tuple[str, str]]:
    """Every table and wide table with the files that the schema wants of it."""
    paths = {PARQUET: folder.parquet, CSV: folder.csv, STATA: folder.stata}
    built = built_tables()
    for table in (*built, *schema.views()):
        for form in dict.fromkeys(((PARQUET,) if table in built else ()) + table.exports):
            yield table.table, paths[form](table.table).relative_to(folder.root).as_posix()


def check_hashes(
    folder: Folder, here: Collection[str], resources: Mapping[str, Mapping[str, Any]], digests: Digests
) -> tuple[str, ...]:
    """Whether datapackage.json and croissant.json tell the size and SHA-256 of the files as they are.

    Every file that datapackage.json declares must stand in croissant.json too, but for the DuckDB file. Raises NotReadable.
    """
    faults: list[str] = []

    def size(path: str) -> int:
        return (folder.root / path).stat(follow_symlinks=False).st_size

    def hold(where: str, path: str, what: str, told: object, found: Callable[[str], object]) -> None:
        if path not in here:
            return  # told by `check_declared`, or below
        try:
            if told != (is_now := found(path)):
                faults.append(f"{path}: {where} says that its {what} is {str(told)[:100]!r}, and it is {str(is_now)!r}")
        except OSError as e:
            faults.append(f"{path} cannot be read: {e.strerror or e}")

    for path, r in resources.items():
        if "bytes" in r:
            hold("datapackage.json", path, "size", r["bytes"], size)
        if "hash" in r:
            hold("datapackage.json", path, "hash", r["hash"], lambda p: f"sha256:{digests.of(p)}")
    told = _distribution(folder)
    faults += [f"{p[:100]} is listed in croissant.json and missing" for p in told if p not in here]
    database = folder.database.relative_to(folder.root).as_posix()
    faults += [f"{p} is not listed in croissant.json" for p in resources if p not in told and p != database]
    for path, file in told.items():
        hold("croissant.json", path, "size", file.get("contentSize"), lambda p: f"{size(p)} B")
        hold("croissant.json", path, "SHA-256", file.get("sha256"), digests.of)
    return tuple(faults)


def _distribution(folder: Folder) -> dict[str, Mapping[str, Any]]:
    """The files that croissant.json lists, by their address. Raises NotReadable."""
    listed = json_of(folder.croissant).get("distribution")
    files = [f for f in listed if isinstance(f, dict)] if isinstance(listed, list) else []
    return {f["contentUrl"]: f for f in files if isinstance(f.get("contentUrl"), str)}
