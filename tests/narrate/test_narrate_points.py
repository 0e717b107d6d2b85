"""Points of section five as a reader would list them, and links between the years."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import schema
from pipeline.model import Point
from pipeline.narrate.features import section_features
from pipeline.narrate.passages import find_passages
from pipeline.narrate.point_links import COLUMNS, MOST_REPORTS, link_points
from pipeline.narrate.points import find_points
from tests.narrate.points_score import (
    DEVELOPMENT,
    SHARED,
    VARIANTS,
    Item,
    Narrative,
    average,
    judge,
    judge_all,
    read_shared,
    read_texts,
    score,
    type_scores,
)

PROBLEM, PROMISED, MADE = "problem", "improvement_promised", "improvement_made"


def told(text: str, section_code: str = "problems", year: int | None = 2024) -> list[tuple[str, str | None, str]]:
    return [(p.kind, p.marker, text[slice(*p.span)]) for p in find_points(text, section_code, year)]


def test_each_number_is_one_point_from_behind_its_mark_to_its_end():
    text = "主要存在以下不足：一是意识不强。有的科室把公开当负担，不催不报。二是更新慢；三是渠道少。"
    assert told(text) == [
        (PROBLEM, "一是", "意识不强。有的科室把公开当负担，不催不报"),
        (PROBLEM, "二是", "更新慢"),
        (PROBLEM, "三是", "渠道少"),
    ]


def test_a_problem_with_its_remedy_is_two_points():
    text = "主要问题及改进：一是解读单一。下一步将制作图解。二是人手不足。为此，增配一名信息员。"
    assert told(text) == [
        (PROBLEM, "一是", "解读单一"),
        (PROMISED, "一是", "下一步将制作图解"),
        (PROBLEM, "二是", "人手不足"),
        (PROMISED, "二是", "为此，增配一名信息员"),
    ]


def test_labels_inside_a_member_part_problem_and_remedy():
    text = "问题1：解读不及时。整改情况：已建立同步发布机制。\n问题2：链接失效。整改情况：已修复链接36个。"
    assert told(text) == [
        (PROBLEM, "问题1", "解读不及时"),
        (MADE, "问题1", "已建立同步发布机制"),
        (PROBLEM, "问题2", "链接失效"),
        (MADE, "问题2", "已修复链接36个"),
    ]


def test_without_numbers_each_sentence_is_a_point():
    text = "（一）存在问题。更新不够及时；解读形式单一。\n（二）改进措施。落实更新时限。制作图解和短视频。"
    assert told(text) == [
        (PROBLEM, None, "更新不够及时"),
        (PROBLEM, None, "解读形式单一"),
        (PROMISED, None, "落实更新时限"),
        (PROMISED, None, "制作图解和短视频"),
    ]


def test_one_sentence_may_admit_and_promise():
    assert told("窗口人员对新规掌握不熟，下一年将组织跟班学习。") == [
        (PROBLEM, None, "窗口人员对新规掌握不熟"),
        (PROMISED, None, "下一年将组织跟班学习"),
    ]


def test_the_remedies_of_last_years_problems_are_improvements_made():
    text = """（一）上年度问题整改情况
1.针对更新慢的问题，安排专人巡检。
2.针对解读少的问题，制作图解12期。
（二）本年度存在的不足
1.目录不够科学。
（三）下一步打算
1.修订目录。
"""
    assert [(kind, marker) for kind, marker, _ in told(text)] == [
        (MADE, "1."),
        (MADE, "2."),
        (PROBLEM, "1."),
        (PROMISED, "1."),
    ]


def test_a_numbered_subheading_with_members_is_no_point():
    text = "（一）加强领导。一是成立专班；二是签订责任书。\n（二）规范程序。一是落实三审；二是建立复核机制。"
    assert [marker for _, marker, _ in told("下一步改进措施：\n" + text)] == ["一是", "二是", "一是", "二是"]


@pytest.mark.parametrize(
    "text", ["无", "无。", "暂无", "本年度不存在问题。", "（一）存在的主要问题\n无\n（二）改进情况\n无", ""]
)
def test_nothing_is_no_point(text: str):
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("我镇不存在政府信息公开方面的突出问题，下一步将继续加强学习。", [(PROMISED, "下一步将继续加强学习")]),
        ("没有存在的问题和改进情况。", []),
        ("经自查，我院没有影响公开质量的问题，今后将保持更新频率。", [(PROMISED, "今后将保持更新频率")]),
        ("存在的问题：我站不存在违规公开问题，公开工作总体规范。", []),
        ("存在的问题：一是不存在突出问题；二是更新慢。", [(PROBLEM, "更新慢")]),
        ("我局不存在公开不及时、不全面等问题。", []),
        ("我县没有需要整改的其他问题，下一步继续抓好培训。", [(PROMISED, "下一步继续抓好培训")]),
        ("我街道不存在突出问题，但更新不够及时。", [(PROBLEM, "我街道不存在突出问题，但更新不够及时")]),
    ],
)
def test_a_problem_denied_is_none(text: str, points: list[tuple[str, str]]):
    assert [(kind, said) for kind, _, said in told(text)] == points


@pytest.mark.parametrize(
    "text",
    [
        "没有从根本上解决解读形式单一的问题",
        "没有重视群众反映的问题",
        "有的科室没有问题意识",
        "并非没有问题，主要是更新慢",
    ],
)
def test_what_was_not_done_is_no_denial(text: str):
    assert told(text + "。") == [(PROBLEM, None, text)]


DONE = "一是全年公开信息30条；二是组织培训5场；三是完善目录。"


@pytest.mark.parametrize(
    ("text", "points"),
    [
        (DONE, []),
        ("2024年，我镇主要工作：" + DONE, []),
        ("改进情况：" + DONE, [(MADE, "全年公开信息30条"), (MADE, "组织培训5场"), (MADE, "完善目录")]),
        ("下一步：一是组织培训5场；二是发布解读10篇。", [(PROMISED, "组织培训5场"), (PROMISED, "发布解读10篇")]),
        (
            "改进措施：一是每季度组织培训1次；二是全年发布解读不少于10篇。",
            [(PROMISED, "每季度组织培训1次"), (PROMISED, "全年发布解读不少于10篇")],
        ),
        (
            "一是全年公开信息30条，但更新不够及时；二是培训偏少。",
            [(PROBLEM, "全年公开信息30条，但更新不够及时"), (PROBLEM, "培训偏少")],
        ),
        ("一是门户网站；二是公众号。", []),
    ],
)
def test_a_list_that_reports_work_promises_nothing(text: str, points: list[tuple[str, str]]):
    assert [(kind, said) for kind, _, said in told(text)] == points


@pytest.mark.parametrize(
    ("text", "points"),
    [
        (
            "存在的問題：一是公開目錄劃分不夠細緻；二是更新不及時。",
            [(PROBLEM, "一是", "公開目錄劃分不夠細緻"), (PROBLEM, "二是", "更新不及時")],
        ),
        (
            "問題1：解讀不及時。\n問題2：發布緩慢。",
            [(PROBLEM, "問題1", "解讀不及時"), (PROBLEM, "問題2", "發布緩慢")],
        ),
        (
            "信息更新不夠及時，下一年將組織學習。",
            [(PROBLEM, None, "信息更新不夠及時"), (PROMISED, None, "下一年將組織學習")],
        ),
    ],
)
def test_traditional_characters_are_read_and_stay(text: str, points: list[tuple[str, str | None, str]]):
    assert told(text) == points


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("一、存在问题\n公开不及时。\n二、整改情况\n已完成整改", [(PROBLEM, "公开不及时"), (MADE, "已完成整改")]),
        ("1、问题\n更新慢。\n2、措施\n勤更新。", [(PROBLEM, "更新慢"), (PROMISED, "勤更新")]),
        ("一、主要问题\n人员少、更新慢\n经费不足", [(PROBLEM, "人员少、更新慢"), (PROBLEM, "经费不足")]),
        ("一、存在的问题\n无\n二、改进情况\n无", []),
        ("问题整改情况\n已增补栏目\n已更新目录", [(MADE, "已增补栏目"), (MADE, "已更新目录")]),
    ],
)
def test_headings_among_short_lines(text: str, points: list[tuple[str, str]]):
    assert [(kind, said) for kind, _, said in told(text)] == points


def test_praise_is_no_point_and_a_general_word_only_where_nothing_concrete_follows():
    assert told("虽然工作取得一定成绩，但仍存在一些不足。") == [
        (PROBLEM, None, "虽然工作取得一定成绩，但仍存在一些不足")
    ]
    assert told("工作取得一定成绩，但仍存在一些不足。一是更新慢；二是解读少。") == [
        (PROBLEM, "一是", "更新慢"),
        (PROBLEM, "二是", "解读少"),
    ]


def test_a_long_promise_that_leads_to_a_list_is_no_point_and_one_behind_it_is():
    text = (
        "2025年，我局将坚持问题导向，推动工作再上台阶。一是编制清单；二是组织培训。\n通过以上举措，力争水平明显提升。"
    )
    assert told(text) == [
        (PROMISED, "一是", "编制清单"),
        (PROMISED, "二是", "组织培训"),
        (PROMISED, None, "通过以上举措，力争水平明显提升"),
    ]


@pytest.mark.parametrize(
    ("text", "points"),
    [
        (
            "1.栏目空白。2025年将补齐。\n2.答复笼统。2025年拟换模板。",
            ["栏目空白", "2025年将补齐", "答复笼统", "2025年拟换模板"],
        ),
        (
            "存在的问题\n信息内容方面\n资金公开不全。\n改进措施\n信息内容方面\n按季公布资金。",
            ["资金公开不全", "按季公布资金"],
        ),
        ("还有差距，比如：解释不够；期限偏短。", ["解释不够", "期限偏短"]),
        ("存在亟待解决的问题，包括：（1）数据不准；（2）人手不足。", ["数据不准", "人手不足"]),
        ("将做好以下工作，推动公开再上台阶。\n改版首页。\n按季培训。", ["改版首页", "按季培训"]),
        ("本年信息发布及时准确。经自查，暂无问题。", []),
        (
            "一是内容不准。从后台看，点击少。下一步，调整选题。二是人少。为此，增配一人。",
            ["内容不准。从后台看，点击少", "下一步，调整选题", "人少", "为此，增配一人"],
        ),
    ],
)
def test_classes_of_wordings(text: str, points: list[str]):
    assert [said for _, _, said in told(text)] == points


def test_other_sections_tell_points_only_under_a_heading_of_problems():
    text = "（一）主动公开。一是公开118条；二是不够及时的已催办。\n（二）存在的问题：一是更新慢。\n（三）特色做法。开放日。"
    assert told(text, "overview") == [(PROBLEM, "一是", "更新慢")]
    assert told("一是更新慢；二是解读少。", "other_matters") == []


def test_a_point_names_its_passage():
    text = "存在以下不足：一是更新慢；二是解读少。"
    passages = {p.passage_no: p for p in find_passages(text, "problems")}
    for point in find_points(text, "problems"):
        assert passages[point.passage_no].span[0] < point.span[0] < point.span[1] <= passages[point.passage_no].span[1]


def test_types_follow_the_words():
    def types(text: str) -> list[tuple[str, ...]]:
        return [p.types for p in find_points(text, "problems", 2024)]

    assert types("存在问题：信息更新不够及时；人员多为兼职，流动性大；解读形式单一。") == [
        ("timeliness",),
        ("staffing",),
        ("form",),
    ]
    assert types("改进措施：组织业务培训。完善审核制度。") == [("training",), ("mechanism",)]
    assert types("仍存在一些不足。") == [("general",)]


@pytest.mark.parametrize("path", [*DEVELOPMENT, VARIANTS], ids=lambda path: path.stem)
def test_development_texts_are_read_as_written_down(path: Path):
    exact = score(judge_all(read_texts(path), find_points))
    assert exact.precision >= 0.98, exact
    assert exact.recall >= 0.98, exact


@pytest.mark.parametrize("path", DEVELOPMENT, ids=lambda path: path.stem)
def test_types_on_the_development_texts(path: Path):
    precision, recall = average(type_scores(judge_all(read_texts(path), find_points)).values())
    assert precision >= 0.85, precision
    assert recall >= 0.85, recall


def test_a_problem_has_the_same_types_in_points_and_in_features():
    text = "信息更新不够及时；人员多为兼职，流动性大；解读形式单一；网站检索功能不完善。"
    points = Counter(t for p in find_points(text, "problems", 2024) for t in p.types)
    features = {
        f.feature.partition(".")[2]
        for f in section_features("problems", text, report_year=2024)
        if f.feature.startswith("problems_admitted.")
    }
    assert set(points) == features == {"timeliness", "staffing", "form", "platform"}


def test_the_five_reports_are_read_as_a_reader_would(shared_build: Path):
    with duckdb.connect(shared_build / "ogi.duckdb", read_only=True) as connection:
        found = connection.execute(
            "SELECT source_path, text FROM reports JOIN sections USING (report_id) WHERE section_code = 'problems'"
        ).fetchall()
    verdicts = judge_all(read_shared({Path(path).stem: text for path, text in found}, SHARED), find_points)
    assert len(verdicts) == 5
    assert [(v.narrative.name, v.missed, v.wrong) for v in verdicts if v.missed or v.wrong] == []


def test_the_scorer_asks_for_kind_and_words():
    item = Item(PROBLEM, None, frozenset({"form"}), (0, 3))
    narrative = Narrative("text 1", None, "更新慢。解读少。", (item,))

    def point(kind: str, span: tuple[int, int]) -> Point:
        return Point(1, "problems", 1, kind, None, ("form",), span)

    assert judge(narrative, [point(PROBLEM, (0, 4))]).missed == ()
    assert judge(narrative, [point(PROMISED, (0, 3))]).missed == (item,)
    assert judge(narrative, [point(PROBLEM, (0, 8))]).nearly == 0
    assert score([judge(narrative, [point(PROBLEM, (0, 3)), point(PROBLEM, (4, 7))])]).precision == 0.5


WORDS = st.sampled_from(
    [
        "（一）",
        "一是",
        "二是",
        "1.",
        "2.",
        "存在的主要问题",
        "改进措施：",
        "更新不及时",
        "下一步将加强培训",
        "。",
        "；",
        "\n",
        " ",
        "无",
        "为此，",
        "，",
    ]
)


@settings(max_examples=200)
@given(st.lists(WORDS, max_size=30).map("".join))
def test_points_follow_each_other_and_are_trimmed(text: str):
    at = 0
    for n, p in enumerate(find_points(text, "problems", 2024), 1):
        words = text[slice(*p.span)]
        assert p.point_no == n
        assert p.span[0] >= at
        assert words and words == words.strip("。；， \n")
        assert p.kind in schema.codelist("point_kind")
        assert set(p.types) <= set(schema.codelist("point_type")) and list(p.types) == sorted(p.types)
        at = p.span[1]


# ---- links between the years -----------------------------------------------------------------------------------
def reports_of(
    *reports: tuple[str, str, int | None], issuer: str = "青禾县水务局", code: str | None = None
) -> pl.DataFrame:
    """(report_id, issuer_id, report_year) as `link_points` takes them."""
    names = ["report_id", "issuer_id", "report_year"]
    return pl.DataFrame(reports, names, orient="row").with_columns(
        issuer=pl.lit(issuer),
        division_code=pl.lit(code, pl.String),
        division_name=pl.lit(None, pl.String),
        issuer_kind=pl.lit("department"),
    )


REPORTS = reports_of(("y22", "a", 2022), ("y23", "a", 2023), ("y24", "a", 2024), ("other", "b", 2023))


def frame(*rows: tuple[str, int, str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, ["report_id", "point_no", "kind", "types", "text"], orient="row")


POINTS = frame(
    ("y22", 1, PROBLEM, "timeliness", "信息公开的时效性不强"),
    ("y22", 2, PROMISED, "timeliness", "建立信息更新提醒制度，每季度抽查2次"),
    ("y23", 1, PROBLEM, "timeliness", "信息公开的时效性还不够强"),
    ("y23", 2, PROMISED, "timeliness", "建立信息更新提醒制度，每季度抽查4次"),
    ("y24", 1, PROBLEM, "form", "信息公开的形式不够多样"),
    ("y24", 2, MADE, "timeliness", "建立了信息更新提醒制度，每季度抽查4次"),
    ("other", 1, PROBLEM, "timeliness", "信息公开的时效性不强"),
)


def test_points_are_linked_with_the_year_before_of_the_same_organ():
    links = link_points(POINTS, REPORTS)
    assert links.schema == COLUMNS
    assert links.select("report_id", "point_no", "earlier_report_id", "earlier_point_no").rows() == [
        ("y23", 1, "y22", 1),
        ("y23", 2, "y22", 2),
        ("y24", 2, "y23", 2),
    ]
    assert links["jaccard"][1] == 1.0


def test_two_problems_in_the_same_words_are_not_linked_and_an_added_sentence_does_not_part():
    points = frame(
        ("y22", 1, PROBLEM, "content", "信息公开的内容不够丰富"),
        ("y22", 2, PROBLEM, "staffing", "工作人员业务能力参差不齐，流动性较大"),
        ("y23", 1, PROBLEM, "form", "信息公开的形式不够丰富"),
        (
            "y23",
            2,
            PROBLEM,
            "staffing",
            "工作人员业务能力参差不齐，流动性较大。个别科室全年更换两名信息员，交接时未作说明",
        ),
    )
    assert link_points(points, REPORTS).select("point_no", "earlier_point_no").rows() == [(2, 2)]


def test_reports_without_a_year_or_points_have_no_links():
    nameless = REPORTS.with_columns(report_year=pl.lit(None, pl.Int64))
    assert link_points(POINTS, nameless).is_empty()
    assert link_points(POINTS.clear(), REPORTS).is_empty()


def test_a_name_that_nothing_places_is_borne_by_many_organs():
    two = (("one", "taiping", 2023), ("other", "taiping", 2024))
    points = frame(*((report, 1, PROBLEM, "timeliness", "信息公开的时效性不强") for report, _, _ in two))
    assert link_points(points, reports_of(*two, issuer="太平镇人民政府")).is_empty()
    assert len(link_points(points, reports_of(*two, issuer="太平镇人民政府", code="880101"))) == 1


@pytest.mark.parametrize(
    ("a_year", "links"), [(1, 1), (MOST_REPORTS, MOST_REPORTS**2), (MOST_REPORTS + 1, 0), (300, 0)]
)
def test_work_does_not_grow_with_the_square_of_an_organs_reports(a_year: int, links: int):
    many = [(f"{year}_{k}", "a", year) for year in (2023, 2024) for k in range(a_year)]
    points = frame(*((report, 1, PROBLEM, "timeliness", "信息公开的时效性不强") for report, _, _ in many))
    assert len(link_points(points, reports_of(*many))) == links


def test_reports_that_tell_no_point_count_among_an_organs_reports():
    two, silent = (("y23", "a", 2023), ("y24", "a", 2024)), [(f"s{k}", "a", 2023) for k in range(MOST_REPORTS)]
    points = frame(*((report, 1, PROBLEM, "timeliness", "信息公开的时效性不强") for report, _, _ in two))
    assert len(link_points(points, reports_of(*two, *silent[1:]))) == 1
    assert link_points(points, reports_of(*two, *silent)).is_empty()


AGAIN = """
SELECT report_id, point_no, earlier_report_id, earlier_point_no FROM point_links
WHERE kind = 'problem' AND earlier_kind = 'problem' ORDER BY ALL
"""
PROMISED_AGAIN = """
SELECT report_id, point_no, earlier_report_id, earlier_point_no FROM point_links
WHERE kind = 'improvement_promised' AND earlier_kind = 'improvement_promised' ORDER BY ALL
"""
PROMISED_AND_AGAIN_A_PROBLEM = """
SELECT l.report_id, l.point_no, l.earlier_report_id, l.earlier_point_no, promise.point_no AS promise_no
FROM point_links AS l
JOIN points AS earlier ON earlier.report_id = l.earlier_report_id AND earlier.point_no = l.earlier_point_no
JOIN points AS promise ON promise.report_id = earlier.report_id AND promise.kind = 'improvement_promised'
WHERE l.kind = 'problem' AND l.earlier_kind = 'problem'
  AND len(list_intersect(string_split(promise.types, ' '), string_split(earlier.types, ' '))) > 0
ORDER BY ALL
"""


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (AGAIN, [("y23", 1, "y22", 1)]),
        (PROMISED_AGAIN, [("y23", 2, "y22", 2)]),
        (PROMISED_AND_AGAIN_A_PROBLEM, [("y23", 1, "y22", 1, 2)]),
    ],
)
def test_the_guides_queries(query: str, rows: list[tuple[object, ...]], tmp_path: Path):
    with duckdb.connect() as connection:
        for name, table in (("points", POINTS), ("point_links", link_points(POINTS, REPORTS))):
            table.write_parquet(tmp_path / name)
            connection.read_parquet(str(tmp_path / name)).create_view(name)
        assert connection.execute(query).fetchall() == rows
