"""What kind of organ reports, told from its name."""

from __future__ import annotations

import pytest

from pipeline.issuers import issuer_key, issuer_kind, normalised_name
from pipeline.issuers.divisions import division


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("如东县人民政府", "government"),
        ("上海市浦东新区", "government"),
        ("阿里地区行政公署", "government"),
        ("江苏省人民政府办公厅", "office"),
        ("如东县政府办公室", "office"),
        ("临港经济开发区党政办公室", "office"),
        ("如东县发展和改革委员会", "department"),
        ("市场监督管理局", "department"),
        ("江阴临港经济开发区财政局", "department"),
        ("洋口港经济开发区", "development_zone"),
        ("经济技术开发区管理办公室", "development_zone"),
        ("武汉东湖新技术开发区管理委员会", "development_zone"),
        ("热河南路街道办事处", "subdistrict"),
        ("八里庄地区办事处", "subdistrict"),
        ("长沙镇人民政府", "town"),
        ("锡林浩特市宝力根苏木人民政府", "town"),
        ("国家税务总局如东县税务局", "vertical_branch"),
        ("国家税务总局南通市税务局第一稽查局", "vertical_branch"),
        ("中华人民共和国南通海关", "vertical_branch"),
        ("如东县消防救援大队", "vertical_branch"),
        ("海门市公安局交通警察大队", "vertical_branch"),
        ("南通市公安局海门分局", "vertical_branch"),
        ("如东县气象局", "vertical_branch"),
        ("如东县人民医院", "public_body"),
        ("如东县水务集团有限公司", "public_body"),
        ("如东县人民代表大会常务委员会", None),
        ("中共如东县委办公室", None),
        ("如东县残疾人联合会", None),
        ("如东", None),
        ("", None),
    ],
)
def test_kinds(name: str, kind: str | None):
    assert issuer_kind(name) == kind


@pytest.mark.parametrize(
    ("name", "code", "key", "whole"),
    [
        ("海门市人民政府办公室", "320684", "人民政府办公室", "海门市人民政府办公室"),
        ("南通市海门区人民政府办公室", "320614", "人民政府办公室", "南通市海门区人民政府办公室"),
        ("海门区政府办", "320614", "人民政府办公室", "南通市海门区人民政府办公室"),
        ("县教育局", "320623", "教育局", "南通市如东县教育局"),
        ("江苏省南通市如东县教育局", "320623", "教育局", "南通市如东县教育局"),
        ("江阴临港经济开发区", "320281", "临港经济开发区", "江阴市临港经济开发区"),
        ("临港经济开发区管委会", "320281", "临港经济开发区", "江阴市临港经济开发区"),
        ("如东县人民政府", "320623", "人民政府", "南通市如东县人民政府"),
        ("如东县", "320623", "人民政府", "南通市如东县人民政府"),
        ("长沙镇", "320623", "长沙镇人民政府", "南通市如东县长沙镇人民政府"),
        ("国家税务总局如东县税务局", "320623", "国家税务总局税务局", "国家税务总局南通市如东县税务局"),
        ("济南市中区财政局", "370103", "财政局", "济南市市中区财政局"),
        ("上海市浦东新区财政局", "310115", "财政局", "上海市浦东新区财政局"),
    ],
)
def test_names_as_compared_and_in_full(name: str, code: str, key: str, whole: str):
    within = division(code)
    assert (issuer_key(name, within), normalised_name(name, within)) == (key, whole)


def test_without_a_division_the_whole_name_is_the_key():
    assert issuer_key("云岭市 青禾区教育局", None) == "云岭市青禾区教育局"
