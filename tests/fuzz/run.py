"""Fuzzes the targets for a time each and prints what came of it: `python -m tests.fuzz.run --seconds 60`.

One process a target, `--processes` of them at once. In the folder `--out` stay the corpus of inputs that reach new
branches (a later run goes on from it), the findings, and the figures of every run: the table adds them up. Exit status 1
where any input is a finding. Needs atheris.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.conftest import ROOT
from tests.fuzz.target import MEMORY
from tests.fuzz.targets import TARGETS

_STATUS = re.compile(r"^#(\d+)\s.*?cov: (\d+) ft: (\d+)(?: corp: (\d+))?.*? exec/s: (\d+)", re.MULTILINE)
_DONE = re.compile(r"^Done (\d+) runs in (\d+) second", re.MULTILINE)
_HANG_SECONDS = 60
"""Wall time after which libFuzzer calls an input a hang: several times what a target may take of the processor."""
_RSS_MB = 4 * (MEMORY >> 20)
_SHORTEST = 2
_MOST_STARTS = 30
_TELL_EVERY = 10


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a target: executions, seconds of fuzzing (starting takes some more), branches and features reached,
    inputs kept."""

    target: str
    executions: int
    seconds: float
    branches: int
    features: int
    corpus: int


def fuzz(name: str, seconds: float, out: Path, seed: int) -> Ran:
    """Fuzzes one target. A process that an input ends is followed by another with the time that is left."""
    ran = Ran(name, 0, 0.0, 0, 0, 0)
    said = out / "logs" / f"{name}.log"
    said.parent.mkdir(parents=True, exist_ok=True)
    for start in range(_MOST_STARTS):
        left = seconds - ran.seconds
        if left < _SHORTEST:
            break
        options = [
            f"-max_total_time={left:.0f}",
            f"-timeout={_HANG_SECONDS}",
            f"-rss_limit_mb={_RSS_MB}",
            "-print_final_stats=1",
        ]
        command = [sys.executable, "-m", "tests.fuzz.worker", name, str(out), str(seed + start), *options]
        with said.open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
            told = time.monotonic()
            while process.poll() is None:
                time.sleep(0.5)
                if time.monotonic() - told >= _TELL_EVERY:
                    told = time.monotonic()
                    now = _added(ran, said)
                    print(_line(now, out, seconds - now.seconds), flush=True)
        before, ran = ran, _added(ran, said)
        if process.returncode and ran == before:
            print(f"{name} did not start: see {said}", file=sys.stderr)
            break
    return ran


def _added(before: Ran, log: Path) -> Ran:
    """The figures with those of the process that writes the log."""
    text = log.read_text("utf-8", "replace")
    states = _STATUS.findall(text)
    if not states:
        return before
    count, branches, features, corpus, rate = (int(x or 0) for x in states[-1])
    took = count / rate if rate else 0.0
    if done := _DONE.search(text):
        count, took = int(done[1]), float(done[2])
    return Ran(
        before.target,
        before.executions + count,
        before.seconds + took,
        max(before.branches, branches),
        max(before.features, features),
        corpus,
    )


def findings(out: Path, name: str) -> list[Path]:
    """Inputs that are findings: the worker's, and what libFuzzer kept when the process ended."""
    folder = out / "findings" / name
    return sorted(p for p in folder.glob("*") if p.suffix != ".txt") if folder.is_dir() else []


def _line(ran: Ran, out: Path, left: float) -> str:
    count = len(findings(out, ran.target))
    return (
        f"{ran.target}: {ran.executions:,} executions, {ran.features:,} features, {count} findings, {left:.0f} s left"
    )


def table(out: Path, names: Sequence[str]) -> Iterator[str]:
    """The runs of the folder added up, a line a target, with its findings below."""
    ran: dict[str, list[Ran]] = {}
    for line in (out / "runs.jsonl").read_text("utf-8").splitlines():
        one = Ran(**json.loads(line))
        ran.setdefault(one.target, []).append(one)
    yield f"{'target':<22}{'executions':>12}{'seconds':>9}{'per s':>9}{'branches':>10}{'features':>10}{'corpus':>8}{'findings':>10}"
    for name in names:
        runs = ran.get(name)
        if runs:
            executions, seconds = sum(r.executions for r in runs), sum(r.seconds for r in runs)
            found = findings(out, name)
            yield (
                f"{name:<22}{executions:>12,}{seconds:>9,.0f}{executions / max(seconds, 1):>9,.1f}{runs[-1].branches:>10,}"
                f"{runs[-1].features:>10,}{runs[-1].corpus:>8,}{len(found):>10}"
            )
            yield from (f"    {path}" for path in found)
    every = [r for name in names for r in ran.get(name, ())]
    yield f"{'all':<22}{sum(r.executions for r in every):>12,}{sum(r.seconds for r in every):>9,.0f}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run", description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--seconds", type=float, default=60, help="for each target")
    parser.add_argument("--targets", help=f"of {', '.join(TARGETS)}, between commas; without it all")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ROOT / "data" / "build" / "fuzz")
    parser.add_argument("--seed", type=int, default=1, help="where libFuzzer's random numbers begin")
    given = parser.parse_args()
    names = given.targets.split(",") if given.targets else list(TARGETS)
    if unknown := [n for n in names if n not in TARGETS]:
        parser.error(f"no target {', '.join(unknown)}: they are {', '.join(TARGETS)}")
    out: Path = given.out.resolve()
    out.mkdir(parents=True, exist_ok=True)

    def one(name: str) -> Ran:
        ran = fuzz(name, given.seconds, out, given.seed)
        with (out / "runs.jsonl").open("a", encoding="utf-8") as f:
            f.write(json.dumps(asdict(ran)) + "\n")
        print(_line(ran, out, 0), flush=True)
        return ran

    with ThreadPoolExecutor(max(1, given.processes)) as pool:
        every = list(pool.map(one, names))
    lines = list(table(out, list(TARGETS)))
    print("\n".join(lines))
    (out / "table.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 1 if any(findings(out, ran.target) or not ran.executions for ran in every) else 0


if __name__ == "__main__":
    sys.exit(main())
