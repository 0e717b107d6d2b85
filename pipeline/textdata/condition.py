"""Conditions that a user writes in SQL over the table `reports`: one boolean expression and nothing beside it."""

from __future__ import annotations

import json

import duckdb

_EXAMPLE = "\"division_level = 'county' AND report_year = 2024\""


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
        _check(connection, expression, option)
        try:
            # On a line of its own: the expression may end in a comment.
            connection.execute(f"CREATE TEMP TABLE {table} AS SELECT report_id FROM reports WHERE (\n{expression}\n)")
        except duckdb.Error as e:
            raise _refused(connection, expression, option, _first_line(e)) from e
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def _check(connection: duckdb.DuckDBPyConnection, expression: str, option: str) -> None:
    """Raises NotAnswered unless DuckDB's own parser sees one expression in the text, and that one is boolean."""
    parsed = json.loads(connection.execute("SELECT json_serialize_sql(?)", [f"SELECT {expression}"]).fetchall()[0][0])
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
    try:
        (column,) = connection.execute(f"DESCRIBE SELECT (\n{expression}\n) FROM reports").fetchall()
    except (duckdb.Error, ValueError) as e:
        said = _first_line(e) if isinstance(e, duckdb.Error) else "it is more than one expression"
        raise _refused(connection, expression, option, said) from e
    if column[1] != "BOOLEAN":
        raise _refused(connection, expression, option, f"it is not true or false but of type {column[1]}")


def _refused(connection: duckdb.DuckDBPyConnection, expression: str, option: str, why: str) -> NotAnswered:
    columns = [c for (c, *_) in connection.execute("DESCRIBE reports").fetchall()]
    return NotAnswered(
        f"{option} {expression!r} cannot be used: {why}. It takes one condition in SQL on the table reports, for example "
        f"{_EXAMPLE}; columns of reports: {', '.join(columns)}"
    )


def _first_line(error: duckdb.Error) -> str:
    return str(error).strip().splitlines()[0].rstrip(".!")
