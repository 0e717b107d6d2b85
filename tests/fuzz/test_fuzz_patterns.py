"""No regular expression of the pipeline takes exponential time: fuzzing found three that did."""

from __future__ import annotations

import importlib
import pkgutil
from contextlib import suppress

import pytest

from tests.fuzz.ambiguous import ambiguous, compiled_patterns
from tests.fuzz.target import warm
from tests.fuzz.targets import TARGETS

ROOMS = ("form", "schema", "read", "normalize", "structure", "extract", "reconcile", "narrate", "issuers", "store")


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("(?:约|为|约为)*", ["约为"]),
        ("(?:[，,]|均|已|有|共计|均已)*", ["均已"]),
        ("(?:采取的?|工作|的)*", ["采取的"]),
        ("(?:独龙族|怒族|独龙族怒族)+区", ["独龙族怒族"]),
        ("(?:上?年|年度?)*", ["年"]),
        # 甲乙 + 丙 is 甲 + 乙丙.
        ("(?:甲|甲乙|丙|乙丙)*", ["甲乙丙"]),
        ("(?:共|共计|合计|总计|达|达到)*", []),
        ("(?:其中|中|有|[一二三]级)*", []),
        ("(?:约|为|约为)?", []),
    ],
)
def test_a_repeated_choice_that_one_text_fits_in_two_ways_is_seen(pattern: str, shown: list[str]) -> None:
    assert ambiguous(pattern) == shown


@pytest.mark.xdist_group("fuzz")
def test_every_repeated_choice_can_be_taken_apart_in_one_way_only() -> None:
    for room in ROOMS:
        package = importlib.import_module(f"pipeline.{room}")
        for module in pkgutil.walk_packages(package.__path__, f"pipeline.{room}."):
            with suppress(ImportError):  # of an extra that is not installed
                importlib.import_module(module.name)
    # Many patterns are made from tables when they are first asked for.
    warm(TARGETS["whole_document"])
    patterns = {p.pattern: p.flags for p in compiled_patterns("pipeline")}
    assert len(patterns) > 200
    assert {p: shown for p, flags in patterns.items() if (shown := ambiguous(p, flags))} == {}
