"""Objects of an S3-compatible store, through boto3: listed, read, copied, written. Errors are those of a file system.

Credentials and address come from the environment of the process that asks (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
`AWS_SESSION_TOKEN`, `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_S3_ADDRESSING_STYLE`) and from nowhere else; without a key
requests are not signed, as public buckets take them. What fails in passing is asked for again.
"""

from __future__ import annotations

import errno
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pipeline.store.places import S3Folder

T = TypeVar("T")

_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_S3_ADDRESSING_STYLE",
)
_ATTEMPTS, _FEW = 8, 4
_FIRST_WAIT = 0.2
"""Seconds before the second attempt; twice as long before each further one: 25 s in all, or 1.4 s for `_FEW`."""
_BLOCK = 1 << 20
_PASSING = ("SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable")
"""Codes of S3 after which the same request may succeed."""
_ERRNO = {403: errno.EACCES, 404: errno.ENOENT}
_WHOLE = {
    "list_objects_v2": ("IsTruncated",),
    "head_object": ("ContentLength", "ETag", "LastModified"),
    "get_object": ("ContentLength", "ETag"),
    "put_object": ("ETag",),
}
"""What a whole answer has. One that breaks off between its headers reads as a success without any: an empty folder."""
CONNECTIONS = 32
"""Requests at once."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as the listing of a folder tells it. `path` is its key without that of the folder."""

    path: str
    size: int
    etag: str
    changed: str

    @property
    def signature(self) -> str:
        """Is another one once the object was written anew."""
        return f"{self.size} {self.etag} {self.changed}"


class _Passing(Exception):
    """What may not happen again; carries what to raise if it does."""


_attempts: ContextVar[int] = ContextVar("attempts", default=_ATTEMPTS)
_is_down = False
"""Whether the last request was given up: as long as the store does not answer, each further one would wait as long."""


@contextmanager
def hasty() -> Iterator[None]:
    """Within, requests are given up sooner: for one document of many, which the next run asks for again."""
    before = _attempts.set(_FEW)
    try:
        yield
    finally:
        _attempts.reset(before)


def listing(folder: S3Folder, is_flat: bool = False) -> Iterator[Listed]:
    """The objects below a folder, or only those directly in it, in the order of their keys. Raises OSError."""
    token = {"Delimiter": "/"} if is_flat else {}
    while True:
        page = _ask(folder, "", "list_objects_v2", Prefix=folder.start, **token)
        for entry in page.get("Contents", ()):
            path = entry["Key"].removeprefix(folder.start)
            yield Listed(path, entry["Size"], entry["ETag"].strip('"'), entry["LastModified"].isoformat())
        if not page.get("IsTruncated"):
            return
        token["ContinuationToken"] = page["NextContinuationToken"]


def ask(folder: S3Folder) -> None:
    """Asks for no more than an answer. Raises OSError."""
    _ask(folder, "", "list_objects_v2", Prefix=folder.start, MaxKeys=1)


def look(folder: S3Folder, path: str) -> Listed:
    """One object, its bytes left alone. Raises OSError."""
    about = _ask(folder, path, "head_object")
    return Listed(path, about["ContentLength"], about["ETag"].strip('"'), about["LastModified"].isoformat())


def exists(folder: S3Folder, path: str) -> bool:
    """Raises OSError where the store does not say."""
    try:
        look(folder, path)
    except FileNotFoundError:
        return False
    return True


def head(folder: S3Folder, path: str, count: int) -> bytes:
    """The first bytes of an object that is not empty. Raises OSError."""

    def read() -> bytes:
        answer = _ask_once(folder, path, "get_object", Range=f"bytes=0-{count - 1}")
        with _told(folder, path):
            data: bytes = answer["Body"].read()
        return data

    return _persist(read)


class Body:
    """An object's bytes, read forward. Where the connection breaks off, reading goes on at the byte that is missing."""

    def __init__(self, folder: S3Folder, path: str) -> None:
        """Raises OSError."""
        self._folder, self._path, self._at = folder, path, 0
        answer = _ask(folder, path, "get_object")
        self.size: int = answer["ContentLength"]
        self._etag, self._stream = answer["ETag"], answer["Body"]

    def __enter__(self) -> Body:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:  # it broke off for good
            self._stream.close()

    def read(self, count: int) -> bytes:
        """At most so many bytes, none only at the end. Raises OSError."""
        return _persist(lambda: self._read(min(count, self.size - self._at)))

    def _read(self, count: int) -> bytes:
        if count <= 0:
            return b""
        if self._stream is None:
            rest = {"Range": f"bytes={self._at}-", "IfMatch": self._etag}
            self._stream = _ask_once(self._folder, self._path, "get_object", **rest)["Body"]
        try:
            with _told(self._folder, self._path):
                data: bytes = self._stream.read(count)
                if not data:
                    raise ConnectionError
        except _Passing:
            self._stream.close()
            self._stream = None
            raise
        self._at += len(data)
        return data


def download(folder: S3Folder, path: str, to: Path) -> None:
    """Copies an object into a file. Raises OSError."""
    with Body(folder, path) as body, to.open("wb") as f:
        while block := body.read(_BLOCK):
            f.write(block)


def upload(path: Path, folder: S3Folder, name: str) -> None:
    """Copies a file into an object, which is there whole or not at all; a large one goes in parts. Raises OSError."""

    def send() -> None:
        with _told(folder, name):
            _client().upload_file(str(path), folder.bucket, folder.key(name))

    _persist(send)


def write(data: bytes, folder: S3Folder, name: str) -> None:
    """Writes an object, replacing what is there. Raises OSError."""
    _ask(folder, name, "put_object", Body=data)


def remove(folder: S3Folder, name: str) -> None:
    """Removes an object; one that is not there is no error. Raises OSError."""
    _ask(folder, name, "delete_object")


# ---- asking -------------------------------------------------------------------------------------------------------
def _ask(folder: S3Folder, path: str, request: str, **arguments: Any) -> Any:
    return _persist(lambda: _ask_once(folder, path, request, **arguments))


def _ask_once(folder: S3Folder, path: str, request: str, **arguments: Any) -> Any:
    key = {"Key": folder.key(path)} if path else {}
    with _told(folder, path):
        answer = getattr(_client(), request)(Bucket=folder.bucket, **key, **arguments)
        if any(field not in answer for field in _WHOLE.get(request, ())):
            raise ConnectionError
        return answer


def _persist(do: Callable[[], T]) -> T:
    global _is_down
    attempts = _FEW if _is_down else _attempts.get()
    for attempt in range(attempts):
        try:
            done = do()
        except _Passing as passing:
            if attempt + 1 == attempts:
                _is_down = True
                raise passing.args[0] from None
        else:
            _is_down = False
            return done
        time.sleep(_FIRST_WAIT * 2**attempt)
    raise AssertionError("unreachable")


class _told:
    """Says errors of the library as those of a file system, in words that are the same each time.

    EIO is for what may pass; EPROTO and EINVAL are for what the same request meets again.
    """

    def __init__(self, folder: S3Folder, path: str) -> None:
        self._place = f"{folder}/{path}".rstrip("/")

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        import boto3.exceptions
        import botocore.exceptions
        import botocore.parsers

        if error is None or isinstance(error, _Passing):
            return
        if isinstance(error, boto3.exceptions.S3UploadFailedError) and error.__context__ is not None:
            error = error.__context__
        if isinstance(error, botocore.exceptions.ClientError):
            status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
            code = str(error.response.get("Error", {}).get("Code", ""))
            if status in _ERRNO:
                raise OSError(_ERRNO[status], os.strerror(_ERRNO[status]), self._place) from None
            is_passing = status >= 500 or status == 429 or code in _PASSING
            number = errno.EIO if is_passing else errno.EPROTO
            said = OSError(number, f"the service answers {status} {code}".rstrip(), self._place)
            raise (_Passing(said) if is_passing else said) from None
        if isinstance(error, botocore.exceptions.SSLError):
            raise OSError(errno.EPROTO, "the certificate of the service is not trusted", self._place) from None
        passing = (
            botocore.exceptions.HTTPClientError,
            botocore.exceptions.ConnectionError,
            botocore.exceptions.IncompleteReadError,
            botocore.parsers.ResponseParserError,
            ConnectionError,
        )
        if isinstance(error, passing):
            raise _Passing(OSError(errno.EIO, "the connection broke off", self._place)) from None
        if isinstance(error, botocore.exceptions.BotoCoreError | ValueError):
            raise OSError(errno.EINVAL, f"{error}: check the variables AWS_*", self._place) from None


def _client() -> Any:
    return _made(tuple((v, os.environ.get(v) or None) for v in _VARIABLES))


@lru_cache(maxsize=2)
def _made(settings: tuple[tuple[str, str | None], ...]) -> Any:
    """Neither files of the home folder nor a service of a cloud machine are asked for credentials."""
    try:
        import boto3
        import botocore
        import botocore.config
    except ImportError:
        raise OSError(errno.ENOPKG, "places on S3 need boto3: pip install 'ogi-panel[s3]'") from None
    # At its loudest the library logs the headers that it signs, a session's token among them.
    for name in ("botocore", "boto3"):
        logging.getLogger(name).setLevel(logging.INFO)
    said = dict(settings)
    address = said["AWS_ENDPOINT_URL"]
    if address is not None and urlsplit(address).scheme not in ("http", "https"):
        raise OSError(errno.EINVAL, f"AWS_ENDPOINT_URL is no address: {address!r}; write it as https://…")
    if bool(said["AWS_ACCESS_KEY_ID"]) != bool(said["AWS_SECRET_ACCESS_KEY"]):
        raise OSError(errno.EINVAL, "of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY only one is set: set both or none")
    signed = {} if said["AWS_ACCESS_KEY_ID"] else {"signature_version": botocore.UNSIGNED}
    session = boto3.session.Session(
        aws_access_key_id=said["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=said["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=said["AWS_SESSION_TOKEN"],
        region_name=said["AWS_REGION"] or said["AWS_DEFAULT_REGION"] or "us-east-1",
    )
    config = botocore.config.Config(
        s3={"addressing_style": said["AWS_S3_ADDRESSING_STYLE"] or ("path" if address else "auto")},
        ignore_configured_endpoint_urls=True,
        retries={"total_max_attempts": 1},
        # Four attempts stay below the limit for one document: a silent store is not to pass for a long document.
        connect_timeout=10,
        read_timeout=28,
        max_pool_connections=CONNECTIONS,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        proxies={"http": "", "https": ""} if address and _is_loopback(address) else None,
        **signed,
    )
    return session.client("s3", endpoint_url=address, config=config)


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
