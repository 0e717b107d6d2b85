"""A dataset of a few invented reports, built once."""

from __future__ import annotations

import pytest

from pipeline.store.layout import Layout
from tests.textdata.invented import invented_dataset


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return invented_dataset(tmp_path_factory.mktemp("invented"))
