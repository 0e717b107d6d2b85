"""Keyness: which words or subcategories one group of reports uses more, and less, than another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from pipeline.store.layout import Layout
from pipeline.textdata import measures
from pipeline.textdata.condition import NotAnswered, select_reports
from pipeline.textdata.measures import LOG_LIKELIHOOD, MEASURES
from pipeline.textdata.opened import DICTIONARY, TERMS, counts_of, known_sections, listed, opened

_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Question:
    """What is compared: `group` and `against` are conditions on `reports`; no `against` is every other report."""

    group: str
    against: str | None = None
    sections: tuple[str, ...] = ()
    measure: str = LOG_LIKELIHOOD
    features: str = TERMS


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two groups: how many reports and tokens of them were counted."""

    reports: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Key:
    """A feature with its counts, rates per 1,000 tokens and figures, rounded to six decimals (p values are not)."""

    feature: str
    kind: str
    statistic: float
    p: float
    p_adjusted: float
    count_group: int
    count_reference: int
    per_1000_group: float
    per_1000_reference: float
    log_ratio: float


@dataclass(frozen=True, slots=True)
class Answer:
    """All features, the most typical of the group first; `neither` reports are in no group: the condition is null."""

    question: Question
    sections: tuple[str, ...]
    group: Side
    reference: Side
    neither: int
    keys: tuple[Key, ...]


def keyness(layout: Layout, question: Question) -> Answer:
    """Compares the two groups over all features that occur in either.

    Tokens of a group are, for words, the sum of its words' counts (stop words, numbers and dates are not among them),
    as in a document-feature matrix; for subcategories of the dictionaries all tokens of its sections (`length.tokens`).
    p values are of χ² with one degree of freedom; the adjusted ones are Benjamini and Hochberg's over all features.
    Raises NotAnswered.
    """
    sections = known_sections(question.sections, question.features)
    table = "terms" if question.features == TERMS else "features"
    with opened(layout, (table,)) as connection:
        neither = _sides(connection, question)
        counts = f"({counts_of(question.features, sections)})"
        rows = connection.execute(
            f"""SELECT feature, arg_max(kind, (n, kind)),
                coalesce(sum(n) FILTER (side = 'group'), 0)::BIGINT,
                coalesce(sum(n) FILTER (side = 'reference'), 0)::BIGINT
            FROM {counts} JOIN sides USING (report_id) GROUP BY feature ORDER BY feature"""
        ).fetchall()
        group, reference = (_side(connection, question, sections, s) for s in ("group", "reference"))
    for side, option in ((group, "--group"), (reference, "--against" if question.against else "the rest")):
        if not side.tokens:
            unknown = f"; {neither:,} more are in neither group" if neither else ""
            raise NotAnswered(
                f"{option} has nothing to count: {side.reports:,} reports with 0 tokens in {', '.join(sections)}{unknown}"
            )
    return Answer(question, sections, group, reference, neither, _keys(rows, group, reference, question.measure))


def _sides(connection: duckdb.DuckDBPyConnection, question: Question) -> int:
    """Makes the table `sides` (report_id, side). Reports of neither because nothing is known of them."""
    select_reports(connection, "in_group", question.group, "--group")
    # What is not in the group is not the rest: a condition that is null says nothing of the report.
    against = f"NOT (\n{question.group}\n)" if question.against is None else question.against
    select_reports(connection, "in_reference", against, "--against" if question.against else "--group")
    both = connection.execute("SELECT count(*) FROM in_group JOIN in_reference USING (report_id)").fetchall()[0][0]
    if both:
        raise NotAnswered(
            f"{both:,} report{'' if both == 1 else 's'} would be compared with themselves: --group and --against are "
            "both true of them; make them exclude each other"
        )
    connection.execute(
        "CREATE TEMP TABLE sides AS SELECT report_id, 'group' AS side FROM in_group "
        "UNION ALL SELECT report_id, 'reference' FROM in_reference"
    )
    neither = "SELECT count(*) FROM reports WHERE report_id NOT IN (SELECT report_id FROM sides)"
    return int(connection.execute(neither).fetchall()[0][0])


def _side(connection: duckdb.DuckDBPyConnection, question: Question, sections: Sequence[str], side: str) -> Side:
    counted = {
        TERMS: "SELECT report_id, count AS n FROM terms WHERE true",
        DICTIONARY: "SELECT report_id, count AS n FROM features WHERE feature = 'length.tokens'",
    }[question.features]
    reports, tokens = connection.execute(
        f"""SELECT (SELECT count(*) FROM sides WHERE side = $1),
            (SELECT coalesce(sum(n), 0) FROM ({counted} AND section_code IN {listed(sections)})
             JOIN sides USING (report_id) WHERE side = $1)""",
        [side],
    ).fetchall()[0]
    return Side(int(reports), int(tokens))


def _keys(rows: Sequence[tuple[str, str, int, int]], group: Side, reference: Side, measure: str) -> tuple[Key, ...]:
    tokens = group.tokens, reference.tokens
    ratios = [measures.log_ratio(a, b, *tokens) for _, _, a, b in rows]
    tested = measures.chi2 if measure == measures.CHI2 else measures.log_likelihood
    tests = [tested(a, b, *tokens) for _, _, a, b in rows]
    p_values = [measures.p_value(t) for t in tests]
    statistics = ratios if measure == measures.LOG_RATIO else tests
    # Rounded before they are sorted: the last digits of a logarithm may differ between machines.
    keys = [
        Key(
            feature,
            kind,
            round(statistic, _DECIMALS),
            p,
            p_adjusted,
            a,
            b,
            round(1000 * a / group.tokens, _DECIMALS),
            round(1000 * b / reference.tokens, _DECIMALS),
            round(ratio, _DECIMALS),
        )
        for (feature, kind, a, b), statistic, p, p_adjusted, ratio in zip(
            rows, statistics, p_values, measures.adjusted(p_values), ratios, strict=True
        )
    ]
    return tuple(sorted(keys, key=lambda k: (-k.statistic, k.feature)))


def columns(measure: str) -> tuple[str, ...]:
    """Headings of the figures of a `Key`; the statistic is called by its name."""
    if measure not in MEASURES:
        raise KeyError(measure)
    return (
        "feature",
        "class",
        measure,
        "p",
        "p_adjusted",
        "count_group",
        "count_reference",
        "per_1000_group",
        "per_1000_reference",
        *(() if measure == measures.LOG_RATIO else (measures.LOG_RATIO,)),
    )


def cells(key: Key, measure: str) -> tuple[str | int | float, ...]:
    """The figures of a `Key` in the order of `columns`; p values with six significant digits."""
    figures: tuple[str | int | float, ...] = (
        key.feature,
        key.kind,
        key.statistic,
        float(f"{key.p:.6g}"),
        float(f"{key.p_adjusted:.6g}"),
        key.count_group,
        key.count_reference,
        key.per_1000_group,
        key.per_1000_reference,
        key.log_ratio,
    )
    return figures[: len(columns(measure))]
