"""Which version a difference asks for, and which are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.release.changes.model import Count, Difference, MetadataChange, Reports, SchemaChange
from pipeline.release.edition import Version
from pipeline.release.versions import Step, WrongVersion, demands, needed, next_version, version_for

BEFORE = Version(1, 2, 3)
VALUES = Count("cells", "changed", "source", 1, 2)


def reports(added: int = 0, removed: int = 0, lost: int = 0) -> Reports:
    return Reports(10, 10 + added - removed, added, removed, lost, (), 0, 0)


def difference(*schema: SchemaChange, counts: tuple[Count, ...] = (), of: Reports | None = None) -> Difference:
    return Difference(BEFORE, schema, counts, of)


@pytest.mark.parametrize(
    ("what", "step"),
    [
        (difference(), Step.NONE),
        (difference(counts=(VALUES,)), Step.PATCH),
        (difference(of=reports(added=1)), Step.MINOR),
        (difference(of=reports(removed=1)), Step.MINOR),
        (difference(of=reports(removed=1, lost=1)), Step.MAJOR),
        (difference(of=replace(reports(), moved=1)), Step.MINOR),
        (Difference(BEFORE, metadata=(MetadataChange("licence", "CC-BY-4.0", "CC0-1.0"),)), Step.PATCH),
        (difference(SchemaChange("column", "cells", "note", "added")), Step.MINOR),
        (difference(SchemaChange("rule", "", "table_blank", "added")), Step.MINOR),
        (difference(SchemaChange("column", "cells", "note", "removed"), of=reports(added=1)), Step.MAJOR),
        (difference(SchemaChange("column", "cells", "note", "renamed", "name", "note", "remark")), Step.MAJOR),
        (difference(SchemaChange("code", "obs_status", "I", "removed")), Step.MAJOR),
        (difference(SchemaChange("column", "cells", "value", "changed", "type", "DOUBLE", "VARCHAR")), Step.MAJOR),
        (difference(SchemaChange("column", "cells", "value", "changed", "unit", "", "case")), Step.MAJOR),
        (difference(SchemaChange("table", "", "cells", "changed", "key", "a", "a b")), Step.MAJOR),
        (difference(SchemaChange("code", "obs_status", "I", "changed", "number", "3", "4")), Step.MAJOR),
        (difference(SchemaChange("column", "cells", "unit", "changed", "may be null", "false", "true")), Step.MAJOR),
        (difference(SchemaChange("column", "cells", "unit", "changed", "may be null", "true", "false")), Step.PATCH),
        (difference(SchemaChange("column", "cells", "unit", "changed", "description", "A.", "B.")), Step.PATCH),
    ],
)
def test_the_step_is_that_of_the_gravest_change(what: Difference, step: Step) -> None:
    assert needed(what) is step


def test_each_step_moves_its_number_and_clears_those_behind_it() -> None:
    after = [str(next_version(BEFORE, s)) for s in (Step.PATCH, Step.MINOR, Step.MAJOR)]
    assert after == ["1.2.4", "1.3.0", "2.0.0"]
    assert str(version_for(difference(counts=(VALUES,)))) == "1.2.4"


def test_a_version_too_low_or_too_high_is_refused_and_told_why() -> None:
    more = difference(counts=(VALUES,), of=reports(added=2))
    assert version_for(more, Version(1, 3, 0)) == Version(1, 3, 0)
    for wrong in ("1.2.4", "2.0.0", "1.2.3", "1.4.0"):
        with pytest.raises(WrongVersion, match=r"minor step, 1\.3\.0, because of: 2 reports added"):
            version_for(more, Version.of(wrong))


def test_nothing_is_released_where_nothing_changed() -> None:
    with pytest.raises(WrongVersion, match=r"nothing changed since 1\.2\.3"):
        version_for(difference(), Version(1, 2, 4))


def test_a_first_release_is_called_1_0_0_or_as_one_likes() -> None:
    assert str(version_for(Difference(None))) == "1.0.0"
    assert str(version_for(Difference(None), Version(0, 3, 0))) == "0.3.0"


def test_the_gravest_reason_stands_first() -> None:
    found = demands(difference(SchemaChange("column", "cells", "note", "removed"), counts=(VALUES,), of=reports(1)))
    assert [(d.step.word, d.what) for d in found] == [
        ("major", "column cells.note was removed"),
        ("minor", "1 report added"),
        ("patch", "table cells: 2 values of 1 row changed (source)"),
    ]
