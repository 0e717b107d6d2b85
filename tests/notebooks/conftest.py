"""Datasets on which the notebooks run: the sample, the real reports, one report without tables, no report at all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT

NOTEBOOKS = ROOT / "notebooks"
sys.path.insert(0, str(NOTEBOOKS))

NARRATIVE_ONLY = """苇塘县麦溪镇人民政府2023年政府信息公开工作年度报告

一、总体情况
2023年，我镇通过公开栏公开信息12条，组织培训1次。
二、主动公开政府信息情况
见附件。
三、收到和处理政府信息公开申请情况
见附件。
四、政府信息公开行政复议、行政诉讼情况
见附件。
五、存在的主要问题及改进情况
公开内容不够全面。下一步将加强培训。
六、其他需要报告的事项
无。
"""
NO_REPORT = "苇塘县麦溪镇办公用品采购清单：铅笔三十支，信封两百个。\n"


@pytest.fixture(scope="session")
def narrative_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One report of one year, which has no statutory table."""
    return built(tmp_path_factory.mktemp("narrative"), NARRATIVE_ONLY)


@pytest.fixture(scope="session")
def empty_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One document that is no report."""
    return built(tmp_path_factory.mktemp("empty"), NO_REPORT)


def built(folder: Path, text: str) -> Path:
    (folder / "in").mkdir()
    (folder / "in" / "document.txt").write_text(text, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pipeline.cli",
        "build",
        "--input",
        str(folder / "in"),
        "--output",
        str(folder / "out"),
    ]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return folder / "out"


@pytest.fixture(scope="session")
def dataset(request: pytest.FixtureRequest) -> Callable[[str], Path]:
    """The dataset of a fixture's name, built when a test asks for it."""
    return lambda name: request.getfixturevalue(name)
