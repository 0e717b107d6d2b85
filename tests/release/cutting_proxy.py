"""A proxy between a client and a service on this machine that cuts connections, as a network does."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_BLOCK = 65536


class Proxy:
    """`cut_after` counts the bytes that still go to the service; then every connection is reset, until it is None again.

    With `stalls`, nothing goes on instead, and `stalled` is set.
    """

    def __init__(self, port: int) -> None:
        self.cut_after: int | None = None
        self.stalls = False
        self.stalled = threading.Event()
        self.bytes_sent = 0
        self._port = port
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def end(self) -> None:
        self._ended.set()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port)) as service, client:
            for s in (client, service):
                s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            back = threading.Thread(target=_pass_on, args=(service, client), daemon=True)
            back.start()
            while data := client.recv(_BLOCK):
                if not self._may_pass(len(data)):
                    if self.stalls:
                        self.stalled.set()
                        self._ended.wait(60)
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                service.sendall(data)

    def _may_pass(self, count: int) -> bool:
        with self._lock:
            if self.cut_after is not None:
                if self.cut_after < count:
                    self.cut_after = 0
                    return False
                self.cut_after -= count
            self.bytes_sent += count
            return True


def _pass_on(service: socket.socket, client: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := service.recv(_BLOCK):
            client.sendall(data)


@contextmanager
def cutting_proxy(port: int) -> Iterator[Proxy]:
    """Before the service on a port of this machine, until the block ends."""
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.end()
