"""Features of sections: documents of our own as a report would put them, then the rows expected."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.model import Feature
from pipeline.narrate import load_dictionaries, practice_counts, section_features, tokenize
from pipeline.narrate.features import PracticeCount
from pipeline.narrate.matching import find_occurrences
from pipeline.narrate.practice_context import LONGEST_SENTENCE, sentences_of
from tests.narrate.dictionary_tables import PRACTICE, SEGMENTATION, write_tables

PROBLEMS = """五、存在的主要问题及改进情况
云溪镇政务公开工作仍存在薄弱环节：一是信息更新不够及时；二是政策解读形式单一，图文解读较少。
下一步，我镇将进一步加大业务培训力度，并通过微信公众号和政府门户网站扩大公开面。"""


def rows(features: tuple[Feature, ...]) -> dict[str, int]:
    return {f.feature: f.count for f in features}


def found(text: str, category: str, section_code: str = "overview") -> list[tuple[str, str]]:
    """Affirmed occurrences: subcategory and wording."""
    occurrences = find_occurrences(text, section_code, report_year=2024)
    return [(o.subcategory, o.term) for o in occurrences if o.category == category and not o.is_denied]


def denied(text: str) -> set[str]:
    """Categories that a text denies and nowhere affirms."""
    occurrences = find_occurrences(text, "overview", report_year=2024)
    return {o.category for o in occurrences} - {o.category for o in occurrences if not o.is_denied}


def test_a_section_of_problems_and_promises() -> None:
    features = section_features("problems", PROBLEMS, report_year=2024)
    counts = rows(features)
    assert {f.section_code for f in features} == {"problems"}
    problems = dict(found(PROBLEMS, "problems_admitted", "problems"))
    assert {"timeliness", "form"} <= set(problems)
    assert counts["problems_admitted.timeliness"] >= 1
    promises = {part for part, _ in found(PROBLEMS, "improvements_promised", "problems")}
    assert "training" in promises
    assert counts["training.sessions"] == 1
    assert counts["new_media.wechat"] == 1
    assert counts["platform_building.government_website"] == 1
    assert counts["policy_interpretation_response"] >= 2
    assert "fees" not in counts, "what does not occur has no row"


def test_lengths() -> None:
    counts = rows(section_features("overview", "全年公开信息1,204条，占98.5%。 是的！\n\n平均 3 天办结；\n"))
    assert counts["length.characters"] == len("全年公开信息1,204条，占98.5%。是的！平均3天办结；")
    assert counts["length.numbers"] == 3
    assert counts["length.sentences"] == 3


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("一是加强培训;二是规范答复。", 2),
        ("见 http://example.org/?a=1;b=2 一文。", 1),
        ("。。！\n——\n", 0),
        ("标题没有句号\n正文也没有", 2),
    ],
)
def test_sentences(text: str, sentences: int) -> None:
    assert rows(section_features("overview", text))["length.sentences"] == sentences


def test_features_are_sorted_and_each_category_is_the_sum_of_its_parts_but_for_types() -> None:
    features = section_features("problems", PROBLEMS)
    names = [f.feature for f in features]
    assert names == sorted(names)
    counts = rows(features)
    for total in (n for n in names if "." not in n):
        parts = sum(c for n, c in counts.items() if n.startswith(f"{total}."))
        typed = total in ("problems_admitted", "improvements_promised")
        assert counts[total] == parts or (typed and counts[total] < parts)


def test_rates_are_per_thousand_tokens_and_characters() -> None:
    text = "开展业务培训。"
    (sessions,) = (f for f in section_features("overview", text) if f.feature == "training.sessions")
    assert sessions.count == 1
    assert sessions.per_1000_tokens == round(1000 / len(tokenize(text)), 6)
    assert sessions.per_1000_characters == round(1000 / 7, 6) == 142.857143
    lengths = [f for f in section_features("overview", text) if f.feature.startswith("length.")]
    assert {(f.per_1000_tokens, f.per_1000_characters) for f in lengths} == {(None, None)}


@pytest.mark.parametrize("text", ["", "  \n\u3000\n"])
def test_an_empty_section_has_lengths_of_zero_and_no_rates(text: str) -> None:
    assert section_features("other_matters", text) == (
        Feature("other_matters", "length.characters", 0, None, None),
        Feature("other_matters", "length.numbers", 0, None, None),
        Feature("other_matters", "length.sentences", 0, None, None),
        Feature("other_matters", "length.tokens", 0, None, None),
    )


def test_the_longest_term_at_a_place_is_taken_and_overlaps_are_not_counted() -> None:
    assert found("发布微信小程序", "new_media") == [("wechat", "微信小程序")]
    assert found("落实“三审三校”", "information_management") == [("review", "三审三校")]
    # One place may count in two categories.
    text = "公开征求意见，开展政策解读培训"
    assert {o.category for o in find_occurrences(text, "overview")} == {
        "public_participation",
        "policy_interpretation_response",
        "training",
    }


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("一时得失不足为奇。", "problems_admitted"),
        ("尚不足以说明问题。", "problems_admitted"),
        ("设立单一窗口，以单一来源方式采购。", "problems_admitted"),
        ("全年补齐短板、修补安全漏洞。", "problems_admitted"),
        ("现将有关情况报告如下。", "improvements_promised"),
        ("举办职业技能培训班。", "training"),
        ("深入学习贯彻党的二十大精神。", "training"),
        ("联系电话：0519-88123456。", "hotline"),
        ("全年累计办理各类登记业务12345笔。", "hotline"),
        ("a happy map。", "new_media"),
        ("（五）监督保障情况", "supervision_assessment"),
        ("县市场监督管理局", "supervision_assessment"),
        ("公布行政事业性收费目录清单。", "fees"),
        ("全年受理低保申请237户。", "application_handling"),
        ("化解信访积案，办理行政复议局来函。", "reconsideration_litigation"),
        ("本报告可在县政府网站查阅下载。", "platform_building"),
    ],
)
def test_wordings_that_only_look_like_a_practice_are_not_counted(text: str, category: str) -> None:
    assert found(text, category) == []


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ("全年未收到政府信息公开申请。", {"application_handling"}),
        ("没有发生行政复议、行政诉讼。", {"reconsideration_litigation"}),
        ("行政复议、行政诉讼均未发生。", {"reconsideration_litigation"}),
        ("行政复议和行政诉讼，均为0件。", {"reconsideration_litigation"}),
        ("2024年，我局未收取信息处理费。", {"fees"}),
        ("收取信息处理费情况：无。", {"fees"}),
        ("举办新闻发布会0次。", {"proactive_channels"}),
        ("本年度无投诉举报。", {"supervision_assessment"}),
        ("依申请公开方面，全年未收到申请。", {"application_handling"}),
        ("12345热线未转来涉及我所的工单。", {"hotline"}),
    ],
)
def test_denials_and_zero_statements(text: str, categories: set[str]) -> None:
    assert denied(text) == categories


@pytest.mark.parametrize(
    "text",
    [
        "公开渠道不断拓宽，举办培训不少于3次。",
        "完成网站无障碍改造。",
        "收到政府信息公开申请10件，上年无结转申请。",
        "收到申请3件，举办培训2.0次。",
        "避免未及时答复申请，防止无解读。",
        "未及时更新网站专栏。",
        "新闻发布会举办10次，其中20人参加培训。",
    ],
)
def test_what_only_looks_like_a_denial(text: str) -> None:
    assert denied(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "收取信息处理费0.5万元。",
        "收取信息处理费0.03万元。",
        "收取信息处理费为0．12万元。",
        "共收取信息处理费0.12万元。",
        "组织培训0.5天。",
        "收到申请0余件。",
        "收到申请0多件。",
        "收取信息处理费10,000元。",
        "收到申请10件。",
    ],
)
def test_more_than_nothing_is_no_zero_statement(text: str) -> None:
    occurrences = find_occurrences(text, "other_matters", report_year=2024)
    assert occurrences
    assert not any(o.is_denied for o in occurrences)


@pytest.mark.parametrize(
    "text", ["收取信息处理费0元。", "收取信息处理费0.00元。", "收取信息处理费0.0万元。", "收取信息处理费为0。"]
)
def test_nought_with_decimals_is_nought(text: str) -> None:
    assert denied(text) == {"fees"}


def test_a_decimal_below_one_is_a_figure_that_a_nought_does_not_reach_across() -> None:
    text = "收取信息处理费0.05万元、行政诉讼0件。"
    marks = {(o.category, o.is_denied) for o in find_occurrences(text, "overview")}
    assert marks == {("fees", False), ("reconsideration_litigation", True)}


@pytest.mark.parametrize(
    "clause",
    [
        "公开不够，培训不多，",
        "不够",
        "收到申请0件，",
        "收到申请3件",
        "下一步，将加强公开，",
        "未收到",
        "0、",
        "全年，未",
        "仍存在不足：",
    ],
)
def test_time_grows_with_the_length_of_a_sentence_and_not_with_its_square(clause: str) -> None:
    # Counted in seconds 100,000 characters took minutes; a bound of seconds bears a slow machine.
    text = clause * (100_000 // len(clause))
    begun = time.process_time()
    find_occurrences(text, "problems", report_year=2024)
    assert time.process_time() - begun < 10


def test_an_overlong_sentence_is_read_to_its_end() -> None:
    parts = ["培训", "，", "的" * 50] * 400
    text = "".join(parts)
    assert len(text) > 5 * LONGEST_SENTENCE
    spans = list(sentences_of(text))
    assert len(spans) > 5
    assert all(a < b <= a + 2 * LONGEST_SENTENCE for a, b in spans)
    assert "，".join(text[a:b] for a, b in spans) == text, "cut at commas"
    assert list(sentences_of("的" * (5 * LONGEST_SENTENCE)))[-1][1] == 5 * LONGEST_SENTENCE
    whole = "收到政府信息公开申请，" * 1000
    assert len(find_occurrences(whole, "overview")) == 1000 * len(
        find_occurrences("收到政府信息公开申请。", "overview")
    )


def test_a_denial_reaches_its_clause_alone() -> None:
    text = "收到申请3件，未收取信息处理费，但对2件进行了行政应诉。"
    marks = {(o.category, o.is_denied) for o in find_occurrences(text, "overview")}
    assert marks == {("application_handling", False), ("fees", True), ("reconsideration_litigation", False)}
    counts = practice_counts("未收取信息处理费。", "other_matters")
    assert counts["fees"] == PracticeCount(0, counts["fees"].count_denied)
    (fees,) = (f for f in section_features("other_matters", "未收取信息处理费。") if f.feature == "fees")
    assert (fees.count, fees.per_1000_tokens) == (0, 0.0)
    assert fees.count_denied >= 1


def test_a_measure_is_a_promise_in_section_five_only() -> None:
    done = "加大业务培训力度，提升人员能力。"
    assert found(done, "improvements_promised", "problems")
    assert found(done, "improvements_promised", "overview") == []
    assert found("针对上年度问题，已完成专栏改版。", "improvements_promised", "problems") == []
    assert found("2025年，持续加强专栏建设。", "improvements_promised", "overview"), "the year after the report's"
    assert found("2024年，持续加强专栏建设。", "improvements_promised", "overview") == []


def test_types_are_those_of_the_clause() -> None:
    text = "人员业务能力有待提高，栏目设置还不合理。"
    assert {part for part, _ in found(text, "problems_admitted", "problems")} == {"staffing", "platform"}
    assert {part for part, _ in found("工作中仍存在一些不足。", "problems_admitted", "problems")} == {"general"}


def test_a_gap_spans_a_few_characters_of_one_clause(tmp_path: Path) -> None:
    own = load_dictionaries(write_tables(tmp_path))

    def terms(text: str) -> list[str]:
        return [o.term for o in find_occurrences(text, "overview", own)]

    assert terms("收取信息处理费，收取邮寄费") == ["收取信息处理费", "收取邮寄费"]
    assert terms("收取材料，费时") == []


def test_blanks_between_characters_and_letter_case_do_not_hide_a_term() -> None:
    text = "推进 政 策 解 读，开发 APP"
    hits = {o.category: text[o.start : o.end] for o in find_occurrences(text, "overview")}
    assert hits == {"policy_interpretation_response": "政 策 解 读", "new_media": "APP"}
    assert found("政策\n解读", "policy_interpretation_response") == [("interpretation", "解读")]


def test_sections_and_contexts_decide_where_a_term_counts(tmp_path: Path) -> None:
    table = (
        PRACTICE + "fees,charged,计收,problems,,,\nfees,charged,费用,,clause:budget,,\nfees,charged,金额,,,budget,\n"
    )
    own = load_dictionaries(write_tables(tmp_path, disclosure_practice=table))

    def terms(text: str, section_code: str) -> list[str]:
        return [o.term for o in find_occurrences(text, section_code, own)]

    assert terms("按件计收", "problems") == ["计收"]
    assert terms("按件计收", "overview") == []
    assert terms("预算费用，其他费用", "overview") == ["费用"]
    assert terms("金额。预算金额。", "overview") == ["金额"]


def test_a_term_is_added_by_one_line(tmp_path: Path) -> None:
    text = "收取工本费，另计云课堂"
    before = load_dictionaries(write_tables(tmp_path))
    assert practice_counts(text, "overview", before) == {
        "fees": PracticeCount(1, 0),
        "fees.charged": PracticeCount(1, 0),
    }
    after = load_dictionaries(
        write_tables(
            tmp_path,
            disclosure_practice=PRACTICE + "fees,charged,云课堂,,,,usage\n",
            segmentation=SEGMENTATION + "云课堂,,n,usage\n",
        )
    )
    assert practice_counts(text, "overview", after)["fees"] == PracticeCount(2, 0)
    assert after.content_hash != before.content_hash
    assert "云课堂" in tokenize(text, after)


def test_the_same_in_every_process() -> None:
    code = (
        "import dataclasses, json, sys\n"
        "from pipeline.narrate import dictionary_hash, section_features, tokenize\n"
        "text = sys.stdin.buffer.read().decode()\n"
        "rows = [dataclasses.astuple(f) for f in section_features('problems', text)]\n"
        "print(json.dumps([dictionary_hash(), tokenize(text), rows]))\n"
    )
    outputs = []
    for seed in ("0", "4242"):
        # An empty environment but for the seed: nothing else that a shell sets may matter.
        env = {"PYTHONHASHSEED": seed, "PATH": os.environ.get("PATH", "")}
        run = subprocess.run(
            [sys.executable, "-c", code], input=PROBLEMS.encode(), capture_output=True, env=env, check=True
        )
        outputs.append(run.stdout)
    assert outputs[0] == outputs[1]
    here = [list(dataclasses.astuple(f)) for f in section_features("problems", PROBLEMS)]
    assert json.loads(outputs[0])[2] == here
    assert section_features("problems", PROBLEMS) == section_features("problems", PROBLEMS)
