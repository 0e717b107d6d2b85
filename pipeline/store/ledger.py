"""Knows of each document whether what was read from it is current, and has the others read.

Current is what was read from the same bytes, known under the same facts (path, member, address, what a manifest says), by
the same code, tables, dictionaries, packages and limits. The ledger lies in the batches themselves (`shards`), so it is
never out of step with them: whatever moment a run is killed at, the batches that it finished count for the next one.

    unchanged  its batch stays as it is
    changed    read again; the batch that holds the old rows is written anew without them
    removed    the batch that holds its rows is written anew without them
    renamed    read again: identities depend on the path
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path

import polars as pl

from pipeline.limits import Limits
from pipeline.model import SourceFile
from pipeline.narrate.dictionary import dictionary_folder
from pipeline.read import doc
from pipeline.store import closure, shards, signatures, software, work
from pipeline.store.batch import Written
from pipeline.store.containers import NOT_HAD
from pipeline.store.layout import Layout
from pipeline.store.places import Place, S3Folder

_READERS = ("pipeline.store.reader_process", "pipeline.store.rows", "pipeline.document")
_FIELDS = list(shards.SOURCE_SCHEMA)
_FULL = 256
"""Documents of the batches that are put together from the rest of others."""
_SMALL = 64
_MOST_SMALL = 16
"""Batches of fewer than `_SMALL` documents that an intake may have before they are put together."""
_STAT = "stat "
"""Before the signature of a file whose bytes nobody could hash."""
_AGAIN = ("timed_out", "reader_failed")
"""Reasons for which a second attempt may end differently."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What bringing the shards up to date did. `outcomes` count the documents that were read."""

    documents: int
    read: int
    outcomes: Mapping[str, int] = field(default_factory=dict)


def reading_digest(parser: str, limits: Limits) -> str:
    """SHA-256 of all that decides what is read from given bytes."""
    module = parser.partition(":")[0]
    is_ours = module.partition(".")[0] == "pipeline"
    spec = None if is_ours else find_spec(module)
    other = Path(spec.origin).read_bytes() if spec is not None and spec.origin else b""
    dictionaries = sorted(dictionary_folder().glob("*.csv"))
    parts = {
        "parser": parser,
        "code": closure.digest(*_READERS, *([module] if is_ours else [])),
        "other": hashlib.sha256(other).hexdigest(),
        "dictionaries": {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in dictionaries},
        "limits": asdict(limits),
        "python": platform.python_version(),
        "packages": software.packages(),
        "libreoffice": doc.libreoffice_build(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def bring_up_to_date(
    layout: Layout,
    root: Place,
    sources: Sequence[SourceFile],
    *,
    limits: Limits,
    parser: str = work.PARSER,
    workers: int | None = None,
    progress: work.Progress | None = None,
    executor: Executor | None = None,
    again: bool = False,
) -> Brought:
    """Reads what is not current of these documents, which are all that their intakes hold now.

    `again`: documents that could not be read for a reason that may pass are read again, too. Raises
    work.ReadingFailed; what was read before that is kept for the next run.
    """
    by_intake: dict[str, list[SourceFile]] = {}
    for s in sources:
        by_intake.setdefault(s.intake, []).append(s)
    digest = reading_digest(parser, limits)
    plans = [_plan(layout, root, intake, found, digest, again) for intake, found in sorted(by_intake.items())]
    todo = [d for p in plans for d in p.todo]
    outcomes: Counter[str] = Counter()
    fresh: dict[str, list[str]] = {p.intake: [] for p in plans}

    def finished(written: Written) -> None:
        fresh[written.intake].append(written.name)
        outcomes.update(written.outcomes)

    if todo:
        work.read_all(
            root,
            todo,
            layout.shards_of,
            finished,
            reading=digest,
            workers=workers,
            progress=progress,
            parser=parser,
            limits=limits,
            executor=executor,
        )
    for p in plans:
        _settle(layout, p, fresh[p.intake])
    return Brought(len(sources), len(todo), dict(outcomes))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be done about an intake. `current`: documents that stay, each with its `batch`; `sizes`: documents of each
    batch there, stale ones too; `hashes`: those of files that are known."""

    intake: str
    current: pl.DataFrame
    sizes: Mapping[str, int]
    todo: Sequence[work.Stamped]
    seen: signatures.Look
    hashes: Mapping[str, str]


_PACKED = pl.col("member").is_not_null() | pl.col("packing").is_not_null()
"""Documents whose bytes are not those of their file."""


def _plan(layout: Layout, root: Place, intake: str, sources: Sequence[SourceFile], digest: str, again: bool) -> _Plan:
    seen = signatures.look(root, {s.path for s in sources})
    known = signatures.remembered(layout.signatures_of(intake), seen)
    noted = _noted(layout, intake)
    sizes = dict(noted.group_by("batch").len().iter_rows())
    noted = noted.filter(reading=digest)
    # A file on disk that could not be opened is known by what the system says of it. An object and a container's bytes are
    # the same when the network or the disk is back.
    is_known = pl.lit(not isinstance(root, S3Folder)) & ~_PACKED
    noted = noted.filter(is_known | pl.col("fault").ne_missing(NOT_HAD))
    if again:
        noted = noted.filter(~pl.col("fault").is_in(_AGAIN).fill_null(False))
    now = pl.DataFrame({f: [getattr(s, f) for s in sources] for f in _FIELDS}, schema=shards.SOURCE_SCHEMA)
    # What was never read is hashed while it is read; members of a container have hashes of their own.
    unsure = {*now.join(noted, on=_FIELDS, how="semi", nulls_equal=True)["path"], *now.filter(_PACKED)["path"]}
    known |= signatures.hashed(root, sorted(unsure - known.keys()))
    unopened = [_STAT + seen.signatures.get(s.path, "gone") for s in sources]
    now = now.with_columns(
        pl.Series("file_sha256", [known.get(s.path) for s in sources], dtype=pl.String),
        pl.Series("unopened", unopened, dtype=pl.String),
        pl.Series("position", range(len(sources)), dtype=pl.Int64),
    )
    current = _current(now, noted)
    stale = now.join(current, on="position", how="anti").sort("position")
    stamp = pl.when(_PACKED).then(pl.coalesce("file_sha256", "unopened")).otherwise("unopened")
    todo = [work.Stamped(sources[i], stamp) for i, stamp in stale.select("position", stamp=stamp).iter_rows()]
    return _Plan(intake, current, sizes, todo, seen, known)


def _noted(layout: Layout, intake: str) -> pl.DataFrame:
    """The ledger of an intake: every batch that a run finished, those first that are listed."""
    listed = {b.name for b in shards.listed(layout, intake)}
    return shards.ledger(sorted(shards.written(layout, intake), key=lambda b: (b.name not in listed, b.name)))


def _current(now: pl.DataFrame, noted: pl.DataFrame) -> pl.DataFrame:
    """The documents of `now` that the ledger has from the same bytes: `position`, `batch`, `path`, `member`. What could
    not be opened then and can be now is none of them."""
    by = [*_FIELDS, "file_sha256"]
    noted = noted.unique(by, keep="first", maintain_order=True)
    content = pl.coalesce("file_sha256", "unopened")
    found = now.select(*_FIELDS, "position", file_sha256=content).join(
        noted.select(*by, "batch"), on=by, how="inner", nulls_equal=True
    )
    return found.unique("position").sort("position").select("position", "batch", "path", "member")


def _settle(layout: Layout, plan: _Plan, fresh: Sequence[str]) -> None:
    """Says which batches of an intake count: those that are current as a whole, new ones, and the current rest of others."""
    folder = layout.shards_of(plan.intake)
    new = shards.ledger([folder / name for name in sorted(set(fresh))])
    live = {str(name): part for (name,), part in plan.current.group_by("batch", maintain_order=True)}
    live |= {str(name): part for (name,), part in new.group_by("batch", maintain_order=True)}
    sizes = {**plan.sizes, **dict(new.group_by("batch").len().iter_rows())}
    names = sorted(live)
    small = [n for n in names if live[n].height < _SMALL]
    apart = {n for n in names if live[n].height < sizes[n]} | set(small if len(small) > _MOST_SMALL else ())
    kept = [n for n in names if n not in apart]
    parts: list[shards.Tables] = []
    for n in sorted(apart):
        parts.append(shards.only(shards.read(folder / n), live[n].select("path", "member")))
        if sum(p[shards.LEDGER].height for p in parts) >= _FULL:
            kept.append(shards.write(folder, shards.joined(parts)))
            parts = []
    if parts:
        kept.append(shards.write(folder, shards.joined(parts)))
    shards.note_listed(layout, plan.intake, kept)
    plain = new.filter(~_PACKED & ~pl.col("file_sha256").str.starts_with(_STAT)).select("path", "file_sha256")
    signatures.remember(layout.signatures_of(plan.intake), plan.seen, {**plan.hashes, **dict(plain.iter_rows())})
