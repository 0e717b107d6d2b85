"""A real S3 endpoint for tests, on loopback or on another address of this machine, with one bucket."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import requests
from moto.server import ThreadedMotoServer

KEY, SECRET = "somebody", "a-secret-key-that-nobody-may-see-4711"
BUCKET = "data"


@dataclass(frozen=True)
class Store:
    """The endpoint; `s3` speaks to it directly."""

    port: int
    s3: Any

    def environment(self, address: str | None = None) -> dict[str, str]:
        """For a process that is to use it, at another address than loopback where one is given."""
        return {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "eu-central-1",
            "AWS_ENDPOINT_URL": address or f"http://127.0.0.1:{self.port}",
        }

    def put_folder(self, folder: Path, prefix: str) -> None:
        """The files of a folder as objects."""
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            key = f"{prefix}/{path.relative_to(folder).as_posix()}"
            self.s3.put_object(Bucket=BUCKET, Key=key, Body=path.read_bytes())

    def keys(self, prefix: str = "") -> list[str]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return [o["Key"] for page in pages for o in page.get("Contents", ())]

    def get(self, key: str) -> bytes:
        return self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()  # type: ignore[no-any-return]


@contextmanager
def store(address: str = "127.0.0.1") -> Iterator[Store]:
    service = ThreadedMotoServer(ip_address=address, port=0, verbose=False)
    service.start()
    port = service.get_host_and_port()[1]
    # Endpoints of one process share what they hold: nothing of another test's.
    requests.post(f"http://127.0.0.1:{port}/moto-api/reset", timeout=30)
    s3 = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="eu-central-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
    )
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    try:
        yield Store(port, s3)
    finally:
        service.stop()


@contextmanager
def variables(values: Mapping[str, str]) -> Iterator[None]:
    """These variables in the environment, those of a shell that are about S3 taken out of it."""
    before = dict(os.environ)
    for name in list(os.environ):
        if name.startswith("AWS_"):
            del os.environ[name]
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
