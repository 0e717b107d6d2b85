"""Where input, output and exchange lie: a folder of this machine, or `s3://BUCKET/PREFIX` in an S3-compatible store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

S3 = "s3://"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)


class PlaceWrong(ValueError):
    """A text that names no place; the message says how one is written."""


@dataclass(frozen=True, slots=True)
class S3Folder:
    """The objects of a bucket whose keys begin with `prefix` and a slash; all of them where it is empty.

    Only a name: neither a connection nor a secret, so that it travels between processes and hosts.
    """

    bucket: str
    prefix: str = ""

    def __str__(self) -> str:
        return f"{S3}{self.bucket}/{self.prefix}".rstrip("/")

    @property
    def name(self) -> str:
        return self.prefix.rpartition("/")[2] or self.bucket

    @property
    def start(self) -> str:
        """What the keys of all objects in here begin with."""
        return f"{self.prefix}/" if self.prefix else ""

    def key(self, path: str) -> str:
        return self.start + path

    def __truediv__(self, path: str) -> S3Folder:
        return S3Folder(self.bucket, self.key(path))

    def resolve(self) -> S3Folder:
        """Itself: as a path has it, so that either is noted in the same way."""
        return self


Place: TypeAlias = Path | S3Folder


def place_of(text: str) -> Place:
    """The place that a text names. Raises PlaceWrong."""
    if not text.startswith(S3):
        if not text or "://" in text or "\0" in text:
            raise PlaceWrong(f"{text!r} is no place: write the path of a folder, or s3://BUCKET/PREFIX")
        return Path(text)
    bucket, _, prefix = text.removeprefix(S3).partition("/")
    prefix = prefix.strip("/")
    if not _BUCKET.fullmatch(bucket) or any(part in ("", ".", "..") for part in prefix.split("/") if prefix):
        raise PlaceWrong(f"{text!r} names no bucket: write s3://BUCKET/PREFIX")
    return S3Folder(bucket, prefix)
