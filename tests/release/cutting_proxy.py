"""A proxy between a client and a service on this machine that cuts connections, as a network does."""

from __future__ import annotations

import socket
import threading

from tests.relay import BLOCK, Relay, reset_when_closed


class Proxy(Relay):
    """`cut_after` counts the bytes that still go to the service; then every connection is reset, until it is None again.

    With `stalls`, nothing goes on instead, and `stalled` is set.
    """

    def __init__(self, port: int) -> None:
        self.cut_after: int | None = None
        self.stalls = False
        self.stalled = threading.Event()
        self.bytes_sent = 0
        super().__init__(port)

    def _ask(self, client: socket.socket, service: socket.socket) -> None:
        while data := client.recv(BLOCK):
            if not self._may_pass(len(data)):
                if self.stalls:
                    self.stalled.set()
                    self._ended.wait(60)
                reset_when_closed(client)
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
