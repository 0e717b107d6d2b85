"""What an organ's name says: its division's chain, whether it names one at all, and the name as compared over the years."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.issuers.divisions import Division, ancestors, family
from pipeline.issuers.kind import plain
from pipeline.issuers.lineage import lineage_of
from pipeline.issuers.mentions import Chain, gazetteer, word_like

_LEAD = re.compile(r"^(?:关于)?(?:公布|发布|印发|报送)?(?:(?:19|20)\d{2}年度?)?的?")
_NATIONAL = re.compile(
    r"^(?:国家税务总局|国家统计局|国家金融监督管理总局|国家外汇管理局|国家矿山安全监察局|国家能源局|国家粮食和物资储备局|中国人民银行|"
    r"中国银行保险监督管理委员会|中国银保监会|中国证券监督管理委员会|中国证监会|中国民用航空|中华人民共和国|新疆生产建设兵团(?:第[一二三四五六七八九十]+师)?|中国)"
)
"""National organs, whose local ones carry the division's name behind theirs."""
_OF_THE_STATE = re.compile(
    r"^(?:国务院.*|国家[\u4e00-\u9fff]{2,14}(?:局|委员会|署)|审计署|海关总署|中国人民银行|中国[\u4e00-\u9fff]{2,14}监督管理委员会|"
    r"(?:外交|国防|教育|科学技术|科技|工业和信息化|国家安全|公安|民政|司法|财政|人力资源和社会保障|自然资源|国土资源|生态环境|环境保护|住房和城乡建设|"
    r"交通运输|铁道|水利|农业|农业农村|商务|文化|文化和旅游|卫生|退役军人事务|应急管理)部"
    r"(?:[\u4e00-\u9fff]{2,14}(?:局|委员会|办公室|总队|中心))?)(?:办公[厅室])?$"
)
"""Organs of the State Council, their own branches too (水利部长江水利委员会), which belong to no division."""
ZONE = re.compile(
    r"开发区|高新区|经开区|高新技术产业园|园区|工业园|产业园|科技园|集中区|集聚区|保税区|保税港区|综保区|合作区|试验区|示范区|度假区|"
    r"风景名胜区|风景区|自贸区|新城|新区|管理区"
)
_ORGAN_WORDS = re.compile(
    r"^(?:人民政府|政府|公安|交警|教育|教体|科学|科技|工业|工信|民政|民族|司法|财政|人力|自然资源|国土|规划|生态|环境|环保|住房|住建|"
    r"城乡|城市|城管|建设|交通|水利|水务|农业|农村|畜牧|林业|林草|商务|文化|文广|文旅|广播|旅游|卫生|卫健|计划生育|退役|应急|安全生产|安监|审计|"
    r"外事|国资|国有|市场监|工商|质量|质监|食品|药品|体育|统计|医疗保障|医保|信访|机关事务|行政审批|审批|政务|大数据|数据局|金融|地震|"
    r"粮食|发展|发改|物价|人防|人民防空|供销|税务|国家税务|地方税务|海关|气象|烟草|消防|海事|出入境|边检|调查|银保监|监管|邮政|通信|房产|"
    r"房管|园林|海洋|渔业|档案|史志|扶贫|乡村振兴|经济和|民防|红十字|分局|支局|中心支行|支行|检验检疫|外汇|供电)"
)
"""What follows a short name where it is one: 如东教育局."""
_OWN_LEVEL = re.compile(r"^(?:本|我|该)?(省|市|县|区|旗|州|盟)(?!场|容|政(?!府|协|务|法)|民(?!政|族|防|宗)|域|块|划)")
_OTHER_DIVISION = re.compile(
    r"^[\u4e00-\u9fff]{2,9}?(?:(?<![城都])市(?!场|容|政(?!府|协|务|法)|民(?!政|族|防|宗))|(?<!郊)县|自治[州县旗]|"
    r"(?<![发园社景林库校牧山辖新港航地学灾厂商旅片税术小])区(?!域|块|划|间|级)|(?<![锦])旗)"
)
"""A name that begins like a division's: where no division has it, the organ's division is not in the list."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a name says of its division.

    `chain`: the divisions it names, if any. `rest`: the name behind them. `is_certain`: the chain needs no second evidence to be
    taken for a chain (it is a whole name or has several links); it may still be ambiguous. `level`: the kind of division that a name
    without chain gives (县 of 县教育局). `is_unknown`: it names a division that the list has not, or an organ of the State Council.
    """

    chain: Chain | None
    rest: str
    is_certain: bool
    level: str | None
    is_unknown: bool


def read_name(name: str, year: int | None) -> Named:
    """Reads an organ's name (or a title that begins with one) as of a year."""
    whole = _LEAD.sub("", plain(name))
    text = _NATIONAL.sub("", whole) or whole
    names = gazetteer(year)
    chain = names.chain_at(text, 0)
    if chain is not None:
        rest = text[chain.end :]
        if chain.is_full:
            return Named(chain, rest, True, None, False)
        zone = ZONE.search(rest[:14])
        following = names.chain_at(rest, 0) if zone else None
        is_elsewhere = following is not None and rest[: following.end] not in word_like()
        is_organ = bool(_ORGAN_WORDS.match(rest)) or (zone is not None and not is_elsewhere)
        if is_organ:
            return Named(chain, rest, chain.links > 1, None, False)
        shorter = next((c for c in _whole_names(text, year) if c.end < chain.end), None)
        if shorter is not None:
            return Named(shorter, text[shorter.end :], True, None, False)
    if _OF_THE_STATE.match(whole):
        return Named(None, text, False, None, True)
    own = _OWN_LEVEL.match(text)
    other = None if own else _OTHER_DIVISION.match(text)
    return Named(None, text, False, own.group(1) if own else None, other is not None)


def _whole_names(text: str, year: int | None) -> list[Chain]:
    """Chains at the start that end in a whole name, longest first: 南京市 of 南京市鼓楼医院."""
    names = gazetteer(year)
    found = [c for c in names.chains_at(text, 0) if c.is_full]
    return sorted(found, key=lambda c: -c.end)


_EQUAL = (
    (re.compile(r"(?<!人民)政府(?=$|办)"), "人民政府"),
    (re.compile(r"人民政府办$"), "人民政府办公室"),
    (re.compile(r"管委会"), "管理委员会"),
    (re.compile(r"党政办$"), "党政办公室"),
    (re.compile(r"街道(?:办)?$"), "街道办事处"),
    (re.compile(r"^([\u4e00-\u9fff]{1,8}(?<![城市村])[镇乡])$"), r"\1人民政府"),
    (re.compile(r"((?:开发区|高新区|经开区|园区|保税区|合作区|度假区|示范区))管理委员会$"), r"\1"),
)
"""Ways to write one organ: a zone's committee and the zone are one, a town and its government too."""


def issuer_key(name: str, within: Division | None) -> str:
    """The organ's name relative to its division: 南通市海门区人民政府办公室 in 海门区 gives 人民政府办公室.

    Names of the division and of those above it, of any year of their lines, are taken off the front, and the level alone too
    (县教育局). Organs of different names stay different, also where one took over from the other (卫生和计划生育委员会 and
    卫生健康委员会, 教育局 and 教育体育局): they are other organs by law. Without a division the whole name is the key.
    """
    text = _LEAD.sub("", plain(name))
    national = _NATIONAL.match(text)
    head = national.group() if national and national.end() < len(text) and within is not None else ""
    text = text[len(head) :]
    if within is not None:
        text = _without_divisions(text, within)
        own = _OWN_LEVEL.match(text)
        if own and len(text) > own.end():
            text = text[own.end() :]
    for pattern, whole in _EQUAL:
        text = pattern.sub(whole, text)
    return head + text or "人民政府"


def _without_divisions(text: str, within: Division) -> str:
    lines = {lineage_of(d) for d in (within, *ancestors(within))}
    codes = family(within)
    names = gazetteer(None)
    for _ in range(4):
        for name, held, is_full in names.names_at(text, 0):
            mine = any(d.code in codes or lineage_of(d) in lines for d in held)
            rest = text[len(name) :]
            if mine and name.endswith("市") and ("市" + rest).startswith(within.name):
                return rest[len(within.name) - 1 :]
            if mine and (is_full or ZONE.search(rest[:14]) or _ORGAN_WORDS.match(rest) or any(names.names_at(rest, 0))):
                text = rest
                break
        else:
            return text
    return text


def normalised_name(name: str, within: Division | None) -> str:
    """The organ's whole name: prefecture and county in full, then the key: 县教育局 in 如东县 gives 南通市如东县教育局."""
    key = issuer_key(name, within)
    if within is None:
        return key
    above = [
        d.name for d in reversed(ancestors(within)) if d.level == "prefecture" or d.code[:2] in ("11", "12", "31", "50")
    ]
    if within.name.endswith("市") and within.level == "county":
        above = []
    head = "".join((*above, within.name))
    national = _NATIONAL.match(key)
    if national and national.end() < len(key):
        return national.group() + head + key[national.end() :]
    return head + key
