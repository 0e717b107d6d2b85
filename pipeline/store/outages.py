"""Tells what is wrong with one document from what is wrong with the place where all lie, or with this machine.

A document that cannot be opened is a row with its reason. A share that is away, a store that does not answer or whose
credentials ran out is none: the documents there are what they were, and a dataset without them would be a loss.
"""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from pipeline import limits
from pipeline.store import objects
from pipeline.store.places import Place, S3Folder

PASSING = frozenset(
    {
        errno.EAGAIN,
        errno.EBUSY,
        errno.EINTR,
        errno.EIO,
        errno.ESTALE,
        errno.ETIMEDOUT,
        errno.ECONNABORTED,
        errno.ECONNREFUSED,
        errno.ECONNRESET,
        errno.EHOSTDOWN,
        errno.EHOSTUNREACH,
        errno.ENETDOWN,
        errno.ENETUNREACH,
    }
)
"""Errors of disks and networks that may be gone in a minute. A full or read-only disk is not among them: it takes a hand."""
_ITS_OWN = frozenset(
    {errno.ENOENT, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL}
)
"""Errors of what is not there, or may not be opened: the disk itself is well."""
_A_LITTLE = 1 << 16
_TIMES = 16


class Outage(OSError):
    """The input as a whole does not answer any more, or this machine lacks what it takes to read: no document is to blame.
    `errno` is that of the system or of the store."""


def is_outage(error: OSError) -> bool:
    """Whether an error that the system gives for a file or folder is that of its disk or share."""
    return error.errno not in _ITS_OWN


def require(root: Place, path: str = "") -> None:
    """Asks this machine and the place of the input for a sign of life, after the document at `path` could not be had or
    read for a reason that is not its content. Raises Outage.

    The folders above a document are asked, too: one may be a share of its own.
    """
    limits.sign_of_life()  # an answer may take as long as the document did
    try:
        _write()
    except OSError as e:
        raise Outage(e.errno, f"temporary files cannot be written ({e.strerror})") from None
    try:
        if isinstance(root, S3Folder):
            with objects.hasty():
                objects.ask(root)
        else:
            _ask(root, path)
    except OSError as e:
        why = e.strerror or type(e).__name__
        raise Outage(e.errno, f"the input does not answer any more ({why})", str(root)) from None


def _write() -> None:
    with tempfile.TemporaryFile() as probe:
        for _ in range(_TIMES):
            probe.write(bytes(_A_LITTLE))
        probe.flush()


def _ask(root: Path, path: str) -> None:
    os.statvfs(root)  # unlike what is looked up, this asks the server of a share each time
    with os.scandir(root) as entries:
        if next(entries, None) is None:  # what is left of a share that is not mounted any more
            raise FileNotFoundError(errno.ENOENT, "the folder is empty now")
    for folder in list((root / path).parents)[: path.count("/")]:
        try:
            os.statvfs(folder)
        except OSError as e:
            if is_outage(e):
                raise
