"""A service on this machine that can fail as a network and a busy service do: base of the stand-ins for those of others."""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "a-token-that-nobody-may-see-4711"


@dataclass
class Fault:
    """What happens to the next requests of one kind: `status` is answered, or the connection cut after `cut_after` bytes."""

    method: str
    path: str
    """A regular expression that is found in the path."""
    times: int = 1
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "no"
    cut_after: int | None = None
    is_after: bool = False
    """The request is carried out, and the connection cut before the answer."""
    stall: bool = False
    """After `cut_after` bytes nothing more is read, and `stalled` is set."""


@dataclass(frozen=True)
class Request:
    """`path` is decoded and has no query."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """`said` is sent as JSON, or as it is where it is bytes."""

    status: int
    said: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Service:
    """What a test sees of a service; those that follow answer."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str]] = []
        """Method and path with its query."""
        self.root = ""
        self.lock = threading.Lock()
        self.stalled = threading.Event()
        self.hold = threading.Event()

    def answer(self, request: Request) -> Reply:
        raise NotImplementedError

    def may(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {TOKEN}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    service: Service

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the terminal of the tests."""

    def _handle(self) -> None:
        service = self.service
        parts = urllib.parse.urlsplit(self.path)
        path = urllib.parse.unquote(parts.path)
        with service.lock:
            service.requests.append((self.command, self.path))
            suits = (f for f in service.faults if f.method == self.command and f.times and re.search(f.path, path))
            if fault := next(suits, None):
                fault.times -= 1
        if fault and fault.cut_after is not None:
            self.rfile.read(fault.cut_after)
            if fault.stall:
                service.stalled.set()
                service.hold.wait(60)
            self._cut()
            return
        body = self._body()
        if body is None:
            return
        if fault and fault.status is not None:
            self._send(Reply(fault.status, {"status": fault.status, "message": fault.message}, fault.headers))
            return
        headers = {k.lower(): v for k, v in self.headers.items()}
        request = Request(self.command, path, dict(urllib.parse.parse_qsl(parts.query)), headers, body)
        if service.may(request):
            with service.lock:
                reply = service.answer(request)
        else:
            reply = Reply(401, {"status": 401, "message": f"not authorised: {headers.get('authorization')}"})
        if fault and fault.is_after:
            self._cut()
            return
        self._send(reply)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _handle

    def _body(self) -> bytes | None:
        """None where the sender went away before the end."""
        if self.headers.get("Transfer-Encoding") == "chunked":
            out = b""
            while length := int(self.rfile.readline().split(b";")[0] or b"0", 16):
                out += self.rfile.read(length)
                self.rfile.readline()
            self.rfile.readline()
            return out
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(length)
        return body if len(body) == length else None

    def _cut(self) -> None:
        """Ends the connection as a network does: with a reset, and no answer."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _send(self, reply: Reply) -> None:
        data = reply.said if isinstance(reply.said, bytes) else json.dumps(reply.said).encode()
        if reply.status == 204:
            data = b""
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


@contextmanager
def serve(service: Service) -> Iterator[None]:
    """Answers on a free port of this machine, until the block ends."""
    handler = type("Handler", (_Handler,), {"service": service})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        service.root = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            service.hold.set()
            server.shutdown()
            thread.join(10)
