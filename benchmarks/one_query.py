"""Asks a DuckDB file one query, read from standard input, in a process that has done nothing else.

    python -m benchmarks.one_query FILE TIMES PATIENCE < QUERY

Prints the rows, the seconds from opening the file to the last row, the least seconds of TIMES more on the same
connection, and the most memory that the process had (Linux), as JSON. Rows are -1 where PATIENCE seconds were too few.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb

from pipeline.store.sql import connect


def ask(database: Path, query: str, times: int, patience: float) -> dict[str, float]:
    seconds: list[float] = []
    rows = 0
    started = time.perf_counter()
    with connect(database, read_only=True) as connection:
        timer = threading.Timer(patience, connection.interrupt)
        timer.start()
        try:
            for _ in range(1 + times):
                # As data frames take it: half a million rows as Python's objects are another matter than the query.
                found = connection.execute(query).fetchnumpy()
                rows = len(next(iter(found.values())))
                seconds.append(time.perf_counter() - started)
                started = time.perf_counter()
        except duckdb.InterruptException:
            rows, seconds = -1, [*seconds, time.perf_counter() - started]
        finally:
            timer.cancel()
    return {"rows": rows, "cold": seconds[0], "warm": min(seconds[1:], default=seconds[0]), "peak": _peak()}


def _peak() -> int:
    """Bytes."""
    (kilobytes,) = re.findall(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), flags=re.MULTILINE)
    return int(kilobytes) * 1024


if __name__ == "__main__":
    print(json.dumps(ask(Path(sys.argv[1]), sys.stdin.read(), int(sys.argv[2]), float(sys.argv[3]))))
