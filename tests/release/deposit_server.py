"""A deposit service on this machine that speaks the requests that Zenodo documents, with its statuses.

See https://developers.zenodo.org; files are kept in memory.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.release.faulty_server import Reply, Request, Service, serve

_REQUIRED = ("upload_type", "title", "creators", "description", "publication_date", "license")


@dataclass
class Record:
    """A deposit; `files` by name: identifier and content."""

    number: int
    concept: int
    metadata: dict[str, Any]
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    is_published: bool = False


class Deposits(Service):
    """The state of the service, which a test may look at and change."""

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[int, Record] = {}
        self.put_keys: list[str] = []
        self.address = ""
        self._next = 1001

    def new(self, metadata: dict[str, Any], concept: int | None = None) -> Record:
        number, self._next = self._next, self._next + 1
        self.records[number] = Record(number, concept or number, metadata)
        return self.records[number]

    def only(self) -> Record:
        (record,) = self.records.values()
        return record

    def answer(self, request: Request) -> Reply:
        path, method = request.path.removeprefix("/api/"), request.method
        if m := re.fullmatch(r"files/bucket-(\d+)/([^/]+)", path):
            return self._put_file(method, int(m[1]), m[2], request.body)
        if path == "deposit/depositions":
            return self._list(request.query) if method == "GET" else self._create(request)
        m = re.fullmatch(r"deposit/depositions/(\d+)(/.*)?", path)
        record = self.records.get(int(m[1])) if m else None
        if m is None or record is None:
            return _error(404, "Deposition not found")
        match method, m[2] or "":
            case "GET", "":
                return Reply(200, self._said(record))
            case "PUT", "":
                return self._describe(record, request.body)
            case "GET", "/files":
                return Reply(200, [_file(key, name, data) for key, (name, data) in record.files.items()])
            case "DELETE", rest if rest.startswith("/files/"):
                return self._delete(record, rest.removeprefix("/files/"))
            case "POST", "/actions/newversion":
                return self._new_version(record)
            case "POST", "/actions/publish":
                return self._publish(record)
        return _error(405, "Method not allowed")

    def _said(self, record: Record) -> dict[str, Any]:
        own = f"{self.address}/deposit/depositions/{record.number}"
        draft = next(iter(self._drafts(record.concept)), record)
        doi = f"10.5072/zenodo.{record.number}"
        return {
            "id": record.number,
            "conceptrecid": str(record.concept),
            "submitted": record.is_published,
            "state": "done" if record.is_published else "unsubmitted",
            "title": record.metadata.get("title", ""),
            "metadata": {**record.metadata, "prereserve_doi": {"doi": doi, "recid": record.number}},
            **({"doi": doi} if record.is_published else {}),
            "links": {
                "self": own,
                "html": f"{self.address.removesuffix('/api')}/deposit/{record.number}",
                "bucket": f"{self.address}/files/bucket-{record.number}",
                "latest_draft": f"{self.address}/deposit/depositions/{draft.number}",
            },
        }

    def _drafts(self, concept: int) -> list[Record]:
        return [r for r in self.records.values() if r.concept == concept and not r.is_published]

    def _put_file(self, method: str, number: int, key: str, body: bytes) -> Reply:
        record = self.records.get(number)
        if method != "PUT" or record is None:
            return _error(404, "Bucket not found")
        if record.is_published:
            return _error(403, "Bucket is locked")
        if key not in record.files and len(record.files) >= 100:
            return _error(400, "Too many files")
        record.files[key] = (f"file-{number}-{len(record.files)}-{key}", body)
        self.put_keys.append(key)
        return Reply(201, {"key": key, "size": len(body), "checksum": f"md5:{hashlib.md5(body).hexdigest()}"})

    def _list(self, query: dict[str, str]) -> Reply:
        size, page = int(query.get("size", "10")), int(query.get("page", "1"))
        found = sorted(self.records.values(), key=lambda r: -r.number)[(page - 1) * size : page * size]
        return Reply(200, [self._said(r) for r in found])

    def _create(self, request: Request) -> Reply:
        if request.headers.get("content-type") != "application/json":
            return _error(415, "Unsupported media type")
        return Reply(201, self._said(self.new(json.loads(request.body).get("metadata", {}))))

    def _describe(self, record: Record, body: bytes) -> Reply:
        if record.is_published:
            return _error(403, "Deposition is published")
        metadata = json.loads(body)["metadata"]
        if missing := [k for k in _REQUIRED if not metadata.get(k)]:
            errors = [{"field": f"metadata.{k}", "message": "Missing data for required field."} for k in missing]
            return Reply(400, {"status": 400, "message": "Validation error.", "errors": errors})
        record.metadata = metadata
        return Reply(200, self._said(record))

    def _delete(self, record: Record, name: str) -> Reply:
        if record.is_published:
            return _error(403, "Deposition is published")
        for key, (found, _) in list(record.files.items()):
            if found == name:
                del record.files[key]
                return Reply(204)
        return _error(404, "File not found")

    def _new_version(self, record: Record) -> Reply:
        newest = max(r.number for r in self.records.values() if r.concept == record.concept and r.is_published)
        if not record.is_published or record.number != newest:
            return _error(400, "Not the latest version")
        if not self._drafts(record.concept):
            metadata = {k: v for k, v in record.metadata.items() if k not in ("version", "publication_date", "doi")}
            draft = self.new(metadata, record.concept)
            draft.files = {k: (f"copy-{draft.number}-{k}", d) for k, (_, d) in record.files.items()}
        return Reply(201, self._said(record))

    def _publish(self, record: Record) -> Reply:
        if any(not record.metadata.get(k) for k in _REQUIRED) or not record.files:
            return _error(400, "Validation error.")
        record.is_published = True
        return Reply(202, self._said(record))


def _error(status: int, message: str) -> Reply:
    return Reply(status, {"status": status, "message": message})


def _file(key: str, name: str, data: bytes) -> dict[str, Any]:
    return {"id": name, "filename": key, "filesize": len(data), "checksum": hashlib.md5(data).hexdigest()}


@contextmanager
def deposit_server() -> Iterator[Deposits]:
    """The service, until the block ends."""
    service = Deposits()
    with serve(service):
        service.address = f"{service.root}/api"
        yield service
