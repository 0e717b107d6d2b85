"""`ogi rules`: lists the quality rules, or shows one in full."""

from __future__ import annotations

import argparse
import textwrap
from difflib import get_close_matches

from pipeline.commands.common import Commands, Misused, terminal_width


def add(commands: Commands) -> None:
    rules = commands.add_parser(
        "rules",
        help="list the quality rules, or show one in full",
        description="Lists the quality rules; with the code of a rule, shows it in full, with its examples.",
    )
    rules.add_argument("code", nargs="?", help="code of a rule, for example balance_mismatch")
    rules.set_defaults(run=_rules)


def _rules(options: argparse.Namespace) -> int:
    from expectations.catalogue import catalogue
    from pipeline.store.query import as_table

    rules = {r.code: r for r in catalogue()}
    if options.code is None:
        rows = [(r.code, r.severity, r.status, r.family, r.title_en, r.title_zh) for r in rules.values()]
        print(as_table(["rule", "severity", "status", "family", "finds", "含义"], rows, terminal_width()))
        return 0
    if options.code not in rules:
        close = get_close_matches(options.code, rules, n=3, cutoff=0.5)
        meant = f"did you mean {' or '.join(close)}?" if close else "`ogi rules` lists them all"
        raise Misused(f"no rule has the code {options.code}: {meant}")
    _show(options.code)
    return 0


def _show(code: str) -> None:
    from expectations.catalogue import catalogue
    from expectations.rules_page import facts, shown
    from pipeline.store.query import as_table

    (rule,) = (r for r in catalogue() if r.code == code)
    width = terminal_width()
    print(code)
    for name, text in facts(rule):
        print(textwrap.fill(f"  {name}: {text}", (width or 120) - 2, subsequent_indent="    "))
    for example in rule.examples:
        print(f"\n{'Fires' if example.findings else 'Silent'}: {example.name}")
        for part in shown(example):
            if isinstance(part, str):
                print(f"  {part}")
            else:
                table = as_table(list(part.columns), list(part.rows), width and width - 4)
                print(textwrap.indent(f"{part.caption}\n{table}", "  "))
