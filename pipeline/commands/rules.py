"""`ogi rules`: lists the quality rules."""

from __future__ import annotations

import argparse

from pipeline.commands.common import Commands, terminal_width


def add(commands: Commands) -> None:
    rules = commands.add_parser("rules", help="list the quality rules")
    rules.set_defaults(run=_rules)


def _rules(options: argparse.Namespace) -> int:
    from expectations.catalogue import catalogue
    from pipeline.store.query import as_table

    rows = [(r.code, r.severity, r.family, r.title_en, r.title_zh) for r in catalogue()]
    width = terminal_width()
    print(as_table(["rule", "severity", "family", "finds", "含义"], rows, width))
    return 0
