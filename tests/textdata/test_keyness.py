"""Keyness of a group of invented reports against the rest."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace

import duckdb
import pytest

from pipeline.narrate.terms import section_terms
from pipeline.store.layout import Layout
from pipeline.textdata import measures
from pipeline.textdata.condition import NotAnswered
from pipeline.textdata.keyness import Key, Question, cells, columns, keyness
from pipeline.textdata.keyness_plot import plot
from tests.textdata.invented import REPORTS

COUNTY = Question("division_level = 'county'", sections=("problems",))


def total(level: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for r in REPORTS:
        if r.level == level:
            for t in section_terms("problems", r.sections.get("problems", "")):
                found[t.term] += t.count
    return found


def by_feature(question: Question, layout: Layout) -> dict[str, Key]:
    return {k.feature: k for k in keyness(layout, question).keys}


def test_counts_rates_and_statistic_are_those_of_the_two_groups(invented: Layout) -> None:
    county, city = total("county"), total("prefecture")
    answer = keyness(invented, COUNTY)
    assert (answer.group.reports, answer.reference.reports, answer.neither) == (2, 2, 1)
    assert (answer.group.tokens, answer.reference.tokens) == (county.total(), city.total())
    assert {k.feature: (k.count_group, k.count_reference) for k in answer.keys} == {
        w: (county[w], city[w]) for w in county | city
    }
    for key in answer.keys:
        a, b = county[key.feature], city[key.feature]
        expected = measures.log_likelihood(a, b, county.total(), city.total())
        assert key.statistic == round(expected, 6)
        assert key.per_1000_group == round(1000 * a / county.total(), 6)
        assert key.p == measures.p_value(expected) <= key.p_adjusted
    assert answer.keys[0].feature == "培训" and answer.keys[-1].statistic < 0


@pytest.mark.parametrize("measure", ["log_likelihood", "chi2", "log_ratio"])
def test_groups_that_change_places_change_the_sign(invented: Layout, measure: str) -> None:
    city = replace(COUNTY, group="division_level = 'prefecture'", measure=measure)
    there, back = by_feature(replace(COUNTY, measure=measure), invented), by_feature(city, invented)
    assert {f: k.statistic for f, k in there.items()} == {f: 0.0 - k.statistic for f, k in back.items()}


def test_against_names_the_reports_compared_with(invented: Layout) -> None:
    answer = keyness(invented, replace(COUNTY, against="division_level = 'prefecture' AND report_year = 2023"))
    assert (answer.group.reports, answer.reference.reports, answer.neither) == (2, 1, 2)


def test_dictionary_features_are_measured_against_all_tokens(invented: Layout) -> None:
    answer = keyness(invented, replace(COUNTY, features="dictionary"))
    with duckdb.connect(str(invented.database), read_only=True) as db:
        tokens = db.execute(
            "SELECT sum(count) FROM features JOIN reports USING (report_id) "
            "WHERE feature = 'length.tokens' AND section_code = 'problems' AND division_level = 'county'"
        ).fetchall()[0][0]
    assert answer.group.tokens == tokens
    assert answer.keys and all(k.feature.startswith(k.kind + ".") for k in answer.keys)
    assert not any(k.feature.startswith("length") for k in answer.keys)


def test_the_statistic_is_named_in_the_heading(invented: Layout) -> None:
    key = keyness(invented, COUNTY).keys[0]
    for measure in measures.MEASURES:
        names = columns(measure)
        assert names[2] == measure and len(set(names)) == len(names) == len(cells(key, measure))


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (replace(COUNTY, group="division_level = 'moon'"), "--group has nothing to count: 0 reports"),
        (replace(COUNTY, group="report_year > 1"), "the rest has nothing to count"),
        (replace(COUNTY, group="report_year > 1", against="report_year = 2024"), "compared with themselves"),
        (replace(COUNTY, sections=("applications",)), "has no terms"),
        (replace(COUNTY, against="nothing = 1"), "--against 'nothing = 1' cannot be used"),
    ],
)
def test_what_cannot_be_compared_says_why(invented: Layout, question: Question, says: str) -> None:
    with pytest.raises(NotAnswered, match=says):
        keyness(invented, question)


def test_the_plot_is_one_escaped_picture(invented: Layout) -> None:
    group = "division_level = 'county' AND issuer <> '<script>\x07&\"'"
    answer = keyness(invented, replace(COUNTY, group=group))
    shown = [k for k in answer.keys if k.statistic > 0]
    svg = str(plot(answer, shown, answer.keys[-2:]))
    root = ET.fromstring(svg)
    bars = [e for e in root.iter("{http://www.w3.org/2000/svg}rect") if e.get("class")]
    assert [b.get("class") for b in bars] == ["group"] * len(shown) + ["reference"] * 2
    assert "<script>" not in svg and "培训" in svg and "log-likelihood" in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", ""), "nothing is fetched"
    assert svg == str(plot(answer, shown, answer.keys[-2:]))
