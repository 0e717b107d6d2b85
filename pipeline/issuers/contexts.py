"""Which divisions a text may name as its organ's own, by the words around them: not those of a comparison, a list of links, a company."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from pipeline.issuers.mentions import Chain, gazetteer

MOST_CHAINS = 400
"""A text that names more divisions than this is a list of them; what follows is not read."""
_CONTACT = re.compile(r"(?<!举报)(?<!投诉)(?<!监督)(?<!复议)(?:地\s*址|办公地点)\s*[:：为]?")
_CONTACT_LENGTH = 45
_ELSEWHERE = re.compile(
    r"(?:学习|借鉴|赴|考察|来自|对口|支援|帮扶|结对|交流|兄弟|周边|毗邻|先进|协作|援助|邻近|比如|例如|像|对比|对标|相比|参照|比照|比较|"
    r"链接|导航|技术支持|制作|开发商|运维|承建)[\u4e00-\u9fff、“”]{0,6}(?<=[\u4e00-\u9fff、“”])(?:[:：]\s*)?$"
)
"""What stands before a division that is not the organ's own."""
_TOGETHER = re.compile(
    r"^[\u4e00-\u9fff、]{0,16}?(?:结对|签约|签订|合作|共建|交流|对接|联动|帮扶|经验|做法|对比|相比|比较)"
)
"""What stands behind one: 与昆山市教育局结对."""
_MODEL = re.compile(r"^[\u4e00-\u9fff]{0,6}?(?:等[省市区县地]*)?的?(?:先进|成功|有益|经验|做法|考察|友情链接)")
"""The same without 与: 昆山市、太仓市等地先进经验."""
_AND = re.compile(r"[\u4e00-\u9fff]{0,8}(?:[、和与及]|以及)")
"""What stands between two divisions of a list; behind the first may stand an organ's name."""
_NAMES = re.compile(r"(?!.*报告)[\u4e00-\u9fff]{2,20}(?:\s+[\u4e00-\u9fff]{2,20})*")
_LINK_LENGTH = 100
"""Characters beside a line in which the next one is looked for."""
_OF_OTHERS = re.compile(
    r"(?:技术支持|制作|开发商|运维|维护|承建|设计)[^。]*$|(?:公司|集团|融媒体中心|日报社|报社|电视台)[^。\n]{0,12}\s*[^。\n]{0,6}$"
)
"""What stands before the address of another: 技术支持：某某公司 地址：."""
_OWNER_LENGTH = 50


def own_chains(body: str, year: int | None) -> tuple[tuple[Chain, bool], ...]:
    """Chains of the text, read as of the year, that may be the organ's own, and whether each stands in an address."""
    addresses = [m.end() for m in _CONTACT.finditer(body)]
    out = []
    for series in _series(body, year):
        first, last = series[0], series[-1]
        if _is_elsewhere(body, first.start, last.end) or any(_is_listed(body, c, year) for c in series):
            continue
        for c in series:
            at = next((a for a in reversed(addresses) if 0 <= c.start - a <= _CONTACT_LENGTH), None)
            if at is None or not _OF_OTHERS.search(body, max(0, at - _OWNER_LENGTH), at):
                out.append((c, at is not None))
    return tuple(out)


def _series(body: str, year: int | None) -> Iterator[list[Chain]]:
    """The chains of the text, those that are joined by 、 or 和 together."""
    series: list[Chain] = []
    for c in islice(gazetteer(year).chains(body), MOST_CHAINS):
        if series and not _AND.fullmatch(body, series[-1].end, c.start):
            yield series
            series = []
        series.append(c)
    if series:
        yield series


def _is_elsewhere(body: str, start: int, end: int) -> bool:
    """Whether the words around a list of divisions say that they are not the organ's."""
    behind = body[end : end + 24]
    return bool(
        _ELSEWHERE.search(body, max(0, start - 12), start)
        or _MODEL.match(behind)
        or (body[start - 1 : start] in ("与", "同", "和") and _TOGETHER.match(behind))
    )


def _is_listed(body: str, chain: Chain, year: int | None) -> bool:
    """Whether a division stands in a list of links: organs' names line under line, or several in a line."""
    start = body.rfind("\n", 0, chain.start) + 1
    end = body.find("\n", chain.end)
    end = len(body) if end < 0 else end
    here = _links(body[start:end], year)
    if not here:
        return False
    above = body[max(0, start - _LINK_LENGTH) : start].rstrip().rpartition("\n")[2]
    below = body[end : end + _LINK_LENGTH].lstrip().partition("\n")[0]
    return here + _links(above, year) + _links(below, year) > 1


def _links(line: str, year: int | None) -> int:
    """How many names of organs a line consists of, each with its division in front; 0 where it has other words."""
    line = line.rpartition("：")[2]
    names = line.split() if _NAMES.fullmatch(line.strip()) else []
    return len(names) if all(gazetteer(year).chain_at(name, 0) for name in names) else 0
