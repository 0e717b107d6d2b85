"""Narratives by the thousand: sentences put together from phrases, with numbers of their own, part of them last year's.

As in real corpora, a sentence may stand unchanged for some years, and organs of one county may fill in the same template.
No sentence but one states a figure of the tables.
"""

from __future__ import annotations

import random

from tests.corpus import prose
from tests.corpus.places import Organ

TOPICS = ("主动公开", "依申请公开", "政府信息管理", "平台建设", "监督保障")
CHANGES = 0.75
"""How often a sentence is written anew for the next year."""
_FIRST = 2019


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_WHEN = _words(
    "一年来 上半年 下半年 年初 三季度以来 汛期前后 招生季 机构调整之后 全年 春耕期间 年中评估之后 岁末 专项行动期间 改版以后 "
    "第一季度 换届之后 十月起 按照年度要点 结合主题教育 对照考核指标"
)
_WHO = _words(
    "办公室 各股室 牵头科室 信息中心 值班人员 分管负责同志 窗口人员 宣传干事 档案管理员 法律顾问 村居联络员 业务骨干 "
    "工作专班 下属单位 综合科 政策法规科 督查组 网站编辑 服务大厅 领导小组"
)
_DID = _words(
    "梳理 更新 编制 修订 汇总 归集 公示 上传 解读 推送 校对 清理 核查 优化 整合 宣讲 印发 张贴 录制 收集 分析 通报 细化 补充 "
    "改版 迁移 备份 标注 翻译 整理 制作 完善 规范 压缩 公布 跟踪 回访 评估 筛查 讲解"
)
_WHAT = _words(
    "权责清单 财政预决算 惠农补贴名册 招生划片方案 药品抽检结果 道路养护计划 危房改造名单 公共图书目录 河长巡查记录 停水停电预告 "
    "重大项目进展 行政许可事项 处罚决定文书 政策问答库 办事指南 信息公开目录 老旧小区改造图纸 环境监测数据 就业岗位信息 "
    "养老机构名录 集中采购结果 人事任免信息 应急预案 统计月报 土地出让公告 救助标准 健康体检安排 垃圾分类点位 公交线路调整 "
    "校园食堂菜单 耕地保护台账 林木采伐公示 村级账目 物业考评结果 执法检查计划 规划草案 听证会记录 群众来信摘要 示范合同文本 "
    "特色产业简介 文物保护范围 防汛物资清单 科普讲座安排 消费提示 税费减免政策 残疾人服务指引 农机补贴额度 水质检测结果"
)
_WHERE = _words(
    "门户网站 微信公众号 便民服务大厅 镇村公示栏 广播站 档案馆查阅点 移动客户端 图书馆专架 电子显示屏 短视频账号 政务微博 "
    "社区议事厅 田间课堂 流动宣传车 年度简报 热线知识库"
)
_SO = _words(
    "方便群众随时查阅 减少了重复填报 让数据多跑路 回应了社会关切 提高了文件的可读性 缩短了查找时间 做到应公开尽公开 避免了内容脱节 "
    "得到企业好评 栏目层级更加清楚 过期内容及时下线 涉密风险得到控制 错敏字词明显减少 图文并茂便于理解 形成闭环管理 "
    "老年人也能看得懂 外来务工人员受益较多 为基层减轻了负担 台账做到一事一档 与上级要求保持一致"
)
_COUNTED = (
    "累计发布{n}条",
    "推送图文{n}篇",
    "组织培训{n}次",
    "印制手册{n}册",
    "开展宣讲{n}场",
    "征集意见{n}条",
    "点击量达到{n}次",
    "制作展板{n}块",
    "公开文件{n}份",
    "更新栏目{n}个",
    "覆盖村居{n}个",
    "同比增长{p}%",
    "占发布总量的{p}%",
    "平均用时{n}分钟",
)
_LACKS = _words(
    "更新不够及时 形式比较单一 内容不够具体 衔接还不顺畅 专业力量偏弱 群众知晓率不高 标准掌握不一 检索不够方便 互动回应偏慢 "
    "基层覆盖不足 历史数据不全 审核环节偏多"
)
_MENDS = _words(
    "每月排查一次 明确责任到人 引入第三方评估 增设检索入口 编写操作手册 轮流跟班学习 纳入年度考核 建立问题清单 试行要素化标引 "
    "开通语音播报 邀请群众代表旁听 定期回头看"
)


def write(
    key: str, county: str, organ: Organ, year: int, received: int | None, carried_out: int | None
) -> dict[str, tuple[str, ...]]:
    """Paragraphs by section. `key` names the organ, `county` those that may share a template; the figures are repeated in
    words where they are known."""
    habits = random.Random(f"habits{key}")
    length = min(12, max(1, round(habits.lognormvariate(1.3, 0.6))))
    shared = habits.random() * 0.6 if habits.random() < 0.25 else 0.0
    teller = _Teller(key, county, year, shared)
    this_year = random.Random(f"figures{key}{year}")
    overview = [f"{year}年，{organ.name}{teller.sentence('lead')}"]
    for n, topic in enumerate(TOPICS):
        said = [teller.sentence(f"{topic}{i}") for i in range(length)]
        if n == 1:
            said[:1] = [prose.applications_sentence(this_year, received, carried_out)]
        overview.append(f"（{'一二三四五'[n]}）{topic}。{''.join(said)}")
    points = range(habits.choice((2, 2, 3, 3, 4)))
    faults = "；".join(f"{'一二三四'[i]}是{teller.lack(i)}" for i in points)
    remedies = "；".join(f"{'一二三四'[i]}是{teller.mend(i)}" for i in points)
    fees = this_year.choice(
        (
            "本年度没有向申请人收取信息处理费。",
            "依申请公开信息处理费的收取情况：本年度收费为零。",
            "除上述内容外，没有另需报告的事项；信息处理费未收取。",
        )
    )
    problems = (f"{teller.sentence('problems')}存在的不足：{faults}。", f"{year + 1}年的改进措施：{remedies}。")
    return {"overview": tuple(overview), "problems": problems, "other_matters": (fees,)}


class _Teller:
    """Sentences of one report; each has a place, and stays from year to year until its place is written anew."""

    def __init__(self, key: str, county: str, year: int, shared: float) -> None:
        self.key, self.county, self.year, self.shared = key, county, year, shared

    def rng(self, place: str) -> random.Random:
        habits = random.Random(f"{self.key}{place}")
        whose = self.county if habits.random() < self.shared else self.key
        changes = random.Random(f"{whose}{place}")
        written = max([_FIRST, *(y for y in range(_FIRST + 1, self.year + 1) if changes.random() < CHANGES)])
        return random.Random(f"{whose}{place}{written}")

    def sentence(self, place: str) -> str:
        rng = self.rng(place)
        pick = rng.choice
        did = f"{pick(_DID)}{pick(_WHAT)}" if rng.random() < 0.6 else f"{pick(_DID)}{pick(_WHAT)}和{pick(_WHAT)}"
        said = f"{pick(_WHEN)}，{pick(_WHO)}{did}" if rng.random() < 0.7 else f"通过{pick(_WHERE)}{did}"
        if rng.random() < 0.45:
            said += "，" + pick(_COUNTED).format(n=rng.randint(2, 4000), p=f"{rng.randint(1, 96)}.{rng.randint(1, 9)}")
        if rng.random() < 0.5:
            said += f"，并在{pick(_WHERE)}{pick(_DID)}{pick(_WHAT)}"
        return f"{said}，{pick(_SO)}。" if rng.random() < 0.6 else said + "。"

    def lack(self, i: int) -> str:
        rng = self.rng(f"lack{i}")
        return f"{rng.choice(_WHO)}{rng.choice(_DID)}{rng.choice(_WHAT)}{rng.choice(_LACKS)}"

    def mend(self, i: int) -> str:
        rng = self.rng(f"mend{i}")
        return f"由{rng.choice(_WHO)}{rng.choice(_DID)}{rng.choice(_WHAT)}，{rng.choice(_MENDS)}"
