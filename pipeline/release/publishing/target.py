"""Where a release goes: what stands after `--to`, and the address of the service, which the environment may change."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from pipeline.data_files import table_rows
from pipeline.release.publishing.errors import PublishingRefused

Kind: TypeAlias = Literal["zenodo", "huggingface", "s3", "folder"]
_RECORD = re.compile(r"[1-9]\d{0,14}", re.ASCII)
_DATASET = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Service:
    """What `targets.csv` says of a service: its address and limits, and the variables that hold address and token."""

    name: str
    address: str
    address_variable: str
    token_variable: str
    files_at_most: int | None
    bytes_at_most: int | None


@dataclass(frozen=True, slots=True)
class Target:
    """A place for releases. `name` is a record, a dataset, bucket and prefix, or a folder; blank for a new record."""

    kind: Kind
    name: str
    address: str = ""
    """Of the service; blank for a folder, and for S3 where the address follows from the region."""

    @staticmethod
    def of(text: str, environment: Mapping[str, str]) -> Target:
        """The target that a text names. Raises PublishingRefused."""
        kind, colon, name = text.partition(":")
        if kind == "s3" and colon:
            bucket, _, prefix = name.removeprefix("//").partition("/")
            prefix = prefix.strip("/")
            if not (name.startswith("//") and _BUCKET.fullmatch(bucket)) or any(
                part in ("", ".", "..") for part in prefix.split("/") if prefix
            ):
                raise PublishingRefused(f"{text!r} names no bucket: write s3://BUCKET/PREFIX")
            return Target("s3", f"{bucket}/{prefix}".rstrip("/"), _address("s3", environment))
        if kind == "zenodo":
            if colon and not _RECORD.fullmatch(name):
                raise PublishingRefused(f"{text!r} names no record: write zenodo:1234567, or zenodo for a new one")
            return Target("zenodo", name, _address("zenodo", environment))
        if kind == "huggingface":
            if not _DATASET.fullmatch(name):
                raise PublishingRefused(f"{text!r} names no dataset: write huggingface:OWNER/NAME")
            return Target("huggingface", name, _address("huggingface", environment))
        if not text or "://" in text or "\0" in text:
            raise PublishingRefused(
                f"{text!r} is no target: write zenodo, zenodo:RECORD, huggingface:OWNER/NAME, s3://BUCKET/PREFIX or a folder"
            )
        return Target("folder", text)


def service(kind: Kind) -> Service:
    """What is known of a service."""
    row = next(r for r in table_rows(__package__, "targets.csv") if r["target"] == kind)
    return Service(
        row["name"],
        row["address"],
        row["address_variable"],
        row["token_variable"],
        int(row["files_at_most"]) if row["files_at_most"] else None,
        int(row["bytes_at_most"]) if row["bytes_at_most"] else None,
    )


def is_loopback(address: str) -> bool:
    """Whether an address leads to this machine and nowhere else."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def origin(address: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: what must stay the same wherever a token is sent. Raises ValueError."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname or "", parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def _address(kind: Kind, environment: Mapping[str, str]) -> str:
    known = service(kind)
    address = environment.get(known.address_variable, "").strip() or known.address
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        is_plain = parts.port != 0 and bool(parts.hostname) and not (parts.username or parts.query or parts.fragment)
    except ValueError:
        is_plain = False
    if not is_plain or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(address))):
        raise PublishingRefused(
            f"{known.address_variable} must be an https:// address without credentials; http:// is taken for this machine only"
        )
    return address.rstrip("/")
