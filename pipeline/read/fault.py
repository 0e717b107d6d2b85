"""What a reader raises where a document cannot be read: `read_document` makes a row with a reason code of it."""

from __future__ import annotations

import errno

LACKING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM})
"""Errors of the system that say nothing about a document: this machine lacks something, and the next one would fare no
better."""


class Fault(Exception):
    """A document that ends as `unreadable`: `reason_code` as in the code list, `reason` in words."""

    def __init__(self, reason_code: str, reason: str) -> None:
        super().__init__(reason)
        self.reason_code = reason_code
        self.reason = reason


def too_complex(what: str, limit: int) -> Fault:
    """A limit that was reached: `too_complex("pages", 500)`."""
    return Fault("too_complex", f"More than {limit:,} {what}, the limit for one document.")
