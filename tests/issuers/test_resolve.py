"""An organ is placed by what names its division, and not at all where nothing decides."""

from __future__ import annotations

import csv
import random
import time
from pathlib import Path

import pytest

from pipeline.document import parse_document
from pipeline.issuers import Evidence, issuer_key, issuer_kind, lineage, resolve
from pipeline.issuers.lineage import lineage_of
from pipeline.model import ParsedReport, SourceFile
from tests.corpus.places import random_organ

ORGANS = list(csv.DictReader((Path(__file__).parent / "organs.csv").open(encoding="utf-8")))


def code(issuer: str | None = None, year: int | None = 2023, **more: str) -> str | None:
    got = resolve(Evidence(issuer=issuer, report_year=year, **more))
    return got.division_code if got else None


@pytest.mark.parametrize("row", ORGANS, ids=[f"{r['name']}-{r['report_year']}" for r in ORGANS])
def test_organs_at_real_divisions(row: dict[str, str]):
    evidence = Evidence(
        issuer=row["name"], body=row["body"], publisher=row["publisher"] or None, report_year=int(row["report_year"])
    )
    got = resolve(evidence)
    assert got is not None
    assert (got.division_code, issuer_kind(row["name"])) == (row["division_code"], row["issuer_kind"])
    assert got.division_name in got.explanation


def test_the_five_real_reports(shared_folder: Path):
    for row in csv.DictReader((shared_folder / "gold" / "meta" / "reports.csv").open(encoding="utf-8")):
        data = (shared_folder / "reports" / f"{row['source']}.txt").read_bytes()
        report = parse_document(data, SourceFile(f"{row['source']}.txt", "reports"))
        assert isinstance(report, ParsedReport)
        meta = report.metadata
        got = resolve(Evidence(meta.title, meta.issuer, data.decode("utf-8"), report_year=meta.report_year))
        assert got is not None
        assert got.division_code == row["division_code"], got.explanation


def test_invented_organs_are_placed_nowhere():
    for seed in range(1500):
        organ = random_organ(random.Random(seed))
        body = f"{organ.name}按照{organ.parent}的部署开展工作。{organ.name}地址：{organ.parent}人民路1号。" * 3
        title = f"{organ.name}2023年政府信息公开工作年度报告"
        assert resolve(Evidence(title, organ.name, body, organ.parent, None, 2023)) is None, organ
        assert resolve(Evidence(title, None, body, None, None, 2023)) is None, organ


@pytest.mark.parametrize(
    "issuer",
    [
        "鼓楼区教育局",
        "朝阳区财政局",
        "长安区人民政府",
        "城区民政局",
        "县教育局",
        "教育局",
        "太平乡人民政府",
        "经济开发区管理委员会",
        "如东经济开发区",
        "国家税务总局",
        "苏州宿迁工业园区管理委员会",
    ],
)
def test_a_name_that_leaves_it_open_decides_nothing_alone(issuer: str):
    assert code(issuer) is None


def test_an_ambiguous_name_needs_one_more_evidence_and_takes_any_kind():
    for more, expected in (
        ({"publisher": "福州市人民政府"}, "350102"),
        ({"body": "单位地址：河南省开封市鼓楼区人民路1号"}, "410204"),
        ({"body": "联系电话：0516-83701234"}, "320302"),
        ({"body": "邮政编码：350001"}, "350102"),
        ({"url": "https://www.nanjing.gov.cn/gl/xxgk"}, "320106"),
    ):
        assert code("鼓楼区教育局", **more) == expected


def test_evidences_that_contradict_each_other_decide_nothing():
    assert code("鼓楼区教育局", publisher="福州市人民政府", body="地址：江苏省徐州市鼓楼区人民路1号") is None
    assert code("县教育局", publisher="南通市人民政府", body="地址：湖南省祁阳市人民路1号") is None


def test_a_host_only_chooses_among_names_and_never_decides():
    assert code("教育局", url="http://www.haimen.gov.cn/jyj") is None
    assert code("如东经济开发区", url="http://www.rudong.gov.cn/") is None


def test_a_body_that_names_one_division_again_and_again_places_a_bare_name():
    body = "如东发布、中国如东网站。在如东政府网公开信息118条，如东新媒体发布30条。全区学习苏州经验，贯彻国务院和江苏省的部署。"
    assert code("洋口港经济开发区", body=body) == "320623"
    assert code("洋口港经济开发区", body=body + "海安发布、海安新媒体、在海安政府网公开。") is None


def test_other_places_in_the_body_are_not_the_organs_own():
    assert (
        code("教育局", body="学习苏州市经验，赴昆山市考察，与昆山市教育局结对，借鉴昆山市做法，对口支援新源县。")
        is None
    )
    assert (
        code("经济技术开发区管理委员会", body="信息公开。" * 200 + "与昆山市经济技术开发区签约。" + "信息公开。" * 200)
        is None
    )


def test_organs_of_the_state_council_are_in_no_division():
    for name in ("国务院办公厅", "教育部", "国家统计局", "国家发展和改革委员会", "审计署"):
        assert code(name, body="地址：北京市西城区人民路1号。北京市西城区") is None


def test_local_organs_of_a_national_one_have_the_division_behind_its_name():
    assert code("国家税务总局南通市税务局第一稽查局") == "320600"
    assert code("国家统计局如东调查队") is None
    assert code("国家统计局如东调查队", body="地址：如东县人民路1号") == "320623"
    assert code("新疆生产建设兵团第三师图木舒克市教育局") == "659003"


def test_without_an_organs_name_only_an_address_places_a_report():
    title = "2023年政府信息公开工作年度报告"
    assert code(None, title=title, body="如东县如东县如东县。") is None
    assert code(None, title=title, body="联系地址：如东县人民路1号。") == "320623"
    assert code(None, title="如东县教育局" + title) == "320623"


def test_the_level_in_a_bare_name_chooses_between_prefecture_and_county():
    body = "联系地址：江苏省南通市崇川区人民路1号。"
    assert code("市教育局", body=body) == "320600"
    assert code("区教育局", body=body) == "320613"
    assert code("教育局", body=body) is None


def test_a_town_is_never_placed_at_a_prefecture_that_has_counties():
    assert code("太平镇人民政府", publisher="南通市人民政府") is None
    assert code("虎门镇人民政府", publisher="东莞市人民政府") == "441900"


def test_a_name_is_read_as_of_the_year():
    assert code("海门市教育局", 2019) == "320684"
    assert code("海门市教育局", 2020) == "320684"
    assert code("南通市海门区教育局", 2019) == "320614"  # published after the change
    assert code("海门市教育局", 2024) is None
    assert code("通州区教育局", 2005) == "110112"
    assert code("通州区教育局", 2012) is None
    assert code("济源市教育局", 2006) == "410881"


def test_names_that_run_into_the_next_word():
    assert code("海门市场监督管理局", 2023, body="地址：南通市海门区人民路1号") == "320614"
    assert code("南平市政和县教育局") == "350725"
    assert code("济南市中区财政局") == "370103"
    assert code("南通市政务服务管理办公室") == "320600"
    assert code("南京市鼓楼医院") == "320100"


def test_two_reports_of_an_organ_share_line_and_key_over_a_change_of_its_division():
    for (a, year_a), (b, year_b), same in (
        (("海门市人民政府办公室", 2019), ("南通市海门区人民政府办公室", 2023), True),
        (("通州市教育局", 2008), ("江苏省南通市通州区教育局", 2012), True),
        (("莱芜市莱城区教育局", 2016), ("济南市莱芜区教育局", 2020), True),
        (("如东县教育局", 2019), ("江苏省南通市如东县教育局", 2023), True),
        (("如东县教育局", 2019), ("如东县教育体育局", 2023), False),
        (("如东县卫生和计划生育委员会", 2017), ("如东县卫生健康委员会", 2019), False),
        (("如东县人民政府", 2019), ("如东县人民政府办公室", 2019), False),
        (("无锡市崇安区教育局", 2014), ("无锡市梁溪区教育局", 2017), False),
        (("莱芜市教育局", 2016), ("济南市莱芜区教育局", 2020), False),
    ):
        ids = []
        for name, year in ((a, year_a), (b, year_b)):
            got = resolve(Evidence(issuer=name, report_year=year))
            assert got is not None, name
            assert lineage(got.division_code, year) == lineage_of(got.division)
            ids.append((lineage_of(got.division), issuer_key(name, got.division)))
        assert (ids[0] == ids[1]) is same, ids


def test_a_long_text_full_of_names_is_read_in_bounded_time():
    body = ("如东县认真贯彻国务院和江苏省的部署，推进政府信息公开，在南通市海门区、通州区等地开展工作。" * 30_000)[
        :1_000_000
    ]
    evidence = Evidence("2023年政府信息公开工作年度报告", "洋口港经济开发区", body, None, None, 2023)
    start = time.process_time()
    resolve(evidence)
    assert time.process_time() - start < 1  # some 30 ms; a report of 4,000 characters takes 0.5 ms


def test_a_whole_list_of_other_places_is_elsewhere():
    for body in (
        "本街道学习借鉴石家庄市新华区、石家庄市桥西区先进经验。",
        "学习石家庄市新华区、石家庄市桥西区和石家庄市长安区教育局的做法。",
        "石家庄市新华区、石家庄市桥西区等地先进经验值得借鉴。",
        "与石家庄市新华区及石家庄市桥西区相比，仍有差距。",
        "对标石家庄市新华区、石家庄市桥西区，与石家庄市桥西区合作。",
    ):
        assert code("新华街道办事处", body=body) is None
        assert code("长安区教育局", body=body) is None
        assert code("教育局", body=body) is None
    assert code("朝阳区教育局", body="赴北京市西城区、北京市海淀区考察学习。") is None


def test_lists_of_links_are_no_evidence():
    for names in (
        "福州市人民政府\n福州市财政局\n福州市鼓楼区",
        "福州市政府 福州市财政局 福州市鼓楼区教育局",
        "友情链接：福州市政府 福州市财政局 福州市民政局",
    ):
        assert code("鼓楼区教育局", body=f"公开18条。\n{names}\n") is None
    links = "昆山市人民政府\n昆山市财政局\n昆山市教育局\n"
    assert code("高新区管理委员会", body="公开18条。\n" + links) is None
    assert code("市教育局", body="公开18条。\n" + links) is None
    # The organ's name under its report is no link.
    assert code("市教育局", body="公开18条。\n昆山市教育局\n2024年1月20日\n") == "320583"


def test_a_place_named_once_places_no_town_and_no_name_that_several_bear():
    once = "公开18条。" * 100 + "{}有关情况。" + "公开18条。" * 100
    assert code("城关镇人民政府", body=once.format("在西藏拉萨市城关区")) is None
    assert code("洋口镇人民政府", body=once.format("在江苏省如东县")) is None
    assert code("江北区财政局", body=once.format("落实宁波市、重庆市要求")) is None
    assert code("江北区财政局", body=once.format("按照宁波市")) is None
    assert code("江北区财政局", body=once.format("按照宁波市要求，落实宁波市")) == "330205"
    assert code("洋口镇人民政府", body=once.format("在如东县，如东县政府，如东县")) == "320623"


def test_what_is_named_as_often_elsewhere_confirms_nothing():
    assert code("鼓楼区教育局", body="在福州市、在福州市、在无锡市、在无锡市。") is None
    assert code("鼓楼区教育局", body="在福州市、在福州市、在福州市、在南京市。") is None
    assert code("如东经济开发区", body="如东经济开发区。在如东。在无锡市、在无锡市。") is None
    assert code("如东经济开发区", body="如东经济开发区2023年年度报告") is None


@pytest.mark.parametrize(
    "owner",
    [
        "技术支持：某某科技有限公司 ",
        "承办：某某信息有限公司\n",
        "技术支持：某某中心，",
        "主办单位：昆山市融媒体中心 ",
        "昆山市日报社\n",
    ],
)
def test_the_address_of_another_organ_is_not_the_organs(owner: str):
    for issuer in ("市教育局", "高新区管理委员会", "朝阳区教育局"):
        assert code(issuer, body=f"公开18条。\n{owner}地址：江苏省昆山市前进路219号\n") is None


def test_the_address_of_the_government_whose_site_it_is_stays_evidence():
    for owner in ("主办：昆山市人民政府 ", "版权所有：昆山市教育局\n", ""):
        assert code("市教育局", body=f"公开18条。\n{owner}地址：江苏省昆山市前进路219号\n") == "320583"


def test_a_newspaper_or_a_company_that_publishes_is_no_evidence():
    for name in ("如东县融媒体中心", "如东日报社", "如东县广播电视台", "如东信息有限公司"):
        assert code("县教育局", publisher=name) is None
        assert code("教育局", publisher=name) is None
    assert code("县融媒体中心", publisher="如东县融媒体中心") == "320623"
    assert code("县教育局", publisher="如东县人民政府") == "320623"


def test_branches_of_the_states_organs_are_in_no_division():
    for name in ("水利部长江水利委员会", "生态环境部华东督察局", "交通运输部长江航务管理局"):
        assert code(name, body="地址：湖北省武汉市江岸区人民路1号") is None
