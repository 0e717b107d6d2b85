"""Indicators: every one of them computed by hand for a report of each form; when they are null; which status they have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from expectations.model import Example
from pipeline import form, schema
from pipeline.store import indicators_page
from pipeline.store.indicator_rows import stage_indicators
from pipeline.store.indicators import forms_of, indicators, is_exchangeable, labels_of
from pipeline.store.layout import Layout
from tests.conftest import ROOT
from tests.store.test_corpus import stage_example

APPLICATIONS = {
    "received_new": "30 6 1 1 1 1 40",
    "carried_in": "8 2 0 0 0 0 10",
    "granted": "12 0 0 0 0 0 12",
    "partial": "4 0 0 0 0 0 4",
    "denied_state_secret": "1 0 0 0 0 0 1",
    "denied_other_law": "0 0 0 0 0 0 0",
    "denied_safety_stability": "0 0 0 0 0 0 0",
    "denied_third_party": "2 0 0 0 0 0 2",
    "denied_internal_affairs": "3 0 0 0 0 0 3",
    "denied_deliberative": "1 0 0 0 0 0 1",
    "denied_enforcement_file": "1 0 0 0 0 0 1",
    "denied_administrative_query": "2 0 0 0 0 0 2",
    "unavailable_not_held": "6 0 0 0 0 0 6",
    "unavailable_must_create": "1 0 0 0 0 0 1",
    "unavailable_unclear": "1 0 0 0 0 0 1",
    "declined_petition": "2 0 0 0 0 0 2",
    "declined_repeat": "1 0 0 0 0 0 1",
    "declined_publication": "0 0 0 0 0 0 0",
    "declined_excessive": "0 0 0 0 0 0 0",
    "declined_reissue": "1 0 0 0 0 0 1",
    "other_uncorrected": "1 0 0 0 0 0 1",
    "other_unpaid_fee": "0 0 0 0 0 0 0",
    "other_other": "1 0 0 0 0 0 1",
    "handled_total": "40 0 0 0 0 0 40",
    "carried_out": "10 0 0 0 0 0 10",
}
REMEDIES = {
    "reconsideration": "4 2 1 1 8",
    "litigation_direct": "2 0 1 1 4",
    "litigation_after_reconsideration": "1 1 0 0 2",
}
PROACTIVE = {
    "regulations": "2 1 20",
    "normative_documents": "5 3 60",
    "licensing": "700",
    "penalties": "80",
    "coercive_measures": "9",
    "fees": "12.5",
}
FORM_2021 = {"applications": APPLICATIONS, "remedies": REMEDIES, "proactive": PROACTIVE}

ONE_ROW = dict.fromkeys(("other_uncorrected", "other_unpaid_fee", "other_other"), "K K K K K K K")
FORM_2019 = {
    "applications": APPLICATIONS | ONE_ROW | {"other": "2 0 0 0 0 0 2"},
    "remedies": REMEDIES,
    "proactive": {
        "regulations": "2 2 20",
        "normative_documents": "6 4 50",
        "licensing": "30 -2 700",
        "other_services": "4 0 11",
        "penalties": "50 1 80",
        "coercive_measures": "5 0 9",
        "fees": "3 0",
        "procurement": "7 88",
    },
}

BOTH = {
    "applications_received": (40, None, 40),
    "applications_handled": (40, None, 40),
    "applications_carried_in": (10, None, 10),
    "applications_carried_out": (10, None, 10),
    "applications_denied": (10, None, 10),
    "share_granted": (12, 40, 0.3),
    "share_granted_or_partial": (16, 40, 0.4),
    "share_partial": (4, 40, 0.1),
    "share_denied": (10, 40, 0.25),
    "share_unavailable": (8, 40, 0.2),
    "share_declined": (4, 40, 0.1),
    "share_other": (2, 40, 0.05),
    "share_natural_person": (30, 40, 0.75),
    "share_enterprise": (6, 40, 0.15),
    "share_carried_out": (10, 50, 0.2),
    "clearance_rate": (40, 50, 0.8),
    "share_denied_state_secret": (1, 40, 0.025),
    "share_denied_other_law": (0, 40, 0),
    "share_denied_safety_stability": (0, 40, 0),
    "share_denied_third_party": (2, 40, 0.05),
    "share_denied_internal_affairs": (3, 40, 0.075),
    "share_denied_deliberative": (1, 40, 0.025),
    "share_denied_enforcement_file": (1, 40, 0.025),
    "share_denied_administrative_query": (2, 40, 0.05),
    "share_of_denied_state_secret": (1, 10, 0.1),
    "share_of_denied_other_law": (0, 10, 0),
    "share_of_denied_safety_stability": (0, 10, 0),
    "share_of_denied_third_party": (2, 10, 0.2),
    "share_of_denied_internal_affairs": (3, 10, 0.3),
    "share_of_denied_deliberative": (1, 10, 0.1),
    "share_of_denied_enforcement_file": (1, 10, 0.1),
    "share_of_denied_administrative_query": (2, 10, 0.2),
    "share_unavailable_not_held": (6, 40, 0.15),
    "share_unavailable_must_create": (1, 40, 0.025),
    "share_unavailable_unclear": (1, 40, 0.025),
    "share_declined_petition": (2, 40, 0.05),
    "share_declined_repeat": (1, 40, 0.025),
    "share_declined_publication": (0, 40, 0),
    "share_declined_excessive": (0, 40, 0),
    "share_declined_reissue": (1, 40, 0.025),
    "remedies_total": (14, None, 14),
    "reconsiderations": (8, None, 8),
    "lawsuits": (6, None, 6),
    "share_remedies_corrected": (3, 12, 0.25),
    "share_reconsiderations_corrected": (2, 7, 2 / 7),
    "share_lawsuits_corrected": (1, 5, 0.2),
    "share_remedies_pending": (2, 14, 1 / 7),
    "reconsiderations_per_1000": (8, 40, 200),
    "lawsuits_per_1000": (6, 40, 150),
    "licensing_decisions": (700, None, 700),
    "penalty_decisions": (80, None, 80),
    "coercion_decisions": (9, None, 9),
}
ONLY_2021 = {
    "share_other_uncorrected": (1, 40, 0.025),
    "regulations_issued": (2, None, 2),
    "regulations_in_force": (20, None, 20),
    "normative_documents_issued": (5, None, 5),
    "normative_documents_repealed": (3, None, 3),
    "normative_documents_in_force": (60, None, 60),
    "fees_amount": (Decimal("12.5"), None, 12.5),
}
ONLY_2019 = {"normative_documents_produced": (6, None, 6), "normative_documents_disclosed": (4, None, 4)}


@dataclass(frozen=True, slots=True)
class Found:
    """A row of `indicators`."""

    numerator: Decimal | None
    denominator: Decimal | None
    value: float | None
    unit: str
    obs_status: str


def found(folder: Path, tables: Mapping[str, Mapping[str, str]], form: str = "2021") -> dict[str, Found]:
    """The indicators of a report with these tables."""
    layout = Layout(folder)
    stage_example(layout, Example("a report", form=form, tables=tables))
    rows = pl.read_parquet(layout.staged_table("indicators")).rows(named=True)
    return {r.pop("indicator"): Found(**{k: v for k, v in r.items() if k != "report_id"}) for r in rows}


def changed(**rows: str) -> dict[str, Mapping[str, str]]:
    """The tables of the 2021 form with other rows."""
    out: dict[str, Mapping[str, str]] = {t: {r: rows.get(r, c) for r, c in FORM_2021[t].items()} for t in FORM_2021}
    assert any(r in table for table in out.values() for r in rows)
    return out


@pytest.mark.parametrize(
    ("form", "tables", "here", "elsewhere"),
    [("2021", FORM_2021, BOTH | ONLY_2021, ONLY_2019), ("2019", FORM_2019, BOTH | ONLY_2019, ONLY_2021)],
)
def test_every_indicator_by_hand(
    tmp_path: Path,
    form: str,
    tables: Mapping[str, Mapping[str, str]],
    here: Mapping[str, tuple[object, object, float]],
    elsewhere: Mapping[str, object],
) -> None:
    got = found(tmp_path, tables, form)
    assert set(got) == {i.indicator for i in indicators()} == set(here) | set(elsewhere)
    for name, (numerator, denominator, value) in here.items():
        g = got[name]
        assert (g.numerator, g.denominator, g.obs_status) == (numerator, denominator, "A"), name
        assert g.value == pytest.approx(value), name
    for name in elsewhere:
        g = got[name]
        assert (g.numerator, g.value, g.obs_status) == (None, None, "M"), f"{name} is not on this form: no 0"


def test_the_weakest_cell_gives_the_status(tmp_path: Path) -> None:
    got = found(tmp_path, changed(granted="12 _ _ _ _ _ =12", partial="~4 _ _ _ _ _ ~4", carried_out="_ _ _ _ _ _ !10"))
    assert got["share_granted"].obs_status == "I"
    assert got["share_granted_or_partial"].obs_status == "U"
    assert got["share_carried_out"].obs_status == "I"
    assert got["share_denied"].obs_status == "A"


@pytest.mark.parametrize("cell", ["_", "?"])
def test_an_open_part_makes_null_and_the_other_part_stays(tmp_path: Path, cell: str) -> None:
    got = found(tmp_path, changed(granted=f"12 0 0 0 0 0 {cell}"))
    assert got["share_granted"] == Found(None, Decimal(40), None, "share", "O")
    assert got["share_denied"].value == 0.25
    got = found(tmp_path / "whole", changed(handled_total=f"40 0 0 0 0 0 {cell}"))
    assert got["share_granted"] == Found(Decimal(12), None, None, "share", "O")


def test_what_does_not_apply_counts_as_zero_among_numbers_and_alone_is_null(tmp_path: Path) -> None:
    got = found(tmp_path, changed(denied_state_secret="- - - - - - -", regulations="- - -"))
    assert got["share_denied"] == Found(Decimal(9), Decimal(40), 0.225, "share", "A")
    assert got["share_denied_state_secret"] == Found(Decimal(0), Decimal(40), 0.0, "share", "A")
    assert got["regulations_issued"] == Found(None, None, None, "document", "M")


def test_a_share_of_nothing_keeps_its_parts(tmp_path: Path) -> None:
    nothing = dict.fromkeys(APPLICATIONS, "0 0 0 0 0 0 0")
    got = found(tmp_path, {"applications": nothing, "remedies": REMEDIES})
    assert got["share_granted"] == Found(Decimal(0), Decimal(0), None, "share", "M")
    assert got["share_of_denied_deliberative"] == Found(Decimal(0), Decimal(0), None, "share", "M")
    assert got["lawsuits_per_1000"].numerator == 6, "lawsuits about applications of earlier years"
    assert (got["lawsuits_per_1000"].value, got["lawsuits_per_1000"].obs_status) == (None, "M")


def test_a_part_above_its_whole_is_no_share(tmp_path: Path) -> None:
    """A total printed as 0 beside its parts, and more decided than there was to decide."""
    got = found(tmp_path, changed(handled_total="40 0 0 0 0 0 0"))
    assert got["share_granted"] == Found(Decimal(12), Decimal(0), None, "share", "O")
    got = found(tmp_path / "more", changed(received_new="20 0 0 0 0 0 20"))
    assert got["clearance_rate"] == Found(Decimal(40), Decimal(30), None, "share", "O")
    assert got["lawsuits_per_1000"].value == 150, "a rate may exceed its base"


def test_a_missing_table_is_open_not_zero(tmp_path: Path) -> None:
    got = found(tmp_path, {"remedies": REMEDIES})
    assert got["applications_received"] == Found(None, None, None, "application", "O")
    assert got["normative_documents_issued"].obs_status == got["normative_documents_produced"].obs_status == "O"
    assert got["lawsuits_per_1000"] == Found(Decimal(6), None, None, "case per 1,000 applications", "O")
    assert found(tmp_path / "none", {})["remedies_total"].obs_status == "O"


def test_the_one_row_other_stands_for_its_three(tmp_path: Path) -> None:
    got = found(tmp_path, FORM_2019, "2019")
    assert got["share_other"] == Found(Decimal(2), Decimal(40), 0.05, "share", "A")
    assert got["share_other_uncorrected"] == Found(None, Decimal(40), None, "share", "M"), "K is no 0"
    blank = {**FORM_2019, "applications": FORM_2019["applications"] | {"other": "_ _ _ _ _ _ _"}}
    assert found(tmp_path / "blank", blank, "2019")["share_other"].obs_status == "O"


def test_a_sum_too_large_for_the_schema_is_open_and_stops_nothing(tmp_path: Path) -> None:
    got = found(tmp_path, changed(**dict.fromkeys(REMEDIES, "0 0 0 0 999999999999")))
    assert got["remedies_total"] == Found(None, None, None, "case", "O")
    assert got["reconsiderations"].numerator == 999_999_999_999


def test_computing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    stage_example(layout, Example("a report", tables=FORM_2021))
    first = layout.staged_table("indicators").read_bytes()
    stage_indicators(layout)
    assert layout.staged_table("indicators").read_bytes() == first


def test_definitions_are_whole_and_true() -> None:
    names = [i.indicator for i in indicators()]
    assert len(set(names)) == len(names)
    assert set(names) == set(schema.codelist("indicator"))
    for i in indicators():
        assert all(
            (
                i.description_en,
                i.description_zh,
                i.link_note_en,
                i.link_note_zh,
                i.unit,
                i.theme,
                *labels_of(i.indicator),
            )
        ), i.indicator
        assert i.numerator, i.indicator
        assert not i.is_share or i.denominator, i.indicator
        sides = [(c, side) for side in (i.numerator, i.denominator) for c in side if not is_exchangeable(c, side)]
        common = set.intersection(*(set(forms_of(c)) for c, _ in sides)) if sides else {"2019", "2021"}
        assert i.links == ("links" if len(common) == 2 else f"only_{common.pop()}"), i.indicator
        assert re.fullmatch(r"\{[^{}]+\}( ÷ \{[^{}]+\})?( × 1,000)?", i.formula_en), i.formula_en
        assert re.fullmatch(r"\{[^{}]+\}( ÷ \{[^{}]+\})?( × 1,000)?", i.formula_zh), i.formula_zh


def test_who_says_that_labels_are_the_same_is_right() -> None:
    same = [i for i in indicators() if i.link_note_en.startswith("Rows, columns and labels are the same")]
    assert len(same) > 40
    for i in same:
        for table, row, column in (*i.numerator, *i.denominator):
            assert len({form.labels_of_row(f, table, row)[0] for f in form.FORMS}) == 1, (i.indicator, row)
            assert len({form.labels_of_column(f, table, column)[0] for f in form.FORMS}) == 1, (i.indicator, column)


def test_formulas_speak_in_the_labels_of_the_form() -> None:
    (clearance,) = (i for i in indicators() if i.indicator == "clearance_rate")
    assert clearance.formula_zh == (
        "{（七）总计：总计} ÷ {一、本年新收政府信息公开申请数量＋二、上年结转政府信息公开申请数量：总计}"
    )
    (produced,) = (i for i in indicators() if i.indicator == "normative_documents_produced")
    assert produced.formula_zh == "{规范性文件：本年新制作数量}", "the label of the form that asks for it"


def test_the_page_is_the_definitions() -> None:
    written = (ROOT / "docs" / "indicators.md").read_text(encoding="utf-8")
    assert written == indicators_page.page(), "python -m pipeline.store.indicators_page docs/indicators.md"
