"""Options that name places on this machine or in an S3-compatible store, and the machines that read."""

from __future__ import annotations

import argparse

from pipeline.store.executors import LOCAL, ExecutorWrong, address_of
from pipeline.store.places import Place, PlaceWrong, S3Folder, place_of


def place(text: str) -> Place:
    """A folder or s3://BUCKET/PREFIX, for argparse."""
    try:
        return place_of(text)
    except PlaceWrong as e:
        raise argparse.ArgumentTypeError(str(e)) from None


def executor(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--executor",
        type=_executor,
        default=LOCAL,
        metavar="WHERE",
        help="where documents are read: local (processes of this machine, the default) or dask=ADDRESS, the scheduler of "
        "a Dask cluster",
    )
    command.add_argument(
        "--exchange",
        type=place,
        metavar="PLACE",
        help="with dask: a folder that all machines share, or s3://BUCKET/PREFIX, through which the workers' results come "
        "(a folder in the output folder, which they must share then)",
    )


def _executor(text: str) -> str:
    try:
        address_of(text)
    except ExecutorWrong as e:
        raise argparse.ArgumentTypeError(str(e)) from None
    return text


def told(chosen: Place | None) -> str:
    """A place as settings remember it; blank for none."""
    return "" if chosen is None else str(chosen if isinstance(chosen, S3Folder) else chosen.resolve())
