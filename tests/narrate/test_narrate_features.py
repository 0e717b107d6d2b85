"""Features of sections: documents of our own as a report would put them, then the rows expected."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.model import Feature
from pipeline.narrate import load_dictionaries, practice_counts, section_features, tokenize
from pipeline.narrate.matching import occurrences, searchable

PROBLEMS = """五、存在的主要问题及改进情况
云溪镇政务公开工作仍存在薄弱环节：一是信息更新不够及时；二是政策解读形式单一，图文解读较少。
下一步，我镇将进一步加大业务培训力度，并通过微信公众号和政府门户网站扩大公开面。"""


def rows(features: tuple[Feature, ...]) -> dict[str, int]:
    return {f.feature: f.count for f in features}


def found(text: str, category: str) -> list[tuple[str, str]]:
    searched = searchable(text)
    return [(o.subcategory, searched[o.start : o.end]) for o in occurrences(searched) if o.category == category]


def test_a_section_of_problems_and_promises() -> None:
    features = section_features("problems", PROBLEMS)
    counts = rows(features)
    assert {f.section_code for f in features} == {"problems"}
    assert found(PROBLEMS, "problems_admitted") == [
        ("admission", "仍存在"),
        ("weakness", "薄弱"),
        ("timeliness", "不够及时"),
        ("monotony", "形式单一"),
        ("insufficiency", "较少"),
    ]
    assert counts["problems_admitted"] == 5
    assert counts["improvements_promised.next_steps"] == 1
    assert counts["improvements_promised.commitments"] == 1
    assert counts["training.sessions"] == 1
    assert counts["platforms_new_media.wechat"] == 1
    assert counts["platforms_new_media.government_website"] == 1
    assert counts["platforms_new_media"] == 2
    assert counts["policy_interpretation"] == 2
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


def test_features_are_sorted_and_each_category_is_the_sum_of_its_parts() -> None:
    features = section_features("problems", PROBLEMS)
    names = [f.feature for f in features]
    assert names == sorted(names)
    counts = rows(features)
    for total in (n for n in names if "." not in n):
        assert counts[total] == sum(c for n, c in counts.items() if n.startswith(f"{total}."))


def test_rates_are_per_thousand_tokens_and_characters() -> None:
    text = "开展业务培训。"
    (sessions,) = (f for f in section_features("overview", text) if f.feature == "training.sessions")
    assert tokenize(text) == ("开展", "业务培训")
    assert sessions.count == 1
    assert sessions.per_1000_tokens == 500.0
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
    assert found("质量有待进一步提高", "problems_admitted") == [("to_be_improved", "有待进一步")]
    assert found("发布微信小程序", "platforms_new_media") == [("apps_mini_programs", "微信小程序")]
    assert found("落实“三审三校”", "information_management") == [("review", "三审三校")]
    # One place may count in two categories.
    counts = practice_counts("举办政策解读培训班")
    assert counts == {
        "policy_interpretation": 1,
        "policy_interpretation.interpretation": 1,
        "training": 1,
        "training.sessions": 1,
    }


@pytest.mark.parametrize(
    "text",
    [
        "一时得失不足为奇",
        "尚不足以说明问题",
        "设立单一窗口，以单一来源方式采购",
        "三、其他还需报告的事项",
        "补齐短板",
        "修补安全漏洞",
    ],
)
def test_wordings_that_only_look_like_a_problem_are_not_counted(text: str) -> None:
    assert found(text, "problems_admitted") == []


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("现将有关情况报告如下", "improvements_promised"),
        ("五、存在的主要问题及改进措施", "improvements_promised"),
        ("举办职业技能培训班", "training.sessions"),
        ("联系电话 0519-88123456", "response_public_participation"),
        ("a happy map", "platforms_new_media"),
        ("（五）监督保障情况", "supervision_assessment"),
        ("县市场监督管理局", "supervision_assessment"),
    ],
)
def test_other_wordings_that_are_not_counted(text: str, category: str) -> None:
    if category == "training.sessions":
        assert "职业技能培训" not in [t for _, t in found(text, "training")]
    else:
        assert found(text, category) == []


def test_a_gap_spans_a_few_characters_of_one_clause() -> None:
    promise = "improvements_promised"
    assert found("加大力度", promise) == [("strengthen", "加大力度")]
    assert found("加大监督检查力度，加大宣传力度", promise) == [
        ("strengthen", "加大监督检查力度"),
        ("strengthen", "加大宣传力度"),
    ]
    assert found("加大投入，提高执法力度", promise) == []
    assert found("本年度未收取因依申请公开产生的信息处理费。", "fees") == [
        ("none_charged", "未收取因依申请公开产生的信息处理费")
    ]
    assert found("未收到公民、法人和其他组织的政府信息公开申请", "application_handling")[0][0] == "none_received"


def test_blanks_between_characters_and_letter_case_do_not_hide_a_term() -> None:
    assert found("政 策 解 读", "policy_interpretation") == [("interpretation", "政策解读")]
    assert found("开发 App 与 APP客户端", "platforms_new_media") == [
        ("apps_mini_programs", "app"),
        ("apps_mini_programs", "app"),
        ("apps_mini_programs", "客户端"),
    ]
    assert found("政策\n解读", "policy_interpretation") == [("interpretation", "解读")]


def test_a_term_is_added_by_one_line(tmp_path: Path) -> None:
    (tmp_path / "categories.csv").write_text(
        "category,label_zh,label_en,description_en\ntraining,培训,Training,Training of staff\n", encoding="utf-8"
    )
    (tmp_path / "segmentation.csv").write_text("term,frequency,tag,source\n云课堂,,n,usage\n", encoding="utf-8")
    practice = tmp_path / "disclosure_practice.csv"
    practice.write_text(
        "category,subcategory,term,label_en,label_zh,source\ntraining,sessions,培训班,Sessions,培训,usage\n",
        encoding="utf-8",
    )
    text = "通过云课堂办培训班"
    before = load_dictionaries(tmp_path)
    assert practice_counts(text, before) == {"training": 1, "training.sessions": 1}

    with practice.open("a", encoding="utf-8") as f:
        f.write("training,online,云课堂,Online training,线上培训,usage\n")
    after = load_dictionaries(tmp_path)
    assert practice_counts(text, after) == {"training": 2, "training.online": 1, "training.sessions": 1}
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
    here = [[f.section_code, f.feature, f.count, f.per_1000_tokens, f.per_1000_characters] for f in
            section_features("problems", PROBLEMS)]  # fmt: skip
    assert json.loads(outputs[0])[2] == here
    assert section_features("problems", PROBLEMS) == section_features("problems", PROBLEMS)
