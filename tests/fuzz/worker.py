"""One process that fuzzes one target with atheris (libFuzzer): keeps what it finds and goes on.

`python -m tests.fuzz.worker TARGET FOLDER SEED [libFuzzer's own options]`. What ends the process (a crash of native
code, a hang, too much memory), libFuzzer writes into the same folder of findings.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import re
import sys
import traceback
from pathlib import Path
from random import Random
from types import TracebackType

import atheris

_NO_NAME = re.compile(r"[^a-z0-9]+")


_ROOMS = ("form", "schema", "read", "normalize", "structure", "extract", "reconcile", "narrate", "issuers", "store")


def _instrumented(packages: list[str]) -> None:
    """Imports every module of the packages, of the pipeline those rooms that a target enters, with branches reported."""
    with atheris.instrument_imports(include=packages):
        for package in [f"pipeline.{room}" for room in _ROOMS] + packages[1:]:
            found = importlib.import_module(package)
            for module in pkgutil.walk_packages(found.__path__, f"{package}."):
                if module.name.endswith("__main__"):
                    continue
                try:
                    importlib.import_module(module.name)
                except ImportError:  # of an extra that is not installed
                    print(f"not instrumented: {module.name}", file=sys.stderr)


def _where(end: TracebackType | None) -> str:
    """The innermost line of the pipeline, for a finding's name."""
    frames = [f for f in traceback.extract_tb(end) if "/pipeline/" in f.filename]
    return f"{Path(frames[-1].filename).stem} {frames[-1].name} {frames[-1].lineno}" if frames else ""


class _Findings:
    """Writes each kind of finding once, with the shortest input that shows it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, data: bytes, error: BaseException) -> None:
        what = getattr(error, "what", None) or f"{type(error).__name__} {_where(error.__traceback__)}"
        name = _NO_NAME.sub("-", what.lower()).strip("-")[:80]
        path = self._folder / f"{name}.input"
        if path.exists() and path.stat().st_size <= len(data):
            return
        if not path.exists():
            print(f"FINDING {name} {hashlib.sha256(data).hexdigest()[:12]}", file=sys.stderr, flush=True)
        path.write_bytes(data)
        path.with_suffix(".txt").write_text("".join(traceback.format_exception(error)), encoding="utf-8")


def main() -> None:
    name, folder, seed, *options = sys.argv[1:]
    _instrumented(["pipeline", *(["doc2docx"] if name == "read_doc" else [])])
    from tests.fuzz.mutate import changed
    from tests.fuzz.target import examine, warm
    from tests.fuzz.targets import TARGETS

    target = TARGETS[name]
    home = Path(folder)
    corpus, seeds, findings = (home / part / name for part in ("corpus", "seeds", "findings"))
    for place in (corpus, seeds, findings):
        place.mkdir(parents=True, exist_ok=True)
    found = _Findings(findings)
    warm(target)
    for number, data in enumerate(target.seeds()):
        (seeds / str(number)).write_bytes(data)
    if target.words:  # libFuzzer takes no empty dictionary
        words = home / "seeds" / f"{name}.dict"
        words.write_text("".join(f'"{_escaped(w)}"\n' for w in dict.fromkeys(target.words) if w), encoding="ascii")
        options.append(f"-dict={words}")

    def mutated(data: bytes, most: int, chance: int) -> bytes:
        rng = Random(chance)
        return changed(data, rng, target.words, most) if rng.random() < 0.5 else atheris.Mutate(data, most)

    arguments = [
        sys.argv[0],
        f"-seed={seed}",
        f"-max_len={target.most_bytes}",
        f"-artifact_prefix={findings}/",
        *options,
        str(corpus),
        str(seeds),
    ]
    hooks = {"custom_mutator": mutated} if target.is_text else {}
    atheris.Setup(arguments, lambda data: run(target, data, found, examine), **hooks)
    atheris.Fuzz()


def run(target, data, found, examine) -> None:  # type: ignore[no-untyped-def]
    try:
        examine(target, data)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # that is what is looked for
        found.add(data, error)


def _escaped(word: str) -> str:
    return "".join(f"\\x{b:02x}" for b in word.encode())


if __name__ == "__main__":
    main()
