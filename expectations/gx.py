"""Great Expectations over the staged DuckDB file: all suites, and their verdicts.

Importing Great Expectations takes seconds: everything here imports it inside functions.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from expectations.suites import CRITICAL, planned
from pipeline.store.bounded import bounds
from pipeline.store.sql import WITHOUT_WRONG_SUMS

_MEMORY = "600MB"
"""What DuckDB may hold in memory while the build waits beside it with its own."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one expectation says: `unexpected` counts what breaks it, None where it cannot say how many.

    `severity`: critical (an invariant of ours), warning or info (a rule that describes the reports).
    """

    suite: str
    table: str
    name: str
    expectation: str
    severity: str
    success: bool
    unexpected: int | None
    fault: str | None

    @property
    def is_blocking(self) -> bool:
        return self.severity == CRITICAL


class SuitesFailed(Exception):
    """Great Expectations itself failed: a defect of ours or of the installation, no verdict on the dataset."""


def judge(database: Path, documents_in: int, scratch: Path | None = None) -> list[Verdict]:
    """Runs all suites on a DuckDB file, in a process of its own. `documents_in`: how many documents are listed. `scratch`:
    where what does not fit in memory goes, else the system's folder for such: that of the file may be read-only.

    Raises SuitesFailed. Great Expectations stays out of the caller's process: its imports, its log handlers, and the pages of "leaked
    instance" that DuckDB 2.0 prints when an interpreter ends in which SQLAlchemy has used it.
    """
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "expectations.gx",
            str(database),
            str(documents_in),
            str(scratch or tempfile.gettempdir()),
        ],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    if run.returncode:
        raise SuitesFailed(f"the suites could not be run: {run.stderr.strip()[-2000:]}")
    verdicts = [Verdict(**v) for v in json.loads(run.stdout.splitlines()[-1])]
    for v in verdicts:
        if v.fault and not v.is_blocking:  # of an invariant it blocks; a rule that could not be judged must not pass
            raise SuitesFailed(f"rule {v.name} could not be judged: {v.fault}")
    return verdicts


def judge_here(database: Path, documents_in: int, scratch: Path) -> list[Verdict]:
    """Runs all suites on a DuckDB file, in this process: each table once, with what all suites expect of it.

    A checkpoint over one validation definition for each suite says the same and costs half as much time again.
    """
    import great_expectations as gx

    expected: dict[str, list[Any]] = {}
    for _, table, expectations in planned(documents_in):
        expected.setdefault(table, []).extend(expectations)
    with _source(database, scratch) as source:
        judged = []
        for table, expectations in expected.items():
            asset = source.add_table_asset(name=table, table_name=table)
            batch = asset.add_batch_definition_whole_table("whole").get_batch()
            suite = gx.ExpectationSuite(name=table, expectations=expectations)
            judged += batch.validate(suite, result_format="BASIC").results
        return [_verdict(r) for r in judged]


def _verdict(result: Any) -> Verdict:
    """A result of Great Expectations as ours."""
    config = result.expectation_config
    values = result.result or {}
    if config.type == "unexpected_rows_expectation":
        unexpected = values.get("observed_value")
    else:
        unexpected = values.get("unexpected_count")
    raised = result.exception_info or {}
    # One exception stands at the top; several are kept under the identifiers of the metrics that raised them.
    messages = [raised] if "exception_message" in raised else list(raised.values())
    faults = (str(m["exception_message"]).splitlines()[0] for m in messages if m.get("raised_exception"))
    fault = "; ".join(dict.fromkeys(faults))
    if not fault and not result.success and unexpected is None:
        fault = f"observed {values.get('observed_value')}"
    return Verdict(
        suite=config.meta["suite"],
        table=config.meta["table"],
        name=config.meta["name"],
        expectation=config.type,
        severity=config.severity.value,
        success=bool(result.success),
        unexpected=unexpected,
        fault=fault or None,
    )


@contextmanager
def _source(database: Path, scratch: Path) -> Iterator[Any]:
    """The DuckDB file as the data source of a context that lives in memory: nothing is written, sent or drawn."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with bounds(scratch, _MEMORY) as (settings, _), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecations inside Great Expectations are not the user's to read
        level = logging.getLogger("great_expectations").level
        logging.getLogger("great_expectations").setLevel(logging.ERROR)
        try:
            import great_expectations as gx
            from great_expectations.data_context.types.base import ProgressBarsConfig

            keep_duckdb_connections_open()
            context = gx.get_context(mode="ephemeral")
            context.variables.progress_bars = ProgressBarsConfig(globally=False)
            source = context.data_sources.add_sql(
                "staged",
                connection_string=f"duckdb:///{database}",
                kwargs={"connect_args": {"read_only": True, "config": {**WITHOUT_WRONG_SUMS, **settings}}},
            )
            try:
                yield source
            finally:
                source.get_execution_engine().engine.dispose()
        finally:
            logging.getLogger("great_expectations").setLevel(level)


def keep_duckdb_connections_open() -> None:
    """Works around a defect of Great Expectations 1.24.1: on DuckDB it closes the connection before it fetches.

    SQLite and some others are exempt by name (`_PERSISTED_CONNECTION_DIALECTS`), DuckDB is not known there. The test
    `test_gx_still_needs_the_workaround` fails when this can go.
    """
    import enum

    import great_expectations.execution_engine.sqlalchemy_execution_engine as engine

    class Dialect(enum.StrEnum):
        DUCKDB = "duckdb"

    if "duckdb" not in {d.value for d in engine._PERSISTED_CONNECTION_DIALECTS}:
        engine._PERSISTED_CONNECTION_DIALECTS = (*engine._PERSISTED_CONNECTION_DIALECTS, Dialect.DUCKDB)  # type: ignore[assignment]


def _main() -> None:
    print(json.dumps([asdict(v) for v in judge_here(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))]))
    sys.stdout.flush()
    os._exit(0)  # see `judge`: leaves before the interpreter would complain about DuckDB


if __name__ == "__main__":
    _main()
