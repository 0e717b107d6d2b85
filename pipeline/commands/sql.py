"""`ogi sql`: asks a dataset in SQL, read-only."""

from __future__ import annotations

import argparse
import sys

from pipeline.commands.common import FAILED, Commands, complain, output_option, terminal_width, utf8_text


def add(commands: Commands) -> None:
    sql = commands.add_parser("sql", help="ask a dataset in SQL", description="Asks a dataset in SQL, read-only.")
    sql.add_argument(
        "query", type=utf8_text, help='for example "SELECT * FROM applications LIMIT 5"; - reads it from standard input'
    )
    output_option(sql)
    shape = sql.add_mutually_exclusive_group()
    shape.add_argument("--csv", action="store_true", help="answer as CSV")
    shape.add_argument("--json", action="store_true", help="answer as JSON")
    sql.set_defaults(run=_sql)


def _sql(options: argparse.Namespace) -> int:
    from pipeline.store import query
    from pipeline.store.layout import Layout

    text = sys.stdin.read() if options.query == "-" else options.query
    try:
        columns, rows = query.ask(Layout(options.output), text)
    except query.QueryFailed as e:
        return complain(str(e), FAILED)
    if options.csv:
        print(query.as_csv(columns, rows), end="")
    elif options.json:
        print(query.as_json(columns, rows))
    else:
        width = terminal_width()
        print(query.as_table(columns, rows, width))
        print(f"({len(rows):,} row{'' if len(rows) == 1 else 's'})")
    return 0
