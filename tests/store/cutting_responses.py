"""A proxy before a service on this machine that breaks answers off in the middle, as a network does."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_BLOCK = 65536


class CuttingResponses:
    """While `cuts` is above zero, the next answer that comes in pieces of more than `above` bytes is reset after `kept`
    bytes of one, and it is one less."""

    def __init__(self, port: int, above: int) -> None:
        self.cuts, self.kept = 0, above
        self._port, self._above = port, above
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def end(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port)) as service, client:
            threading.Thread(target=self._answer, args=(service, client), daemon=True).start()
            while data := client.recv(_BLOCK):
                service.sendall(data)

    def _answer(self, service: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := service.recv(_BLOCK):
                if len(data) > self._above and self._is_to_be_cut():
                    client.sendall(data[: self.kept])
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    client.shutdown(socket.SHUT_RDWR)
                    return
                client.sendall(data)

    def _is_to_be_cut(self) -> bool:
        with self._lock:
            self.cuts -= 1
            return self.cuts >= 0


@contextmanager
def cutting_responses(port: int, above: int) -> Iterator[CuttingResponses]:
    """Before the service on a port of this machine, until the block ends."""
    proxy = CuttingResponses(port, above)
    try:
        yield proxy
    finally:
        proxy.end()
