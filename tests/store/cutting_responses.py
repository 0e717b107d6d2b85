"""A proxy before a service on this machine that breaks answers off in the middle, as a network does."""

from __future__ import annotations

import contextlib
import socket

from tests.relay import BLOCK, Relay, reset_when_closed


class CuttingResponses(Relay):
    """While `cuts` is above zero, the next answer that comes in pieces of more than `above` bytes is reset after `kept`
    bytes of one, and it is one less."""

    def __init__(self, port: int, above: int) -> None:
        self.cuts, self.kept = 0, above
        self._above = above
        super().__init__(port)

    def _answer(self, service: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := service.recv(BLOCK):
                if len(data) > self._above and self._is_to_be_cut():
                    client.sendall(data[: self.kept])
                    reset_when_closed(client)
                    client.shutdown(socket.SHUT_RDWR)
                    return
                client.sendall(data)

    def _is_to_be_cut(self) -> bool:
        with self._lock:
            self.cuts -= 1
            return self.cuts >= 0
