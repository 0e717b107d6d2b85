"""Figures that narrative sentences state: what each counts, whose it is, and what is no figure at all."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.narrate.claim_clauses import MOST_IN_CLAUSE, clauses
from pipeline.narrate.claim_figures import figures, sentences
from pipeline.narrate.claim_sentence import MOST_CLAIMS
from pipeline.narrate.claim_words import cell_sets
from pipeline.narrate.claims import find_claims
from pipeline.schema import codes_rows
from tests.narrate.claims_score import DEVELOPMENT, cell_score, judge_all, read_sentences, scores


def found(text: str, section: str = "overview", year: int | None = 2024) -> list[tuple[str, str | None, str, int]]:
    return [(c.subject, c.column_code, c.scope, int(c.value)) for c in find_claims(text, section, year)]


def readings(text: str, section: str = "overview") -> list[str | None]:
    return [c.reading for c in find_claims(text, section, 2024)]


RECALL = {"claims_development_4": 0.94}


@pytest.mark.parametrize("path", DEVELOPMENT, ids=lambda path: path.stem)
def test_the_development_sentences_are_read_as_their_table_says(path: Path) -> None:
    sentences = read_sentences(path)
    assert len(sentences) >= 350
    score = cell_score(scores(judge_all(sentences, find_claims)))
    assert score.precision >= 0.99
    assert score.recall >= RECALL.get(path.stem, 0.95)


def test_a_claim_gives_the_words_and_their_place() -> None:
    text = "全年收到申请 12 件，办结 11 件。"
    first, second = find_claims(text, "overview", 2024)
    assert (first.printed, text[slice(*first.span)], first.unit) == ("12 件", "12 件", "件")
    assert text[slice(*second.sentence_span)] == text


def test_parts_belong_to_what_precedes() -> None:
    assert found("共答复政府信息公开申请5件。收到申请20件，其中自然人17件、企业3件。")[1:] == [
        ("received_new", None, "unstated", 20),
        ("received_new", "natural_person", "unstated", 17),
        ("received_new", "enterprise", "unstated", 3),
    ]


def test_new_and_carried_in_make_up_what_was_received_altogether() -> None:
    assert found("受理申请74件，其中新收71件，上年结转3件。") == [
        ("received_altogether", None, "unstated", 74),
        ("received_new", None, "unstated", 71),
        ("carried_in", None, "unstated", 3),
    ]


def test_one_denial_may_deny_two_things() -> None:
    (first, second) = find_claims("本年度未发生因政府信息公开引起的行政复议、行政诉讼。", "overview", 2024)
    assert (first.subject, second.subject) == ("reconsideration", "litigation")
    assert first.value == second.value == 0
    assert first.unit is None


def comparable(text: str, section: str = "applications") -> list[tuple[str, str | None, int]]:
    """Figures with the subject of a cell and the scope of the whole report."""
    cells = [c for c in found(text, section) if c[0] != "other" and c[2] not in ("part", "other_year")]
    return [(subject, column, value) for subject, column, _, value in cells]


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        (
            "新收68件，上年结转4件，应办理申请72件。",
            [("received_new", 68), ("carried_in", 4), ("received_altogether", 72)],
        ),
        ("收到（含上年结转3件）申请58件。", [("carried_in", 3), ("received_altogether", 58)]),
        ("予以公开、部分公开的申请依次为16件、5件。", [("granted", 16), ("partial", 5)]),
        ("办结申请88件，比上年多办结12件。", [("handled_total", 88)]),
        ("办结申请37件，其中当场答复1件，延期答复2件。", [("handled_total", 37)]),
        ("收到申请33件，转办26件，直接答复7件。", [("received_new", 33)]),
        ("新收申请22件，结转3件，办结25件。", [("received_new", 22), ("handled_total", 25)]),
        ("收到申请40件，其中有效申请33件。", [("received_new", 40)]),
        ("申请人以自然人为主，共收到申请29件。", []),
        ("17件申请中已答复16件。", [("handled_total", 16)]),
        ("对3件不属于本机关职责的申请予以引导。", []),
        ("收到此类申请9件。", []),
    ],
)
def test_a_figure_becomes_one_of_a_cell_only_where_that_is_sure(text: str, sure: list[tuple[str, int]]) -> None:
    assert [(subject, value) for subject, _, value in comparable(text)] == sure


def test_the_parts_of_a_whole_are_not_held_against_the_table() -> None:
    text = "全市收到申请50件，其中市本级收到20件，各区收到30件。"
    assert comparable(text) == [("received_new", None, 50)]


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("审理行政复议案件64件，办结60件，均与政府信息公开工作无关。", []),
        ("出庭应诉15件，没有政府信息公开类行政诉讼。", [("litigation", None, 0)]),
        ("旁听行政诉讼庭审2次。", []),
        ("行政复议由上年的8件降至3件。", [("reconsideration", None, 3)]),
        ("涉及县教育局的政府信息公开行政诉讼2件。", []),
    ],
)
def test_remedies_are_those_of_this_report(text: str, sure: list[tuple[str, str | None, int]]) -> None:
    assert comparable(text, "remedies") == sure


@pytest.mark.parametrize(
    "sentence",
    [
        "如未收到政府信息公开申请，应当说明。",
        "对未收到申请的单位加强指导。",
        "本年度未按时答复的政府信息公开申请应当说明原因。",
        "确保不发生因信息公开引发的行政诉讼。",
        "依据国办公开办函〔2021〕30号和条例第五十条编制。",
        "电话：0512-00000000，邮编：000000。",
        "统计期限自2024年1月1日起至2024年12月31日止。",
        "答复率100%，高效办成一件事。",
    ],
)
def test_no_figure(sentence: str) -> None:
    assert found(sentence) == []


def test_years_other_than_the_reports_are_told() -> None:
    assert found("2023年收到申请5件，2024年收到申请8件。") == [
        ("received_new", None, "other_year", 5),
        ("received_new", None, "unstated", 8),
    ]
    assert found("2023年结转申请2件，结转2025年办理1件。") == [
        ("carried_in", None, "unstated", 2),
        ("carried_out", None, "unstated", 1),
    ]


def test_what_is_not_the_organs_own_year_is_held_against_nothing() -> None:
    for sentence in (
        "全市共收到政府信息公开申请95件。",
        "上半年收到政府信息公开申请7件。",
        "上年收到政府信息公开申请7件。",
        "收到政府信息公开申请约40件。",
        "12345热线受理诉求100件。",
        "办理行政复议案件120件。",
        "11件办结，8件申请人撤销。",
    ):
        assert set(readings(sentence)) == {None}, sentence


def test_a_town_speaks_of_itself_when_it_speaks_of_the_whole_town() -> None:
    assert readings("全镇共收到政府信息公开申请3件。") == ["received"]


def test_a_bare_figure_may_be_new_or_altogether() -> None:
    assert readings("收到政府信息公开申请60件，答复54件。") == ["received", "handled_total"]
    assert readings("新收政府信息公开申请60件。") == ["received_new"]
    assert readings("收到政府信息公开申请34件，均已按时办结。") == ["received_and_handled"]


@pytest.mark.parametrize(
    ("printed", "value", "unit"),
    [
        ("1,204件", "1204", "件"),
        ("1.2万件", "12000", "件"),
        ("43.788万元", "43.788", "万元"),
        ("二十三件", "23", "件"),
        ("一百零五件", "105", "件"),
        ("三万五千件", "35000", "件"),
    ],
)
def test_figures_are_exact(printed: str, value: str, unit: str) -> None:
    (figure,) = figures(f"共{printed}。")
    assert (figure.value, figure.unit) == (Decimal(value), unit)


def test_lines_that_the_source_wrapped_are_one_sentence() -> None:
    text = "全年认真做好依申请公开工作，不断完善办理流程，共收到政府信息公开申请\n16件，办结15件。\n（二）其他"
    assert found(text) == [("received_new", None, "unstated", 16), ("handled_total", None, "unstated", 15)]


def test_every_code_is_in_its_list() -> None:
    known = {(r["codelist"], r["code"]) for r in codes_rows()}
    for path in DEVELOPMENT:
        for sentence in read_sentences(path):
            for c in find_claims(sentence.text, sentence.section_code, 2024):
                assert ("claim_subject", c.subject) in known
                assert ("claim_scope", c.scope) in known
                assert c.reading is None or c.reading.split("@")[0] in {*cell_sets()}


HOSTILE = (
    "9", "1,", "一", "件", "未", "申请", "3件", "3件，", "《", "2024年", "为0", "：无", "\n", "1 ", "未行政复议", "（含", "局收到",
    "县政府办理1件", "较2023年的1件", "公开1件，部分公开", "、诉讼0件", "1 2",
)  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_a_sentence_after_hostile_text_is_read_as_ever(unit: str) -> None:
    text = unit * (30_000 // len(unit)) + "。\n全年收到政府信息公开申请41件，结转下年度2件。"
    claims = find_claims(text, "overview", 2024)
    assert [(c.subject, int(c.value)) for c in claims[-2:]] == [("received_new", 41), ("carried_out", 2)]


@pytest.mark.parametrize("unit", HOSTILE)
def test_what_is_read_at_once_is_bounded_whatever_the_text(unit: str) -> None:
    text = unit * (30_000 // len(unit))
    longest = 24
    for start, end in sentences(text):
        assert end - start <= 2_001
        pieces = [c.end - c.start for c in clauses(text[start:end])]
        assert all(piece <= MOST_IN_CLAUSE + longest for piece in pieces)
    by_sentence = Counter(c.sentence_span for c in find_claims(text, "overview", 2024))
    assert all(n <= 2 * MOST_CLAIMS for n in by_sentence.values())


def test_a_part_with_a_cell_of_its_own_is_held_against_that() -> None:
    claims = find_claims("不予公开9件，其中国家秘密2件、行政执法案卷7件。", "applications", 2024)
    assert [(c.scope, c.reading) for c in claims] == [
        ("unstated", "denied"),
        ("part", "denied_state_secret"),
        ("part", "denied_enforcement_file"),
    ]


def test_several_organs_in_one_sentence_are_parts_and_the_organ_itself_is_not() -> None:
    assert [c[2] for c in found("县民政局收到申请3件，县财政局收到申请5件。")] == ["part", "part"]
    assert [c[2] for c in found("下属单位收到申请3件，我局收到申请5件。")] == ["part", "organ"]
    assert found("云岭县民政局收到申请3件。") == [("received_new", None, "unstated", 3)]


def test_an_approximate_number_is_the_figure_of_nothing() -> None:
    assert {c[0] for c in found("全年收到申请二十余件，答复近百件。")} == {"other"}


def test_another_year_named_for_comparison_is_told_from_an_increase() -> None:
    assert found("收到申请48件，较2023年的41件增加7件。") == [
        ("received_new", None, "unstated", 48),
        ("received_new", None, "other_year", 41),
        ("other", None, "unstated", 7),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "编印办事指南，申请材料由9份减为4份。",
        "简化流程，申请材料从8份压减到3份，申请时限由20天缩短为10天。",
        "精简申请环节，由5个压减至2个。",
        "申请表由3张减为1张，申请要件从12项压减到7项。",
        "受理低保申请，申请资料由6份减为2份。",
    ],
)
def test_what_an_applicant_hands_in_is_no_application(text: str) -> None:
    claims = find_claims(text, "overview", 2024)
    assert claims
    assert {(c.subject, c.reading) for c in claims} == {("other", None)}


def test_applications_that_became_fewer_are_still_applications() -> None:
    assert found("收到政府信息公开申请由9件减为4件。") == [
        ("received_new", None, "other_year", 9),
        ("received_new", None, "unstated", 4),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "我区水利、林业、农业农村三个系统分别收到申请9件、4件、2件。",
        "委属医院收到政府信息公开申请3件。",
        "下属各单位收到政府信息公开申请6件。",
        "县自然资源局受理的申请最多，共41件，县住建局次之，19件。",
        "收到申请最多的为东风街道，21件。",
        "数量最多的月份为5月，共收到申请5件。",
        "自2018年1月至2024年12月，我局共受理政府信息公开申请300件。",
        "2019—2024年累计收到政府信息公开申请113件。",
        "政府信息公开申请从2021年的41件增至2022年的53件。",
    ],
)
def test_figures_of_another_organ_or_of_several_years_are_held_against_nothing(text: str) -> None:
    assert comparable(text) == []


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("申请人以自然人最多，为41件。", [("received_new", "natural_person", 41)]),
        ("申请数量从2023年的55件上升为2024年的69件。", [("received_new", None, 69)]),
        ("全市31个市直部门和9个县（区）共受理政府信息公开申请931件。", [("received_new", None, 931)]),
        ("全县各乡镇（街道）、各部门共收到政府信息公开申请93件。", [("received_new", None, 93)]),
        ("收到申请20件，有3件内容涉及第三方合法权益。", [("received_new", None, 20)]),
        ("无法提供政府信息的答复共9件，不予公开政府信息的答复7件。", [("unavailable", None, 9), ("denied", None, 7)]),
        ("没有需要结转下年度继续办理的政府信息公开申请。", [("carried_out", None, 0)]),
        ("各级行政机关2024年均未收取政府信息公开处理费。", [("fees", None, 0)]),
        ("信息处理费：0元；行政事业性收费：12万元。", [("fees", None, 0)]),
        ("全系统收到申请40件，其中委机关收到12件。", [("received_new", None, 40)]),
    ],
)
def test_what_looks_like_a_part_or_another_row_and_is_not(text: str, sure: list[tuple[str, str | None, int]]) -> None:
    assert comparable(text) == sure
