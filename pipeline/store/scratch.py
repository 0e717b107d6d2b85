"""A folder for the temporary files of this process, removed with it; what a killed process left goes with the next one."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

_NAME = "ogi-scratch-"
_OWNER = "owner"


@cache
def folder() -> Path:
    """The folder of this process. Raises OSError where the system's temporary folder cannot be written."""
    _clear()
    # Named only once it is locked: a folder without its lock would be taken for one that a killed process left.
    beside = Path(tempfile.mkdtemp(prefix=".ogi-new-"))
    handle = os.open(beside / _OWNER, os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)
    own = beside.rename(beside.with_name(_NAME + beside.name.removeprefix(".ogi-new-")))
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    return own


def _clear() -> None:
    """Removes the folders whose owners are gone: the system frees the lock of a process however it ends."""
    for left in Path(tempfile.gettempdir()).glob(_NAME + "*"):
        try:
            handle = os.open(left / _OWNER, os.O_RDWR)
        except OSError:  # another user's, or somebody else clears it away
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        else:
            shutil.rmtree(left, ignore_errors=True)
        finally:
            os.close(handle)
