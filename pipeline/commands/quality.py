"""`ogi quality`: writes the quality page of a dataset anew, for instance after `ogi dossier`, so that it links the pages."""

from __future__ import annotations

import argparse

from pipeline.commands.common import FAILED, Commands, complain, output_option, unwritable


def add(commands: Commands) -> None:
    quality = commands.add_parser(
        "quality",
        help="write the quality page anew",
        description="Writes quality.html of a dataset anew. A build does so too; after `ogi dossier` the page then "
        "links the reports' own pages.",
    )
    output_option(quality)
    quality.set_defaults(run=_quality)


def _quality(options: argparse.Namespace) -> int:
    from expectations.history import NoHistory
    from expectations.quality import write_page
    from pipeline.store import publish
    from pipeline.store.layout import Layout
    from pipeline.store.query import QueryFailed

    layout = Layout(options.output)
    try:
        if publish.current_build(layout) is not None:  # nothing is written into a folder without a dataset
            publish.require_free(layout)
        write_page(layout)
    except (NoHistory, QueryFailed) as e:
        return complain(str(e), FAILED)
    except OSError as e:
        return unwritable(layout.out, e)
    print(layout.quality_page)
    return 0
