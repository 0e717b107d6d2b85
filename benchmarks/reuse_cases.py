"""Invented narratives with planted copies of known kinds, for the benchmark of reuse.

Organs stand in a made-up hierarchy (codes 8x....): provinces, prefectures of ten counties, counties of one government
and 24 other organs, each with reports for four years. Most texts are their own: words of the field drawn at random.
Beside them stand, as in real corpora, stock sentences that many use, offices of a county that fill in the same template,
and one template that organs everywhere use. Into these, copies are planted, and texts that look alike but are none.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import accumulate

import polars as pl

YEARS = (2021, 2022, 2023, 2024)
_COUNTIES, _ORGANS = 10, 25
_SPOKEN = (
    "政策 解读 平台 栏目 更新 目录 清单 指南 培训 考核 督查 整改 责任 分工 审核 保密 发布 公示 征集 意见 建议 反馈 办理 答复 申请 受理 "
    "登记 流程 时限 机制 制度 规范 标准 细化 完善 健全 优化 推进 加强 落实 深化 拓展 提升 强化 创新 探索 建立 构建 打造 开展 组织 实施 "
    "群众 企业 社会 公众 居民 基层 部门 窗口 大厅 网站 媒体 微信 热线 访谈 图表 视频 漫画 问答 直播 简报 公报 档案 图书 查阅 点位 专区 "
    "专栏 专题 重点 领域 民生 教育 医疗 就业 社保 住房 环保 安全 生产 食品 药品 交通 水利 农业 林业 乡村 振兴 财政 预算 决算 资金 补贴 "
    "采购 招标 投标 项目 工程 审批 许可 处罚 检查 执法 监管 信用 数据 共享 开放 归集 分析 评估 评议 调查 满意 透明 及时 准确 全面 主动 "
    "便捷 高效 深入 扎实 有序 统筹 协调 联动 配合 沟通 指导 服务 保障 支撑 队伍 人员 业务 能力 水平 质量 实效 形式 内容 渠道 载体 范围 "
    "程度 力度 频次 环节 节点 台账 通报 约谈 表彰 宣传 普及 引导 参与 互动 回应 关切 舆情 处置 研判 预警 会商 调度 纳入 明确 梳理 汇总"
)
_WORDS = _SPOKEN.split()
_WEIGHTS = list(accumulate(1 / (20 + i) for i in range(len(_WORDS))))
_UNITS = ("条", "件", "次", "篇", "期", "场", "份")
_TOPICS = ("主动公开情况", "依申请公开情况", "政府信息管理情况", "平台建设情况", "监督保障情况")
_HEADS = "云石青望松汀澜柳禾桐麦沙白苇岚溪枫榆荻芦"
_TAILS = "岭塘渡岩洲禾麓陂渚浦泽坪垭屿湾堰桥滩坝泉"
_BUREAUS = (
    "教育局",
    "水务局",
    "民政局",
    "司法局",
    "财政局",
    "审计局",
    "统计局",
    "林业局",
    "商务局",
    "应急管理局",
    "交通运输局",
)

ORIGIN = ("last_year", "sibling", "superior", "elsewhere")
EDITS = ("numbers", "light", "heavy", "short_in_long", "merged", "reordered")
KINDS = tuple(f"{e}, {o}" for e in EDITS for o in ORIGIN)


@dataclass(frozen=True, slots=True)
class Organ:
    """An organ: its name, division, kind, and the number of its county."""

    name: str
    code: str
    division: str
    level: str
    kind: str
    county: int


@dataclass(frozen=True, slots=True)
class Narrative:
    """A section: paragraphs of sentences. `sources`: marks of the texts that it is made of."""

    paragraphs: tuple[tuple[str, ...], ...]
    sources: frozenset[str]

    def text(self) -> str:
        return "\n".join("".join(s + "。" for s in p) for p in self.paragraphs)


@dataclass(frozen=True, slots=True)
class Planted:
    """A copy: report numbers of the copy and of its source."""

    kind: str
    copy: int
    source: int


@dataclass(frozen=True, slots=True)
class Corpus:
    """Report `i` has row i of `reports` and of `sections`; `sources`: marks of what its text is made of."""

    reports: pl.DataFrame
    sections: pl.DataFrame
    planted: tuple[Planted, ...]
    of_templates: tuple[Planted, ...]
    sources: tuple[frozenset[str], ...]
    templated: tuple[int, ...]
    traps: tuple[int, ...]


def corpus(size: int, seed: int = 0) -> Corpus:
    """A corpus of so many narratives (rounded up to whole counties), the same each time."""
    return _Writer(size, seed).corpus()


class _Writer:
    def __init__(self, size: int, seed: int) -> None:
        self.rng = random.Random(f"reuse {seed}")
        self.counties = -(-size // (_ORGANS * len(YEARS)))
        self.organs = [o for c in range(self.counties) for o in self._organs(c)]
        self.stock = [self._sentence() for _ in range(300)]
        self.stock_weights = list(accumulate(1 / (3 + i) for i in range(len(self.stock))))
        self.marks = 0

    def corpus(self) -> Corpus:
        rng = self.rng
        years = len(YEARS)
        count = len(self.organs) * years
        narratives: list[Narrative] = [self._own() for _ in range(count)]
        templated = self._fill_templates(narratives)
        free = sorted(set(range(count)) - set(templated))
        rng.shuffle(free)
        traps = self._set_traps(narratives, free[: count // 50])
        planted = self._plant(narratives, set(templated) | set(traps), free[count // 50 :], count // 7)
        of_templates = self._plant_of_templates(narratives, templated, free[count // 50 :], planted)
        ids = [f"{rng.getrandbits(80):020x}" for _ in range(count)]
        texts = [self._addressed(n, self.organs[i // years], YEARS[i % years]) for i, n in enumerate(narratives)]
        organs = [self.organs[i // years] for i in range(count)]
        reports = pl.DataFrame(
            {
                "report_id": ids,
                "issuer_id": [f"organ {i // years}" for i in range(count)],
                "issuer": [o.name for o in organs],
                "report_year": pl.Series([YEARS[i % years] for i in range(count)], dtype=pl.Int32),
                "division_code": [o.code for o in organs],
                "division_name": [o.division for o in organs],
                "division_level": [o.level for o in organs],
                "issuer_kind": [o.kind for o in organs],
            }
        )
        sections = pl.DataFrame({"report_id": ids, "section_code": ["overview"] * count, "text": texts})
        sources = tuple(n.sources for n in narratives)
        return Corpus(reports, sections, tuple(planted), tuple(of_templates), sources, tuple(templated), tuple(traps))

    def _organs(self, county: int) -> list[Organ]:
        """Of a county; the first county of ten stands for the prefecture, the first prefecture of nine for the province."""
        prefecture, rank = divmod(county, _COUNTIES)
        province, prefecture = divmod(prefecture, 9)
        name = _HEADS[county % 20] + _TAILS[county // 20 % 20] + (_HEADS[county // 400 % 20] if county >= 400 else "")
        code = f"{80 + province:02}{prefecture:02}{rank:02}"
        level = "county" if rank else "prefecture" if prefecture else "province"
        division = name + {"county": "县", "prefecture": "市", "province": "省"}[level]
        made = [Organ(f"{division}人民政府", code, division, level, "government", county)]
        for i in range(1, _ORGANS):
            if i % 2:
                bureau = _BUREAUS[i // 2 % len(_BUREAUS)] if i < 23 else "科学技术局"
                made.append(Organ(division + bureau, code, division, level, "department", county))
            else:
                town = _HEADS[(county * 7 + i) % 20] + _TAILS[(county * 3 + i) % 20]
                made.append(Organ(f"{division}{town}镇人民政府", code, division, level, "town", county))
        return made

    def _mark(self) -> frozenset[str]:
        self.marks += 1
        return frozenset((f"text {self.marks}",))

    def _sentence(self) -> str:
        rng = self.rng
        clauses = rng.randint(1, 4)
        words = rng.choices(_WORDS, cum_weights=_WEIGHTS, k=clauses * 5)
        said = "，".join("".join(words[c * 5 : c * 5 + rng.randint(3, 5)]) for c in range(clauses))
        chance = rng.random()
        if chance < 0.25:
            return f"{said}{rng.randint(0, 3000)}{rng.choice(_UNITS)}"
        if chance < 0.3:
            return f"{{year}}年，{said}{rng.randint(2, 90)}.{rng.randint(1, 9)}%"
        if chance < 0.36:
            return f"{{name}}{said}"
        return said

    def _own(self, sentences: int | None = None, most_stock: float = 0.25) -> Narrative:
        """A text of its own: 60 to some 1500 characters, up to a quarter of stock sentences in all but short ones."""
        rng = self.rng
        count = sentences or min(56, max(3, round(rng.lognormvariate(2.9, 0.6))))
        share = rng.uniform(0, most_stock) if count >= 12 else 0
        said = [
            rng.choices(self.stock, cum_weights=self.stock_weights)[0] if rng.random() < share else self._sentence()
            for _ in range(count)
        ]
        return Narrative(self._paragraphs(said), self._mark())

    def _paragraphs(self, said: list[str]) -> tuple[tuple[str, ...], ...]:
        """Cut into paragraphs, half of the longer ones under the five usual headings, some with numbered points."""
        rng = self.rng
        if len(said) < 10 or rng.random() < 0.5:
            size = max(3, len(said) // rng.randint(1, 4))
            return tuple(tuple(said[i : i + size]) for i in range(0, len(said), size))
        size = -(-len(said) // 5)
        parts = [said[i : i + size] for i in range(0, len(said), size)]
        return tuple((f"（{'一二三四五'[n]}）{_TOPICS[n]}", *part) for n, part in enumerate(parts))

    def _addressed(self, narrative: Narrative, organ: Organ, year: int) -> str:
        return narrative.text().replace("{year}", str(year)).replace("{name}", organ.name)

    def _fill_templates(self, narratives: list[Narrative]) -> list[int]:
        """One county in eight fills in a template of its own each year; one organ in forty one that all have."""
        years = len(YEARS)
        filled = []
        everywhere = self._own(24)
        for county in range(3, self.counties, 8):
            for y in range(years):
                template = self._own(20)
                for o in range(county * _ORGANS + 1, (county + 1) * _ORGANS):
                    narratives[o * years + y] = self._filled(template, 0.15)
                    filled.append(o * years + y)
        for o in range(0, len(self.organs), 40):
            for y in range(years):
                i = o * years + y
                if o % _ORGANS and o // _ORGANS % 8 != 3:
                    narratives[i] = self._filled(everywhere, 0.15)
                    filled.append(i)
        return sorted(filled)

    def _filled(self, template: Narrative, share: float) -> Narrative:
        paragraphs = tuple(
            tuple(self._sentence() if self.rng.random() < share else s for s in p) for p in template.paragraphs
        )
        return Narrative(paragraphs, template.sources | self._mark())

    def _set_traps(self, narratives: list[Narrative], chosen: list[int]) -> list[int]:
        """Headings and nothing else; the same few words of one topic, in another order each time."""
        topics = [self.rng.sample(_WORDS, 24) for _ in range(8)]
        for n, i in enumerate(chosen):
            if n % 2:
                said = tuple((f"（{'一二三四五'[t]}）{topic}",) for t, topic in enumerate(_TOPICS))
            else:
                words = topics[n // 2 % len(topics)]
                said = (tuple("".join(self.rng.choices(words, k=self.rng.randint(5, 12))) for _ in range(15)),)
            narratives[i] = Narrative(said, self._mark())
        return chosen

    def _plant(self, narratives: list[Narrative], taken: set[int], free: list[int], count: int) -> list[Planted]:
        """Copies in turn of every kind. A report is planted once, and none that was copied from is changed after."""
        planted: list[Planted] = []
        used = set(taken)
        for n, i in enumerate(free):
            if len(planted) >= count:
                break
            edit, origin = EDITS[n % len(EDITS)], ORIGIN[n // len(EDITS) % len(ORIGIN)]
            source = self._source(i, origin)
            if i in used or source is None or source in used:
                continue
            other = self.rng.randrange(len(narratives)) if edit == "merged" else source
            if other in used or other == i:
                continue
            if edit == "short_in_long" or len(narratives[source].paragraphs[0]) < 4:
                # Without stock sentences: a short piece of them would truly stand in many texts.
                narratives[source] = self._own(self.rng.randint(20, 40), most_stock=0)
            narratives[i] = self._copied(edit, narratives[source], narratives[other])
            used |= {i, source, other}
            planted.append(Planted(f"{edit}, {origin}", i, source))
            if other != source:
                planted.append(Planted(f"{edit}, elsewhere", i, other))
        return planted

    def _plant_of_templates(
        self, narratives: list[Narrative], templated: list[int], free: list[int], planted: list[Planted]
    ) -> list[Planted]:
        """Copies elsewhere of texts that were made from a template: the source is one of many that are much alike."""
        used = {end for p in planted for end in (p.copy, p.source)}
        left = [i for i in free if i not in used]
        sources = self.rng.sample(templated, min(len(templated), len(left), max(1, len(narratives) // 50)))
        out = []
        for n, (copy, source) in enumerate(zip(left, sources, strict=False)):
            edit = ("numbers", "light")[n % 2]
            narratives[copy] = self._copied(edit, narratives[source], narratives[source])
            out.append(Planted(f"{edit}, of a template", copy, source))
        return out

    def _source(self, i: int, origin: str) -> int | None:
        rng, years = self.rng, len(YEARS)
        organ, year = divmod(i, years)
        if origin == "last_year":
            return i - 1 if year else None
        if origin == "elsewhere":
            return rng.randrange(len(self.organs)) * years + rng.randint(0, year)
        own = self.organs[organ]
        first = own.county * _ORGANS
        if own.kind == "government":
            return None
        if origin == "superior":
            return first * years + year
        fellows = [o for o in range(first, first + _ORGANS) if self.organs[o].kind == own.kind and o != organ]
        return rng.choice(fellows) * years + year

    def _copied(self, edit: str, source: Narrative, other: Narrative) -> Narrative:
        rng = self.rng
        marks = source.sources | other.sources | self._mark()
        paragraphs = source.paragraphs
        if edit == "merged":
            if rng.random() < 0.5:
                paragraphs = paragraphs + other.paragraphs
            else:
                half = tuple(p[: max(2, len(p) // 2 + 1)] for p in paragraphs)
                paragraphs = half + tuple(p[: max(2, len(p) // 2 + 1)] for p in other.paragraphs)
        elif edit == "reordered":
            shuffled = list(paragraphs)
            rng.shuffle(shuffled)
            paragraphs = tuple(shuffled)
        elif edit == "short_in_long":
            said = [s for p in paragraphs for s in p if not s.startswith("（")]
            at = rng.randrange(len(said) - 6)
            paragraphs = (tuple(said[at : at + rng.randint(5, 7)]),)
        rate = {"light": rng.uniform(0.005, 0.03), "heavy": rng.uniform(0.06, 0.11)}.get(edit, 0)
        return Narrative(tuple(tuple(self._edited(s, rate) for s in p) for p in paragraphs), marks)

    def _edited(self, sentence: str, rate: float) -> str:
        """Other numbers, and words replaced at this rate per two characters."""
        rng = self.rng
        out = []
        at = 0
        while at < len(sentence):
            c = sentence[at]
            if c.isascii():
                out.append(str(rng.randint(1, 9)) if c.isdigit() else c)
                at += 1
            elif rate and rng.random() < rate:
                out.append(rng.choice(_WORDS))
                at += 2
            else:
                out.append(sentence[at : at + 1])
                at += 1
        return "".join(out)
