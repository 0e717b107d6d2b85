"""Passes bytes between clients and a service on this machine, so that a test can break a connection off as a network does."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from types import TracebackType
from typing import Self

BLOCK = 65536


class Relay:
    """Listens at `address` until the block ends. Each connection gets one of its own to the service; what goes to the
    service and what comes back are for those who break off to override."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
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
            threading.Thread(target=self._answer, args=(service, client), daemon=True).start()
            self._ask(client, service)

    def _ask(self, client: socket.socket, service: socket.socket) -> None:
        while data := client.recv(BLOCK):
            service.sendall(data)

    def _answer(self, service: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := service.recv(BLOCK):
                client.sendall(data)


def reset_when_closed(client: socket.socket) -> None:
    """The other side then hears of a reset and not of an end."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
