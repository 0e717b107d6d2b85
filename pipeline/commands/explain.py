"""`ogi explain`: shows one finding with the lines of the source around it."""

from __future__ import annotations

import argparse

from pipeline.commands.common import FAILED, Commands, complain, output_option, terminal_width
from pipeline.commands.place_options import place


def add(commands: Commands) -> None:
    explain = commands.add_parser(
        "explain",
        help="show one finding with the lines of the source around it",
        description="Shows a finding: its rule, the cells that it names, and the lines of the source around it.",
    )
    explain.add_argument("flag_id", help="flag_id of the finding, or the beginning of one")
    output_option(explain)
    input_option(explain)
    explain.set_defaults(run=_explain)


def input_option(command: argparse.ArgumentParser) -> None:
    command.add_argument("--input", type=place, metavar="PLACE", help="folder of reports (that of the last build)")


def _explain(options: argparse.Namespace) -> int:
    from assets.headless import remembered_input, remembered_limits
    from pipeline.dossier.explain import explain
    from pipeline.dossier.facts import Dataset, NotFound
    from pipeline.dossier.source import SourceReader, wanted
    from pipeline.limits import Limits
    from pipeline.store.layout import Layout

    layout = Layout(options.output)
    try:
        with Dataset(layout) as dataset:
            flag = dataset.flag(options.flag_id)
            facts = dataset.facts(flag.report_id)
            limits = Limits().with_settings(remembered_limits(layout))
            with SourceReader(options.input or remembered_input(layout), limits) as reader:
                text = reader.read(wanted(facts))
            print(explain(dataset, flag, facts, text, terminal_width()))
    except NotFound as e:
        return complain(str(e), FAILED)
    return 0
