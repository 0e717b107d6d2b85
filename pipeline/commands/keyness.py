"""`ogi keyness`: the words that one group of reports uses more, and less, than another."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.commands.common import FAILED, Commands, complain, named_file, output_option, terminal_width, utf8_text
from pipeline.commands.counting import features_option, positive, section_option, working

if TYPE_CHECKING:
    from pipeline.textdata.keyness import Answer, Key

_ABOUT = """Compares how often the words of the narrative sections, or the subcategories of the dictionaries, occur in one
group of reports and in another (the rest of the dataset without --against). Conditions are SQL on the table reports; a
report of which a condition says nothing (null) is in neither group.

Measures, all positive where the group has more than expected:
  log_likelihood  G² without correction (Dunning 1993); quanteda: measure = "lr", correction = "none"
  chi2            Yates' correction where an expected count is below 5 and |ad - bc| is N/2 or more (of the table
                  a b / c d of N tokens); quanteda: measure = "chi2"
  log_ratio       size, not test (Hardie 2014): 1 is twice as frequent; a count of 0 taken as 0.5
p_adjusted is Benjamini and Hochberg's, over all features compared."""

_EXAMPLE = """example:
  ogi keyness --group "issuer_kind = 'department'" --section problems --csv departments.csv --plot departments.svg"""


def add(commands: Commands) -> None:
    keyness = commands.add_parser(
        "keyness",
        help="show the words that a group of reports uses more, and less, than the rest",
        description=_ABOUT,
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    keyness.add_argument("--group", type=utf8_text, required=True, metavar="SQL", help="condition on the table reports")
    keyness.add_argument(
        "--against", type=utf8_text, metavar="SQL", help="condition on the reports compared with (all others)"
    )
    section_option(keyness)
    keyness.add_argument(
        "--measure", choices=("log_likelihood", "chi2", "log_ratio"), default="log_likelihood", help="(log_likelihood)"
    )
    features_option(keyness)
    keyness.add_argument("--limit", type=positive, default=30, metavar="N", help="features shown of each group (30)")
    keyness.add_argument("--csv", type=named_file, metavar="FILE", help="write all features compared there")
    keyness.add_argument("--plot", type=named_file, metavar="FILE.svg", help="draw the features shown there")
    output_option(keyness)
    keyness.set_defaults(run=_keyness)


def _keyness(options: argparse.Namespace) -> int:
    from pipeline.store.files import writing
    from pipeline.store.layout import Layout
    from pipeline.textdata import keyness
    from pipeline.textdata.condition import NotAnswered
    from pipeline.textdata.keyness_plot import plot
    from pipeline.textdata.spreadsheet import write_csv

    question = keyness.Question(
        options.group, options.against, tuple(options.section), options.measure, options.features
    )
    try:
        with working("counting"):
            answer = keyness.keyness(Layout(options.output), question)
    except NotAnswered as e:
        return complain(str(e), FAILED)
    group = [k for k in answer.keys if k.statistic > 0][: options.limit]
    below = sorted((k for k in answer.keys if k.statistic < 0), key=lambda k: (k.statistic, k.feature))
    reference = below[: options.limit]
    target = options.csv
    try:
        if options.csv:
            rows = (keyness.cells(k, options.measure) for k in answer.keys)
            with writing(options.csv) as f:
                write_csv(f, keyness.columns(options.measure), rows)
        target = options.plot
        if options.plot:
            with writing(options.plot) as f:
                f.write(plot(answer, group, reference))
    except OSError as e:
        return complain(f"cannot write {target} ({e.strerror or e}): name a file in a folder that you may write in", 1)
    _print(answer, group, reference)
    for path, what in ((options.csv, f"{len(answer.keys):,} features"), (options.plot, "plot")):
        if path:
            print(f"{what}: {path}")
    return 0


def _print(answer: Answer, group: Sequence[Key], reference: Sequence[Key]) -> None:
    from pipeline.dossier.visible import one_line
    from pipeline.store.query import as_table
    from pipeline.textdata.measures import MEASURES

    question = answer.question
    print(f"statistic  {MEASURES[question.measure]}")
    print(f"sections   {', '.join(answer.sections)}")
    for name, side, said in (
        ("group", answer.group, question.group),
        ("reference", answer.reference, question.against or "all other reports"),
    ):
        print(
            f"{name:<9}  {side.reports:,} report{'' if side.reports == 1 else 's'}, {side.tokens:,} tokens: {one_line(said)}"
        )
    if answer.neither:
        one = answer.neither == 1
        why = "" if question.against else f", because the condition is null for {'it' if one else 'them'}"
        print(f"neither    {answer.neither:,} report{'' if one else 's'}{why}")
    for title, keys in (("more in the group", group), ("more in the reference", reference)):
        print(f"\n{title}")
        if not keys:
            print("  none")
            continue
        rows = [
            (
                one_line(k.feature),
                k.kind,
                k.statistic,
                k.p_adjusted,
                k.count_group,
                k.count_reference,
                k.per_1000_group,
                k.per_1000_reference,
            )
            for k in keys
        ]
        heads = ["feature", "class", question.measure, "p_adjusted", "n_group", "n_ref", "per_1000", "per_1000_ref"]
        for line in as_table(heads, rows, terminal_width()).splitlines():
            print("  " + line)
