"""Which step of the version a difference asks for, and whether a version takes that step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from pipeline.release.changes.model import ADDED, CHANGED, REMOVED, RENAMED, Difference, SchemaChange
from pipeline.release.edition import Version

FIRST = Version(1, 0, 0)
"""What the first release is called unless somebody says otherwise."""

_MEANING = frozenset(("type", "unit", "codelist", "key", "formula", "may be null", "number", "variable in Stata"))
"""Attributes whose change breaks what was written for the release before. The others are wording."""


class Step(IntEnum):
    """How much of the version moves."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def word(self) -> str:
        return self.name.lower()


class WrongVersion(Exception):
    """A version does not take the step that the difference asks for, or nothing differs; the message names what asks."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A step, and what asks for it."""

    step: Step
    what: str


def of_schema(change: SchemaChange) -> Step:
    """The step that one change of the schema asks for.

    A table, column, code or rule that is gone or has another name breaks queries that name it: major; so do another
    type, unit, code list, key, and nulls where there were none. What is added breaks nothing: minor. Other words for
    the same thing (descriptions, labels, messages), and a column that is never null any more: patch.
    """
    if change.change in (REMOVED, RENAMED):
        return Step.MAJOR
    if change.change == ADDED:
        return Step.MINOR
    if change.attribute == "may be null" and change.new == "false":
        return Step.PATCH
    return Step.MAJOR if change.attribute in _MEANING else Step.PATCH


def demands(difference: Difference) -> tuple[Demand, ...]:
    """Everything that asks for a step, the highest first.

    An observation of the panel (an organ's year) that has a report no more is major: whoever repeats an analysis on the
    new release finds fewer cases, which is no correction of a value. A report that went while another one stands for the same
    organ and year is a duplicate found, and minor, as every report that came and every one that has another identity.
    """
    out = [Demand(of_schema(c), str(c)) for c in difference.schema]
    if (r := difference.reports) is not None:
        if r.lost:
            out.append(Demand(Step.MAJOR, f"{_many(r.lost, 'organ-year')} without a report, which had one"))
        if r.added:
            out.append(Demand(Step.MINOR, f"{_many(r.added, 'report')} added"))
        if r.removed:
            out.append(Demand(Step.MINOR, f"{_many(r.removed, 'report')} removed"))
        if r.moved:
            out.append(Demand(Step.MINOR, f"{_many(r.moved, 'report')} under another report_id"))
    for c in difference.counts:
        said = f"{c.values:,} values of {_many(c.rows, 'row')}" if c.change == CHANGED else _many(c.rows, "row")
        out.append(Demand(Step.PATCH, f"table {c.table}: {said} {c.change} ({c.reason})"))
    out += [Demand(Step.PATCH, f"metadata: {c.field} is another one") for c in difference.metadata]
    return tuple(sorted(out, key=lambda d: -d.step))


def needed(difference: Difference) -> Step:
    """The step that a difference asks for; none where nothing differs."""
    return max((d.step for d in demands(difference)), default=Step.NONE)


def next_version(previous: Version, step: Step) -> Version:
    """The version that follows. Raises WrongVersion where there is no step to take."""
    if step is Step.MAJOR:
        return Version(previous.major + 1, 0, 0)
    if step is Step.MINOR:
        return Version(previous.major, previous.minor + 1, 0)
    if step is Step.PATCH:
        return Version(previous.major, previous.minor, previous.patch + 1)
    raise WrongVersion(f"nothing changed since {previous}, neither data nor metadata: there is nothing to release")


def version_for(difference: Difference, given: Version | None = None) -> Version:
    """The version of the release: the right one, where none is `given`; a first release may be given any.

    Raises WrongVersion where nothing differs, and where the given version is not the right one, too low or too high: a
    step that the data does not ask for would tell readers of a change that they would look for in vain.
    """
    if difference.previous is None:
        return given or FIRST
    step = needed(difference)
    right = next_version(difference.previous, step)
    if given is None or given == right:
        return right
    asking = [d.what for d in demands(difference) if d.step is step]
    more = f", and {len(asking) - 3:,} more" if len(asking) > 3 else ""
    raise WrongVersion(
        f"{given} is not the version after {difference.previous}: the difference asks for a {step.word} step, {right}, "
        f"because of: {'; '.join(asking[:3])}{more}. Leave the version out, or give {right}"
    )


def _many(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"
