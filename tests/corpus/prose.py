"""Narrative paragraphs for the six sections, composed from our own sentence templates and small dictionaries."""

from __future__ import annotations

import random

from tests.corpus.places import Organ

PLATFORMS = (
    "门户网站信息公开专栏",
    "微信公众号",
    "政务微博",
    "便民服务大厅公示栏",
    "镇村广播站",
    "档案馆查阅窗口",
    "移动客户端",
)
TRAINING = ("专题业务培训", "案例研讨会", "公开工作座谈会", "新进人员轮训", "条例知识测试")
INTERPRETATION = ("图文解读", "短视频解读", "问答解读", "负责人访谈", "漫画解读")
CONTENTS = ("惠民补贴", "乡村道路", "学校招生", "食品抽检", "公共工程", "财政收支", "人事招考", "医疗服务")
SAFEGUARDS = ("三级审核制度", "发布前保密审查制度", "季度抽查通报制度", "专人专岗责任制", "错敏字词筛查机制")
PROBLEMS = (
    "部分栏目更新不够及时",
    "解读形式还比较单一",
    "基层人员变动较快、业务不够熟练",
    "依申请办理的沟通环节偏少",
    "公开目录划分不够细致",
)
IMPROVEMENTS = (
    "完善目录并逐项落实更新时限",
    "丰富解读形式、方便群众理解",
    "组织轮训并编发办理手册",
    "加强与申请人的事前沟通",
    "细化目录、明确责任科室",
)
OPENINGS = ("一年来", "全年", "在报告年度内", "按照年初的工作安排")


def write(
    rng: random.Random, organ: Organ, year: int, received: int | None, carried_out: int | None
) -> dict[str, tuple[str, ...]]:
    """Paragraphs by section code; `received` and `carried_out` are repeated in words where they are known."""
    platforms = rng.sample(PLATFORMS, 3)
    overview = [
        f"{year}年，{organ.name}把公开透明贯穿于履职的各个环节，各项公开任务平稳推进。",
        f"（一）主动公开。{rng.choice(OPENINGS)}，围绕{'、'.join(rng.sample(CONTENTS, 3))}等内容，通过{'、'.join(platforms)}发布各类信息。",
        f"（二）依申请公开。{applications_sentence(rng, received, carried_out)}",
        f"（三）信息管理。健全{rng.choice(SAFEGUARDS)}，对历史信息分批清理，明确公开属性。",
        f"（四）平台建设。改版{platforms[0]}，增设检索入口，{rng.choice(INTERPRETATION)}与文件同步上线。",
        f"（五）监督保障。组织{rng.choice(TRAINING)}，落实{rng.choice(SAFEGUARDS)}，接受社会评议。",
    ]
    faults = rng.sample(range(len(PROBLEMS)), 2)
    problems = [
        f"对照群众期待，仍有不足：一是{PROBLEMS[faults[0]]}；二是{PROBLEMS[faults[1]]}。",
        f"今后将从两个方面改进：一是{IMPROVEMENTS[faults[0]]}；二是{IMPROVEMENTS[faults[1]]}。",
    ]
    fees = rng.choice(
        (
            "本年度没有向申请人收取信息处理费。",
            "依申请公开信息处理费的收取情况：本年度收费为零。",
            "除上述内容外，没有另需报告的事项；信息处理费未收取。",
        )
    )
    return {"overview": tuple(overview), "problems": tuple(problems), "other_matters": (fees,)}


def applications_sentence(rng: random.Random, received: int | None, carried_out: int | None) -> str:
    if received is None:
        return "申请渠道保持畅通，当面、信函和网络方式均可提出申请。"
    if received == 0:
        return rng.choice(("本年度没有收到政府信息公开申请。", "全年未收到政府信息公开申请。"))
    tail = "，全部在法定期限内答复。" if not carried_out else f"，结转下年度继续办理{carried_out}件。"
    return f"全年新收政府信息公开申请{received}件{tail}"
