"""Conditions that a user writes in SQL over the table `reports`: one boolean expression and nothing beside it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

_EXAMPLE = "\"division_level = 'county' AND report_year = 2024\""

MOST_SECONDS = 60.0
"""How long a condition may take: over all columns of 10^5 reports one takes less than a second."""

_MOST_SHOWN = 1000

_BARE_CLOCKS = frozenset({"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"})
"""Clocks that SQL calls without parentheses, so that DuckDB's parser takes them for columns."""

_CLOCKS = _BARE_CLOCKS | {"current_localtime", "current_localtimestamp", "ago", "age"}
"""Functions that read the clock although DuckDB does not list them as unstable; `age` does so with one argument."""

_QUERIES_IN_TEXT = frozenset({"query", "json_execute_serialized_sql"})
"""Functions that run a text as SQL, in which nobody has looked for the others."""


class NotAnswered(Exception):
    """What was asked for cannot be answered; the message says why and what to change."""


def select_reports(connection: duckdb.DuckDBPyConnection, table: str, expression: str | None, option: str) -> int:
    """Makes a temporary table with the `report_id`s of the reports of which the expression is true. How many they are.

    None stands for all reports. A report of which the expression is null is not among them: nothing is known of it.
    `option` names the expression in messages. Raises NotAnswered.
    """
    if expression is None:
        connection.execute(f"CREATE TEMP TABLE {table} AS SELECT report_id FROM reports")
    else:
        try:
            with _interrupted_in_time(connection):
                _check(connection, expression, option)
                # On a line of its own: the expression may end in a comment.
                chosen = f"SELECT report_id FROM reports WHERE (\n{expression}\n)"
                connection.execute(f"CREATE TEMP TABLE {table} AS {chosen}")
        except _TooLong as e:
            why = f"it was not answered within {MOST_SECONDS:g} seconds; ask for less of the other tables"
            raise _refused(connection, expression, option, why) from e
        except duckdb.Error as e:
            raise _refused(connection, expression, option, _first_line(e)) from e
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def _check(connection: duckdb.DuckDBPyConnection, expression: str, option: str) -> None:
    """Raises NotAnswered unless DuckDB's own parser sees one expression in the text, and that one is boolean."""
    answer = connection.execute("SELECT json_serialize_sql(?)", [f"SELECT {expression}"]).fetchall()[0][0]
    try:
        parsed = json.loads(answer)
    except RecursionError as e:
        raise _refused(connection, expression, option, "it is nested too deep") from e
    if parsed["error"]:
        raise _refused(connection, expression, option, parsed.get("error_message", "it is no SQL"))
    node = parsed["statements"][0]["node"]
    is_alone = (
        len(parsed["statements"]) == 1
        and node["type"] == "SELECT_NODE"
        and len(node["select_list"]) == 1
        and not node["select_list"][0].get("alias")
        and node["from_table"]["type"] == "EMPTY"
        and not node["modifiers"]
        and not any(node[k] for k in ("where_clause", "group_expressions", "having", "qualify", "sample"))
    )
    if not is_alone:
        raise _refused(connection, expression, option, "it is more than one expression")
    if why := _unstable(connection, parsed):
        raise _refused(connection, expression, option, f"{why}, so the same question would have other answers")
    try:
        (column,) = connection.execute(f"DESCRIBE SELECT (\n{expression}\n) FROM reports").fetchall()
    except (duckdb.Error, ValueError) as e:
        said = _first_line(e) if isinstance(e, duckdb.Error) else "it is more than one expression"
        raise _refused(connection, expression, option, said) from e
    if column[1] != "BOOLEAN":
        raise _refused(connection, expression, option, f"it is not true or false but of type {column[1]}")


def _unstable(connection: duckdb.DuckDBPyConnection, parsed: Any) -> str | None:
    """Why a parsed statement may say something else when it is asked again; None where it will not."""
    listed = "SELECT DISTINCT function_name FROM duckdb_functions() WHERE stability <> 'CONSISTENT'"
    unstable = {name for (name,) in connection.execute(listed).fetchall()} | _CLOCKS | _QUERIES_IN_TEXT
    left = [parsed]
    while left:
        node = left.pop()
        if isinstance(node, list):
            left += node
        elif isinstance(node, dict):
            name = str(node.get("function_name", "")).lower()
            if name in unstable and not (name == "age" and len(node["arguments"]) > 1):
                return f"{name}() may have another answer at every call"
            columns: list[Any] = node.get("column_names") or []
            if len(columns) == 1 and str(columns[0]).lower() in _BARE_CLOCKS:
                return f"{columns[0]} is another one at every call"
            if node.get("sample"):
                return "it draws a sample"
            left += node.values()
    return None


class _TooLong(Exception):
    """A condition was stopped since its time was over."""


@contextmanager
def _interrupted_in_time(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Stops what the connection does after MOST_SECONDS. Raises _TooLong then."""
    is_done = threading.Event()

    def watch() -> None:
        if not is_done.wait(MOST_SECONDS):
            connection.interrupt()
            # Between two statements nobody hears it: say it until it is heard.
            while not is_done.wait(0.1):
                connection.interrupt()

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    except duckdb.InterruptException as e:  # not for Ctrl-C: that becomes a KeyboardInterrupt first
        raise _TooLong from e
    finally:
        is_done.set()
        watching.join()


def _refused(connection: duckdb.DuckDBPyConnection, expression: str, option: str, why: str) -> NotAnswered:
    columns = [c for (c, *_) in connection.execute("DESCRIBE reports").fetchall()]
    return NotAnswered(
        f"{option} {_beginning(expression)!r} cannot be used: {why}. It takes one condition in SQL on the table reports, for example "
        f"{_EXAMPLE}; columns of reports: {', '.join(columns)}"
    )


def _beginning(expression: str) -> str:
    return expression if len(expression) <= _MOST_SHOWN else expression[:_MOST_SHOWN] + "…"


def _first_line(error: duckdb.Error) -> str:
    return str(error).strip().splitlines()[0].rstrip(".!")
