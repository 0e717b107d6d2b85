"""A Dagster instance of its own for each test, and a small input folder for parsers that only look at a word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from assets.resources import Workspace
from tests.store.fakes import PARSER


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    (tmp_path / "home").mkdir()
    with dg.DagsterInstance.local_temp(str(tmp_path / "home"), overrides={"telemetry": {"enabled": False}}) as instance:
        yield instance


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    for name, text in {"2023/a.txt": "甲局", "2024/b.txt": "乙局", "2024/c.txt": "甲局", "d.txt": "junk"}.items():
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Workspace(input=str(tmp_path / "in"), output=str(tmp_path / "out"), parser=PARSER)
