"""Release folders for tests: of the tables of a real build, with what the comparison and the checks read of them."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from expectations.gx import Verdict
from expectations.quality import release as quality
from pipeline.release import codebook, declared, exports, metadata, sums
from pipeline.release.changes import compare, entry
from pipeline.release.edition import About, Creator, Edition, Version
from pipeline.release.folder import Folder
from pipeline.release.verify_data import Data, opened
from pipeline.store.layout import Layout
from pipeline.store.provenance import published_provenance

DATE = dt.date(2026, 1, 31)
ABOUT = About(
    "A panel of invented reports",
    "虚构报告数据",
    "Invented.",
    "虚构。",
    (Creator("Nobody's Institute"),),
    ("test",),
    "CC-BY-4.0",
    "https://creativecommons.org/licenses/by/4.0/",
)


JUDGED = Verdict("numbers_honest", "cells", "no blank is a number", "invented", "critical", True, 0, None)


def edition(version: str, previous: str | None = None) -> Edition:
    return Edition(Version.of(version), DATE, ABOUT, previous=Version.of(previous) if previous else None)


def release_of(build: Path, root: Path, version: str = "1.0.0", *, with_pages: bool = False) -> Folder:
    """A first release of a build, which nobody judged; codebook and quality pages take their time."""
    folder, layout = Folder(root), Layout(build)
    exports.copy_tables(layout, folder)
    left_out = exports.write_data(layout, folder, edition(version))
    metadata.write_metadata(folder, edition(version), published_provenance(layout), left_out)
    folder.licence.write_text("Invented.\n", encoding="utf-8")
    entry.write(folder, edition(version), compare.between(None, folder), None)
    if with_pages:
        codebook.write(folder, edition(version))
        quality.write(folder, edition(version), (), [JUDGED])
    sums.write(root)
    return folder


def copied(release: Path, root: Path) -> Folder:
    """A copy of a release, for a test to change."""
    shutil.copytree(release, root)
    return Folder(root)


def rewritten(folder: Folder, table: str, sql: str) -> None:
    """Puts the answer to a query over {old} in the place of a table, in the Parquet file only."""
    path = folder.parquet(table)
    old = path.with_name("old")
    path.rename(old)
    query = sql.format(old=f"read_parquet({str(old)!r})")
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({query}) TO {str(path)!r} (FORMAT parquet)")
    old.unlink()


def sealed(folder: Folder) -> None:
    """Writes sizes, hashes and sums anew, as a forger does who knows the trade."""
    for path, listed, place, told in (
        (folder.datapackage, "resources", "path", {"bytes": "{size}", "hash": "sha256:{digest}"}),
        (folder.croissant, "distribution", "contentUrl", {"contentSize": "{size} B", "sha256": "{digest}"}),
    ):
        said = json.loads(path.read_text(encoding="utf-8"))
        for file in said[listed]:
            if (there := folder.root / file[place]).is_file():
                now = {"size": there.stat().st_size, "digest": sums.digest(there)}
                new = {k: text.format(**now) for k, text in told.items() if k in file}
                file.update({k: int(v) if k == "bytes" else v for k, v in new.items()})
        path.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    sums.write(folder.root)


def edited_csv(folder: Folder, table: str, change: Callable[[str], str]) -> None:
    """Changes the text of a CSV file."""
    with gzip.open(folder.csv(table), "rt", encoding="utf-8", newline="") as f:
        text = f.read()
    new = change(text)
    assert new != text, "there was nothing to change so"
    folder.csv(table).write_bytes(gzip.compress(new.encode(), 1))


@contextmanager
def tables(folder: Folder, *names: str) -> Iterator[Data]:
    """The tables of a release, or some of them, as the checks see them."""
    there = declared.of_folder(folder)
    with opened(folder, {n: there[n] for n in names or there}) as data:
        yield data


def here(folder: Folder) -> list[str]:
    """The paths of its files."""
    return [e.path for e in sums.entries(folder.root)]


def note(folder: Folder) -> Mapping[str, Any]:
    """What its build noted."""
    return declared.build_note(declared.json_of(folder.provenance))


def edited_json(path: Path, **changes: Any) -> None:
    said = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(said | changes, ensure_ascii=False), encoding="utf-8")


def edited_resource(folder: Folder, table: str, change: Mapping[str, Any], column: str | None = None) -> None:
    """Changes what the data package says of a table, or of a column of it."""
    said = json.loads(folder.datapackage.read_text(encoding="utf-8"))
    (resource,) = (r for r in said["resources"] if r["name"] == table)
    for f in [f for f in resource["schema"]["fields"] if f["name"] == column] if column else [resource]:
        f.update(change)
    folder.datapackage.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
