"""Reads the tables that lie in the folder `data` of a package."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.resources import files


def table_rows(package: str, name: str) -> Iterator[dict[str, str]]:
    """The rows of `data/<name>` of a package, by the names in its first line."""
    with files(package).joinpath("data", name).open(encoding="utf-8") as f:
        yield from csv.DictReader(f)
