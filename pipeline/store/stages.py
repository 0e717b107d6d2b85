"""Steps of the corpus half that need not run again: the same code over the same inputs has left its outputs already.

A step's note names its code (with all that it imports, the packages and Python), the hashes of its inputs, and the hashes
of what it wrote. It is written after the outputs, so a step that was killed has none that fits.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pipeline.store import closure, software
from pipeline.store.files import replace_text
from pipeline.store.layout import Layout


def run(
    layout: Layout,
    stage: str,
    work: Callable[[], object],
    *,
    modules: Sequence[str],
    inputs: Sequence[Path],
    outputs: Sequence[Path],
    facts: object = None,
) -> bool:
    """Calls `work` unless what it would write is there. Whether it was called.

    `modules` decide with `inputs` and `facts` (anything that JSON can say) what `work` writes to `outputs`.
    """
    key = {
        "code": closure.digest(*modules),
        "python": platform.python_version(),
        "packages": software.packages(),
        "inputs": {p.name: hash_of(layout, p) for p in inputs},
        "facts": json.loads(json.dumps(facts)),
    }
    path = layout.stage_note(stage)
    if _read(path) == {"key": key, "outputs": {p.name: hash_of(layout, p) for p in outputs}}:
        return False
    path.unlink(missing_ok=True)
    work()
    done = {"key": key, "outputs": {p.name: hash_of(layout, p) for p in outputs}}
    replace_text(path, json.dumps(done, indent=1, sort_keys=True, ensure_ascii=False))
    return True


def hash_of(layout: Layout, path: Path) -> str | None:
    """SHA-256 of a working file, None where there is none. It is read only if it changed since it was hashed last."""
    try:
        s = path.stat()
    except FileNotFoundError:
        return None
    signature = f"{s.st_size} {s.st_mtime_ns} {s.st_ctime_ns} {s.st_ino}"
    known = _read(layout.hashes) or {}
    name = path.relative_to(layout.out).as_posix() if path.is_relative_to(layout.out) else str(path)
    noted: list[str] = known.get(name, ["", ""])
    if noted[0] != signature:
        with path.open("rb") as f:
            noted = [signature, hashlib.file_digest(f, "sha256").hexdigest()]
        replace_text(layout.hashes, json.dumps({**known, name: noted}, indent=1, sort_keys=True))
    return noted[1]


def _read(path: Path) -> Any:
    """What a note says; None where there is none that can be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
