"""A hub for datasets on this machine that speaks the requests of Hugging Face's library, without its Xet storage.

See https://huggingface.co/docs/hub/api; commits and large files are kept in memory.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.release.faulty_server import Reply, Request, Service, serve

_LARGE = 50_000
"""Files of more bytes are kept by their SHA-256, apart from the commits."""


@dataclass
class Dataset:
    """`commits` by name: path to content, in the order in which they were made."""

    is_private: bool
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def head(self) -> str:
        return list(self.commits)[-1]

    @property
    def files(self) -> dict[str, bytes]:
        return self.commits[self.head]

    def commit(self, files: dict[str, bytes]) -> str:
        name = hashlib.sha1(f"{len(self.commits)}".encode()).hexdigest()
        self.commits[name] = files
        return name

    def at(self, revision: str) -> dict[str, bytes] | None:
        return self.commits.get(self.head if revision == "main" else self.tags.get(revision, revision))


class Hub(Service):
    """The state of the service, which a test may look at and change."""

    def __init__(self) -> None:
        super().__init__()
        self.datasets: dict[str, Dataset] = {}
        self.large: dict[str, bytes] = {}
        self.put_large: list[str] = []

    def may(self, request: Request) -> bool:
        """Addresses for large files are signed by themselves, and the library asks some things without a token."""
        return request.path.startswith(("/large/", "/api/agent-harnesses")) or super().may(request)

    def answer(self, request: Request) -> Reply:
        path, method = request.path, request.method
        if method == "PUT" and (m := re.fullmatch(r"/large/([0-9a-f]{64})", path)):
            if hashlib.sha256(request.body).hexdigest() != m[1]:
                return Reply(400)
            self.large[m[1]] = request.body
            self.put_large.append(m[1])
            return Reply(200)
        if path == "/api/validate-yaml":
            return Reply(200, {"warnings": [], "errors": []})
        if path == "/api/repos/create":
            return self._create(json.loads(request.body))
        if m := re.fullmatch(r"/datasets/([^/]+/[^/]+)\.git/info/lfs/objects/batch", path):
            return self._batch(json.loads(request.body))
        if m := re.fullmatch(r"/datasets/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            return self._resolve(self.datasets[m[1]], m[2], m[3])
        m = re.fullmatch(r"/api/datasets/([^/]+/[^/]+)(?:/([a-z]+)(?:/([^/]+))?)?", path)
        if m is None:
            return Reply(404)
        if m[1] not in self.datasets:
            return Reply(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
        return self._dataset(request, m[1], self.datasets[m[1]], m[2] or "", m[3] or "main")

    def _dataset(self, request: Request, name: str, dataset: Dataset, what: str, revision: str) -> Reply:
        files = dataset.at(revision)
        if files is None:
            return Reply(404, {"error": "Invalid rev id"}, {"X-Error-Code": "RevisionNotFound"})
        match request.method, what:
            case "GET", "" | "revision":
                return Reply(200, {"id": name, "sha": dataset.head, "private": dataset.is_private, "siblings": []})
            case "GET", "tree":
                return Reply(200, [_entry(p, d) for p, d in sorted(files.items())])
            case "POST", "preupload":
                asked = json.loads(request.body)["files"]
                return Reply(200, {"files": [self._mode(files, f) for f in asked]})
            case "POST", "commit":
                return self._commit(name, dataset, [json.loads(line) for line in request.body.splitlines()])
            case "POST", "tag":
                tag = json.loads(request.body)["tag"]
                if tag in dataset.tags:
                    return Reply(409, {"error": "Tag exists"})
                dataset.tags[tag] = dataset.head
                return Reply(200, {})
            case "PUT", "settings":
                dataset.is_private = json.loads(request.body).get("visibility", "private") == "private"
                return Reply(200, {})
        return Reply(405)

    def _create(self, asked: dict[str, Any]) -> Reply:
        name = f"{asked['organization']}/{asked['name']}"
        url = {"url": f"{self.root}/datasets/{name}"}
        if name in self.datasets:
            return Reply(409, {**url, "error": "You already created this dataset repo"})
        is_private = asked.get("visibility") == "private" or bool(asked.get("private"))
        self.datasets[name] = Dataset(is_private)
        self.datasets[name].commit({".gitattributes": b"*.parquet filter=lfs\n"})
        return Reply(200, url)

    def _mode(self, files: dict[str, bytes], asked: dict[str, Any]) -> dict[str, Any]:
        mode = "lfs" if asked["size"] > _LARGE else "regular"
        found = files.get(asked["path"])
        oid = {} if found is None else {"oid": _entry(asked["path"], found)["oid"]}
        return {"path": asked["path"], "uploadMode": mode, "shouldIgnore": False, **oid}

    def _batch(self, asked: dict[str, Any]) -> Reply:
        def told(thing: dict[str, Any]) -> dict[str, Any]:
            if thing["oid"] in self.large:
                return thing
            return {**thing, "actions": {"upload": {"href": f"{self.root}/large/{thing['oid']}"}}}

        return Reply(200, {"transfer": "basic", "objects": [told(t) for t in asked["objects"]]})

    def _commit(self, named: str, dataset: Dataset, lines: list[dict[str, Any]]) -> Reply:
        files = dict(dataset.files)
        for line in lines:
            value = line["value"]
            if line["key"] == "header" and value.get("parentCommit", dataset.head) != dataset.head:
                return Reply(412, {"error": "A commit has happened since."})
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                if value["oid"] not in self.large:
                    return Reply(400, {"error": "Your push was rejected: the LFS pointer points to nothing."})
                files[value["path"]] = self.large[value["oid"]]
            elif line["key"] == "deletedFile":
                del files[value["path"]]
        name = dataset.commit(files)
        return Reply(200, {"commitUrl": f"{self.root}/datasets/{named}/commit/{name}", "commitOid": name})

    def _resolve(self, dataset: Dataset, revision: str, path: str) -> Reply:
        data = (dataset.at(revision) or {}).get(path)
        if data is None:
            return Reply(404, {}, {"X-Error-Code": "EntryNotFound"})
        headers = {"ETag": f'"{_entry(path, data)["oid"]}"', "X-Repo-Commit": dataset.head}
        return Reply(200, data, {**headers, "Content-Type": "application/octet-stream"})


def _entry(path: str, data: bytes) -> dict[str, Any]:
    sha1 = hashlib.sha1(f"blob {len(data)}\0".encode() + data).hexdigest()
    out: dict[str, Any] = {"type": "file", "path": path, "size": len(data), "oid": sha1}
    if len(data) > _LARGE:
        sha256 = hashlib.sha256(data).hexdigest()
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {len(data)}\n".encode()
        out["oid"] = hashlib.sha1(f"blob {len(pointer)}\0".encode() + pointer).hexdigest()
        out["lfs"] = {"oid": sha256, "size": len(data), "pointerSize": len(pointer)}
    return out


@contextmanager
def hub_server() -> Iterator[Hub]:
    """The service, until the block ends."""
    service = Hub()
    with serve(service):
        yield service
