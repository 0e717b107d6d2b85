"""DuckDB that hears Ctrl-C and keeps standard output clean.

By default a query of some seconds prints a progress bar on standard output, amid the answer; without the bar DuckDB 2.0
hears no Ctrl-C before the query ends, because Python's own handler has to wait for it.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

_STOPPED = "Query interrupted"
"""What DuckDB raises where it looks for signals itself, in the place of the KeyboardInterrupt that it found."""


@contextmanager
def interruptible(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Stops the connection's query on Ctrl-C, so that Python raises its KeyboardInterrupt; draws no progress bar.

    Signals reach the main thread only: elsewhere nothing is listened to.
    """
    connection.execute("SET enable_progress_bar_print = false")
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard, said = os.pipe()
    os.set_blocking(said, False)

    def listen() -> None:
        while signals := os.read(heard, 64):
            if signal.SIGINT in signals:
                connection.interrupt()

    listening = threading.Thread(target=listen, daemon=True)
    # Python writes the number of a signal there at once, even while a query keeps its handlers waiting.
    before = signal.set_wakeup_fd(said, warn_on_full_buffer=False)
    listening.start()
    try:
        yield
    except RuntimeError as e:
        if str(e) == _STOPPED:
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.set_wakeup_fd(before)
        os.close(said)
        listening.join()
        os.close(heard)
