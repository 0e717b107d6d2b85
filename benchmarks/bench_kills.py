"""Kills builds with `kill -9` at random moments, and counts how many left the dataset whole and could be run again.

    python -m benchmarks.bench_kills [--kills 100] [--in-a-row 2] [--documents 2000] [--seed 0] [--input DIR] [--json]

Two settings take turns, so that every build has all documents to read and another dataset to publish than the one that is
there: the limit `max_pages` one up or down, which changes nothing that is read but counts as another reading, and one
document more or less. Each round starts a build, ends it and all its processes with SIGKILL at a moment drawn evenly from
the time that such a build takes, starts it again on what is left and kills that, too, in the time that is left (as often
as `--in-a-row` says), and then lets it run to its end. The output folder is held against two reference datasets:

    after each kill    what is published is the old dataset or the new one, every file of it; or, in the first, nothing
    after the rerun    it ended well; every Parquet file is, to the byte, that of a build from nothing; the DuckDB file
                       opens and has the same rows; every document stands there once; no working file is left over that
                       the undisturbed build would not have; no process is left

A build that ended before its moment came was not killed and does not count. The kills of a round count as recovered where
the whole round is clean. The first round that is not ends the run, with exit status 1.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import contextlib

from pipeline.store.layout import Layout
from pipeline.store.sql import connect

ROOT = Path(__file__).resolve().parents[1]
PAGES = (498, 499)
_GONE_AFTER = 20.0


@dataclass(frozen=True, slots=True)
class Reference:
    """What a build from nothing published: SHA-256 of each Parquet file, rows of each table, and how long it took."""

    parquet: dict[str, str]
    rows: dict[str, int]
    seconds: float


@dataclass(frozen=True, slots=True)
class Round:
    """Kills in a row: of each when (share of a build's time) and what was published after it ("old", "new", "nothing",
    "broken"); and what is wrong."""

    at: tuple[float, ...]
    published: tuple[str, ...]
    seconds: float
    faults: tuple[str, ...]


@dataclass(slots=True)
class Outcome:
    rounds: list[Round] = field(default_factory=list)

    @property
    def kills(self) -> int:
        return sum(len(r.at) for r in self.rounds)

    @property
    def clean(self) -> int:
        """Kills of rounds in which nothing is wrong."""
        return sum(len(r.at) for r in self.rounds if not r.faults)


def command(source: Path, out: Path, pages: int, workers: int) -> list[str]:
    limits = ["--limit", f"max_pages={pages}", "--limit", "max_recognised_pages=0"]
    build = [sys.executable, "-m", "pipeline.cli", "build", "--input", str(source), "--output", str(out)]
    return [*build, "--workers", str(workers), *limits]


def start(source: Path, out: Path, pages: int, workers: int) -> subprocess.Popen[bytes]:
    """A build in a session of its own, so that all its processes can be found."""
    return subprocess.Popen(
        command(source, out, pages, workers),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def members(session: int) -> list[int]:
    """Processes of a session that still live (Linux)."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                state, _, _, of = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
            except OSError:
                continue
            if int(of) == session and state != "Z":
                found.append(int(folder.name))
    return found


def kill_all(process: subprocess.Popen[bytes]) -> str:
    """SIGKILL to every process of a build, as the machine's end would be. What it had said."""
    for pid in members(process.pid):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.kill()
    return process.communicate()[1].decode()


def published(out: Path) -> dict[str, str]:
    """SHA-256 of each published Parquet file; nothing where nothing is published."""
    files = sorted(Layout(out).parquet.glob("*.parquet"))
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def rows(out: Path) -> dict[str, int]:
    """Rows of each table of the published DuckDB file."""
    with connect(Layout(out).database, read_only=True) as db:
        names = [t for (t,) in db.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        return {t: db.execute(f'SELECT count(*) FROM "{t}"').fetchall()[0][0] for t in names}


def left_over(out: Path) -> list[str]:
    """Working files that no build leaves: beginnings of files and folders, batches that are no part of anything."""
    layout = Layout(out)
    found = [p for p in layout.out.rglob("*") if ".partial" in p.name or p.name.startswith(".counting-")]
    for folder in layout.shards.iterdir():
        listed = json.loads((folder / "batches.json").read_text())
        found += [p for p in folder.iterdir() if p.is_dir() and p.name not in listed]
    versions = [p for p in layout.versions.iterdir() if p.is_dir() and not p.is_symlink()]
    return [str(p.relative_to(out)) for p in found] + [p.name for p in versions[1:]]


def reference(source: Path, out: Path, pages: int, workers: int) -> Reference:
    """Builds from nothing. Exits where that fails."""
    began = time.monotonic()
    process = start(source, out, pages, workers)
    _, errors = process.communicate()
    if process.returncode:
        sys.exit(f"bench_kills: the build failed without being killed: {errors.decode()}")
    found = Reference(published(out), rows(out), time.monotonic() - began)
    shutil.rmtree(out)
    return found


def after_kill(out: Path, old: Reference | None, new: Reference) -> tuple[str, list[str]]:
    """What is published, and what is wrong with it."""
    found = published(out)
    whole = {"new": new, **({"old": old} if old else {})}
    for name, expected in whole.items():
        if found == expected.parquet:
            same = rows(out) == expected.rows
            return name, [] if same else [f"after the kill the DuckDB file is not that of the {name} dataset"]
    if not found and old is None:
        return "nothing", []
    return "broken", [f"after the kill {len(found)} files are published that are neither the old nor the new dataset"]


def after_rerun(out: Path, code: int, errors: str, new: Reference) -> Iterator[str]:
    if code:
        yield f"the rerun failed: {errors}"
        return
    if (found := published(out)) != new.parquet:
        yield f"after the rerun these differ from a build from nothing: {sorted(set(found.items()) ^ set(new.parquet.items()))}"
    if rows(out) != new.rows:
        yield "after the rerun the DuckDB file has other rows than that of a build from nothing"
    with connect(Layout(out).database, read_only=True) as db:
        sql = "SELECT count(*) FROM (SELECT 1 FROM documents GROUP BY source_path, member HAVING count(*) > 1)"
        if db.execute(sql).fetchall() != [(0,)]:
            yield "after the rerun a document stands there twice"
    if left := left_over(out):
        yield f"after the rerun these are left over: {left[:5]}"


def killed(source: Path, out: Path, pages: int, workers: int, after: float) -> tuple[bool, list[str]]:
    """Starts a build and kills it after so many seconds. Whether it still ran then, and what is wrong."""
    process = start(source, out, pages, workers)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=after)
    is_killed = process.poll() is None
    said = kill_all(process)
    faults = [f"a build that was not killed failed: {said}"] if not is_killed and process.returncode else []
    end = time.monotonic() + _GONE_AFTER
    while members(process.pid) and time.monotonic() < end:
        time.sleep(0.1)
    if left := members(process.pid):
        faults.append(f"{len(left)} processes are left")
    return is_killed, faults


def one_round(
    source: Path, out: Path, pages: int, workers: int, old: Reference | None, new: Reference, moments: Sequence[float]
) -> Round:
    """Kills a build once for each of `moments` (shares of the time that it still needs), looks each time, and runs it to
    its end."""
    began = time.monotonic()
    done, at, states, faults = 0.0, [], [], []
    for moment in moments:
        share = moment * (1 - done)
        is_killed, wrong = killed(source, out, pages, workers, share * new.seconds)
        faults += wrong
        done += share
        state, wrong = after_kill(out, old, new)
        faults += wrong
        if state == "new":
            old = new  # nothing may go back behind it
        if is_killed:
            at.append(done)
            states.append(state)
    again = start(source, out, pages, workers)
    _, errors = again.communicate()
    faults += after_rerun(out, again.returncode, errors.decode(), new)
    return Round(tuple(at), tuple(states), time.monotonic() - began, tuple(faults))


def measure(
    source: Path, folder: Path, kills: int, seed: int, workers: int, in_a_row: int = 1, say: bool = True
) -> Outcome:
    """Rounds until so many builds were killed or one cannot be run again. `source` gets and loses one document in turn.
    Everything else happens in `folder`."""
    extra = source / "one more.txt"
    chance = random.Random(seed)
    references = []
    for turn in range(2):
        _turn(extra, turn)
        references.append(reference(source, folder / f"reference {turn}", PAGES[turn], workers))
    outcome, out = Outcome(), folder / "out"
    while outcome.kills < kills:
        turn = len(outcome.rounds) % 2
        _turn(extra, turn)
        old = references[1 - turn] if outcome.rounds else None
        moments = [chance.random() for _ in range(min(in_a_row, kills - outcome.kills))]
        r = one_round(source, out, PAGES[turn], workers, old, references[turn], moments)
        outcome.rounds.append(r)
        if say:
            what = ", ".join(f"{a:4.0%} ({state})" for a, state in zip(r.at, r.published, strict=True)) or "never"
            print(
                f"{outcome.kills:4} killed at {what:36} {r.seconds:5.0f} s  {'; '.join(r.faults) or 'clean'}",
                flush=True,
            )
        if r.faults:
            break
    return outcome


def _turn(extra: Path, turn: int) -> None:
    if turn:
        extra.write_text("不是报告。", encoding="utf-8")
    else:
        extra.unlink(missing_ok=True)


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--kills", type=int, default=100, metavar="N")
    ap.add_argument("--in-a-row", type=int, default=2, metavar="N", help="kills of one build before it may end")
    ap.add_argument("--documents", type=int, default=2000, metavar="N")
    ap.add_argument("--seed", type=int, default=0)
    ap.add_argument("--workers", type=int, default=2, metavar="N")
    ap.add_argument(
        "--input", type=Path, metavar="DIR", help="these documents instead of generated ones; DIR is copied"
    )
    ap.add_argument("--json", action="store_true")
    a = ap.parse_args()
    if a.in_a_row < 1:
        ap.error("--in-a-row: at least 1")
    with tempfile.TemporaryDirectory(prefix="ogi-kills-") as temporary:
        folder = Path(temporary)
        if a.input:
            shutil.copytree(a.input, folder / "input")
        else:
            from benchmarks.corpus_at_scale import write

            for _ in write(a.documents, folder, a.seed, a.workers):
                pass
        outcome = measure(folder / "input", folder, a.kills, a.seed, a.workers, a.in_a_row, not a.json)
    if a.json:
        print(json.dumps([{"at": r.at, "published": r.published, "faults": r.faults} for r in outcome.rounds]))
    else:
        states = Counter(state for r in outcome.rounds for state in r.published)
        print(
            f"{outcome.clean} of {outcome.kills} kills in {len(outcome.rounds)} builds recovered clean; "
            f"published after the kill: {dict(states)}"
        )
    return 1 if any(r.faults for r in outcome.rounds) else 0


if __name__ == "__main__":
    sys.exit(main())
