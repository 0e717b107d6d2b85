"""Publishes in a process of its own, which a test may kill: `python -m tests.release.publish_process FOLDER TO [final]`.

Everything that any library logs is printed, as a user with the loudest setting would see it.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

from pipeline.release.publishing import Patience, PublishingInterrupted, PublishingRefused, plan, publish
from tests.conftest import ROOT


def main(folder: str, to: str, final: str = "") -> int:
    logging.basicConfig(level=logging.DEBUG)
    logging.debug("everything is logged")
    quick = Patience(attempts=int(os.environ.get("ATTEMPTS", "4")), first=0.01, longest=0.05)
    try:
        planned = plan(Path(folder), to, patience=quick)
        print(planned)
        print(publish(planned, lambda line: print(line, flush=True), final=bool(final), patience=quick))
    except PublishingRefused as e:
        print(f"refused: {e}")
        return 1
    except PublishingInterrupted as e:
        print(f"interrupted: {e}")
        return 2
    return 0


def start(
    folder: Path, to: str, *more: str, out: int = subprocess.DEVNULL, **environment: str
) -> subprocess.Popen[str]:
    """Starts it with an environment that knows nothing but what it is given."""
    given = {"PATH": os.environ["PATH"], "HOME": str(folder.parent), "PYTHONUTF8": "1", **environment}
    command = [sys.executable, "-X", "dev", "-m", "tests.release.publish_process", str(folder), to, *more]
    return subprocess.Popen(command, cwd=ROOT, env=given, stdout=out, stderr=subprocess.STDOUT, text=True)


def run(folder: Path, to: str, *more: str, **environment: str) -> tuple[int, str]:
    """The status and everything it printed."""
    process = start(folder, to, *more, out=subprocess.PIPE, **environment)
    out, _ = process.communicate(timeout=120)
    return process.returncode, out


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
