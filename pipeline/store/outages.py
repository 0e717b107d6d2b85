"""Tells what is wrong with one document from what is wrong with the place where all lie, or with this machine.

A document that cannot be opened is a row with its reason. A share that is away, a store that does not answer or whose
credentials ran out is none: the documents there are what they were, and a dataset without them would be a loss.
"""

from __future__ import annotations

import errno
import os
import tempfile

from pipeline.read.fault import LACKING
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


_A_LITTLE = 1 << 20


class Outage(OSError):
    """The input as a whole does not answer any more, or this machine lacks what it takes to read: no document is to blame.
    `errno` is that of the system or of the store."""


def is_outage(error: OSError) -> bool:
    """Whether an error that a folder of the input gives is no property of that folder."""
    return error.errno in LACKING or error.errno in PASSING


def require(root: Place) -> None:
    """Asks this machine and the place of the input for a sign of life, after a document could not be had or read for a
    reason that is not its content. Raises Outage."""
    try:
        with tempfile.TemporaryFile() as probe:
            probe.write(bytes(_A_LITTLE))
            probe.flush()
    except OSError as e:
        raise Outage(e.errno, f"temporary files cannot be written ({e.strerror})", tempfile.gettempdir()) from None
    try:
        _ask(root)
    except OSError as e:
        why = e.strerror or type(e).__name__
        raise Outage(e.errno, f"the input does not answer any more ({why})", str(root)) from None


def _ask(root: Place) -> None:
    if isinstance(root, S3Folder):
        with objects.hasty():
            objects.ask(root)
        return
    os.statvfs(root)  # unlike what is looked up, this asks the server of a share each time
    with os.scandir(root) as entries:
        if next(entries, None) is None:  # what is left of a share that is not mounted any more
            raise FileNotFoundError(errno.ENOENT, "the folder is empty now")
