"""`ogi ui`: the Dagster UI on a dataset and its history."""

from __future__ import annotations

import argparse

from pipeline.commands.common import FAILED, Commands, Misused, check_output, complain, output_option, real, unwritable
from pipeline.commands.corrections_option import corrections
from pipeline.commands.limit_option import limits
from pipeline.commands.place_options import place


def add(commands: Commands) -> None:
    ui = commands.add_parser("ui", help="open the Dagster UI on a dataset and its history")
    output_option(ui)
    ui.add_argument("--input", type=place, metavar="PLACE", help="folder of reports (that of the last build)")
    ui.add_argument("--port", type=int, default=3000, help="port on this machine (3000)")
    corrections(ui, "that of the last build")
    limits(ui, "; without it those of the last build")
    ui.set_defaults(run=_ui)


def _ui(options: argparse.Namespace) -> int:
    from assets.headless import PortTaken, remembered_input, serve
    from pipeline.store.folder_input import InputError
    from pipeline.store.layout import Layout
    from pipeline.store.publish import OutputBusy

    layout = Layout(options.output)
    if not 1 <= options.port <= 65535:
        raise Misused("--port takes a number from 1 to 65535")
    check_output(layout.out)
    if any(c in str(real(layout.out)) for c in "*["):
        raise Misused(
            f"the output folder {layout.out} has * or [ in its path, which Dagster would read as a pattern for its "
            "settings: rename it, or choose another with --output"
        )
    source = options.input or remembered_input(layout)
    if source is None:
        raise Misused(f"nothing was built in {layout.out} yet: say with --input which reports to read")
    try:
        serve(
            layout,
            source,
            options.port,
            lambda url: print(f"Dagster on {url} (Ctrl-C ends it)", flush=True),
            dict(options.limit),
            options.corrections,
        )
    except (InputError, OutputBusy, PortTaken) as e:
        return complain(str(e), FAILED)
    except OSError as e:
        return unwritable(layout.out, e)
    return 0
