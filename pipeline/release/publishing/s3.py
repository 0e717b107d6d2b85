"""Publishes to an S3-compatible store: large files in parts that a second call continues, nothing ever overwritten."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from pipeline.release.publishing.contents import File
from pipeline.release.publishing.errors import PublishingRefused
from pipeline.release.publishing.journal import Journal
from pipeline.release.publishing.model import Outcome, Plan, Setting, Upload
from pipeline.release.publishing.s3_requests import Bucket

PART = 8 * 1024**2
"""Bytes; a store takes no less than 5 MiB, but for the last part."""
_MOST_PARTS = 10_000
_BLOCK = 1024**2
_MOST_KEYS = 100_000
_LOST = ("PreconditionFailed", "NoSuchUpload")
"""Codes of a request that may have been carried out before, its answer lost."""
_SUM = "sha256"
"""Name of the metadata of an object in which the SHA-256 of the whole file stands: S3 itself gives none for parts."""


class ToS3:
    """The release lies below `BUCKET/PREFIX/<version>/`; its sums come last, so that who sees them can have all."""

    def __init__(self, setting: Setting) -> None:
        self._setting, self._release = setting, setting.release
        self._name, _, prefix = setting.target.name.partition("/")
        self._bucket = Bucket(self._name, setting)
        self._prefix = f"{prefix}/{setting.release.version}/".lstrip("/")
        self._journal = Journal(setting.release, setting.target)

    def plan(self) -> Plan:
        """Raises PublishingRefused where an object with other content has the name of a file of the release."""
        notes = ["objects are never overwritten"]
        if not self._bucket.has_credentials:
            notes.append("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: what is there already is not known")
            return self._planned(None, notes)
        there = self._there()
        self._require_same(there)
        return self._planned({path for path, is_same in there.items() if is_same}, notes)

    def publish(self, final: bool) -> Outcome:
        """A second call sends what is not there, and goes on with the parts of a file that was cut."""
        if not self._bucket.has_credentials:
            raise PublishingRefused(
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: put the credentials there"
            )
        there = self._there()
        self._require_same(there)
        sent = 0
        for file in self._release.files:
            if there.get(file.path):
                continue
            if file.size > PART:
                self._send_parts(file)
            else:
                self._send_whole(file)
            sent += 1
            self._setting.progress(f"{file.path}: sent, {file.size:,} bytes")
        there = self._there()
        if missing := [f.path for f in self._release.files if not there.get(f.path)]:
            raise PublishingRefused(f"{missing[0]} does not lie there as it was sent: another works on it; call again")
        self._journal.end()
        return Outcome(self._place(), sent, len(self._release.files) - sent)

    def _place(self) -> str:
        return f"s3://{self._name}/{self._prefix}"

    def _planned(self, there: set[str] | None, notes: list[str]) -> Plan:
        uploads = tuple(
            Upload(self._prefix + f.path, f.size, None if there is None else f.path in there)
            for f in self._release.files
        )
        return Plan(self._release, self._setting.target, self._place(), uploads, tuple(notes))

    def _there(self) -> dict[str, bool]:
        """Paths of the release at which an object lies, and whether it has the same content."""
        sizes: dict[str, int] = {}
        more: dict[str, Any] = {}
        while len(sizes) <= _MOST_KEYS:
            found = self._bucket.ask("list_objects_v2", Prefix=self._prefix, **more)
            for entry in found.get("Contents", []):
                sizes[entry["Key"]] = int(entry["Size"])
            if not found.get("IsTruncated"):
                break
            more = {"ContinuationToken": found["NextContinuationToken"]}
        return {
            f.path: sizes[self._prefix + f.path] == f.size and self._is_same(f)
            for f in self._release.files
            if self._prefix + f.path in sizes
        }

    def _is_same(self, file: File) -> bool:
        """By the sum noted with the object; one without such a note was put there by other means, and is read."""
        head = self._bucket.ask("head_object", Key=self._prefix + file.path)
        noted = head.get("Metadata", {}).get(_SUM)
        if noted is not None:
            return bool(noted == file.sha256)

        def read() -> str:
            body = self._bucket.ask_once("get_object", Key=self._prefix + file.path)["Body"]
            out = hashlib.sha256()
            with self._bucket.told("get_object"):
                for piece in body.iter_chunks(_BLOCK):
                    out.update(piece)
            return out.hexdigest()

        return self._bucket.persist(read) == file.sha256

    def _require_same(self, there: dict[str, bool]) -> None:
        if other := [path for path, is_same in there.items() if not is_same]:
            raise PublishingRefused(
                f"{self._place()}{other[0]} is there already, with other content: a release that is published stays as it "
                "is; release the changes as a new version, or name another prefix"
            )

    def _send_whole(self, file: File) -> None:
        data = (self._release.root / file.path).read_bytes()
        self._create(
            file,
            lambda: self._bucket.ask_once(
                "put_object",
                _LOST,
                Key=self._prefix + file.path,
                Body=data,
                ChecksumSHA256=_base64(bytes.fromhex(file.sha256)),
                Metadata={_SUM: file.sha256},
                IfNoneMatch="*",
            ),
        )

    def _send_parts(self, file: File) -> None:
        """Sends the parts that are not there, and has them put together. The journal keeps the name of the upload."""
        upload, there = self._upload(file)
        length = max(PART, -(-file.size // _MOST_PARTS))
        parts = []
        with (self._release.root / file.path).open("rb") as f:
            for number in range(1, -(-file.size // length) + 1):
                data = f.read(length)
                parts.append(
                    there.get(number) if _is_part(there.get(number), data) else self._part(file, upload, number, data)
                )
        done = [
            {k: p[k] for k in ("PartNumber", "ETag", "ChecksumSHA256") if k in p} for p in parts if p is not None
        ]  # fmt: skip
        self._create(
            file,
            lambda: self._bucket.ask_once(
                "complete_multipart_upload",
                _LOST,
                Key=self._prefix + file.path,
                UploadId=upload,
                MultipartUpload={"Parts": done},
                IfNoneMatch="*",
            ),
        )
        self._journal.forget(file.path)

    def _part(self, file: File, upload: str, number: int, data: bytes) -> dict[str, Any]:
        checksum = _base64(hashlib.sha256(data).digest())
        answer = self._bucket.ask(
            "upload_part",
            Key=self._prefix + file.path,
            UploadId=upload,
            PartNumber=number,
            Body=data,
            ChecksumSHA256=checksum,
        )
        self._setting.progress(f"{file.path}: part {number} sent, {len(data):,} bytes")
        return {"PartNumber": number, "ETag": answer["ETag"], "ChecksumSHA256": checksum}

    def _upload(self, file: File) -> tuple[str, dict[int, dict[str, Any]]]:
        """The multipart upload of a file and its parts that are there: the one begun before, else a new one."""
        begun = self._journal.get(file.path)
        if begun is not None and (parts := self._parts(file, begun)) is not None:
            return begun, parts
        made = self._bucket.ask(
            "create_multipart_upload",
            Key=self._prefix + file.path,
            ChecksumAlgorithm="SHA256",
            Metadata={_SUM: file.sha256},
        )
        self._journal.note(file.path, made["UploadId"])
        return made["UploadId"], {}

    def _parts(self, file: File, upload: str) -> dict[int, dict[str, Any]] | None:
        """By number; None where the upload is no longer there."""
        out: dict[int, dict[str, Any]] = {}
        more: dict[str, Any] = {}
        while len(out) <= _MOST_PARTS:
            found = self._bucket.ask(
                "list_parts", Key=self._prefix + file.path, UploadId=upload, missing=("NoSuchUpload",), **more
            )
            if found is None:
                return None
            out |= {p["PartNumber"]: p for p in found.get("Parts", [])}
            if not found.get("IsTruncated"):
                break
            more = {"PartNumberMarker": found["NextPartNumberMarker"]}
        return out

    def _create(self, file: File, do: Callable[[], Any]) -> None:
        """Makes an object that was not there. Where the answer to an earlier attempt was lost, it may be there by now."""

        def once() -> None:
            if do() is None and not self._is_same(file):
                self._require_same({file.path: False})

        self._bucket.persist(once)


def _is_part(part: dict[str, Any] | None, data: bytes) -> bool:
    """Whether a part that is there has the same bytes: by its SHA-256, else by the ETag where that is an MD5."""
    if part is None or int(part.get("Size", -1)) != len(data):
        return False
    if checksum := part.get("ChecksumSHA256"):
        return bool(checksum == _base64(hashlib.sha256(data).digest()))
    return bool(part.get("ETag", "").strip('"') == hashlib.md5(data, usedforsecurity=False).hexdigest())


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
