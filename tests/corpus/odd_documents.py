"""Documents that are no usable report: broken bytes, explanations, blank forms, notices, links, reports of old."""

from __future__ import annotations

import random

from pipeline import form
from tests.corpus.grid import build
from tests.corpus.layouts import LAYOUTS
from tests.corpus.options import Options
from tests.corpus.printing import CellTruth
from tests.corpus.truth import TableTruth


def binary(seed: int) -> bytes:
    """Bytes of no text: no format's first bytes, many control characters."""
    return b"\x01\x02" + random.Random(seed).randbytes(3000)


def undecodable(text: str, seed: int) -> bytes:
    """A text of which every fortieth byte was destroyed, so that no encoding fits; no control characters."""
    data, rng = bytearray(text.encode("gb18030")), random.Random(seed)
    for at in rng.sample(range(200, len(data) - 10), len(data) // 40):
        data[at] = 0xFF
    return bytes(data)


def mojibake(text: str) -> bytes:
    """UTF-8 that somebody read as Latin-1 and saved as UTF-8 again."""
    return text.encode().decode("latin-1").encode()


def explanation(organ: str, year: int) -> str:
    return "\n".join(
        (
            f"一图读懂：{organ}{year}年政府信息公开工作年度报告解读",
            "",
            f"近日，{organ}公布了{year}年政府信息公开工作年度报告。为方便群众了解，现对报告的主要内容作如下解读。",
            "问：为什么要编写年度报告？",
            "答：条例要求行政机关每年公布上一年度的工作情况，接受社会监督。",
            "问：报告分哪几个部分？",
            "答：报告由总体情况、主动公开、依申请公开、复议诉讼、存在问题和其他事项六个部分组成。",
            "问：群众最关心什么？",
            "答：从数据看，惠民补贴和公共工程最受关注，点击量位居前列。",
            "如需查看全文，请到信息公开专栏查阅。",
            "",
        )
    )


def notice(year: int) -> str:
    return "\n".join(
        (
            "汀洲市云麓区人民政府办公室",
            f"关于做好{year}年政府信息公开工作年度报告编制和报送工作的通知",
            "",
            "各镇人民政府、街道办事处，区政府各部门：",
            f"为做好{year}年政府信息公开工作年度报告的编制工作，现将有关事项通知如下：",
            "一、编制范围。凡承担公开职责的行政机关均应单独编制年度报告。",
            "二、内容要求。按照规定的格式填写，表格中没有发生的事项填“0”，不得空缺。",
            f"三、报送时间。请于{year + 1}年1月20日前将纸质版和电子版报送区政府办公室。",
            "四、工作要求。各单位要指定专人负责，数据要真实准确，逾期未报的将予以通报。",
            "附件：年度报告格式",
            f"{year}年12月20日",
            "",
        )
    )


def blank_form(seed: int) -> str:
    """The form with nothing filled in: no issuer, no year, no numbers."""
    lines = ["××××（行政机关名称）××××年政府信息公开工作年度报告", "", "（格式样本）"]
    for code, label in zip(("overview", *form.TABLES, "problems", "other_matters"), "一二三四五六", strict=True):
        heading = next(h.label for h in form.heading_labels() if h.section_code == code)
        lines += ["", f"{label}、{heading}"]
        if code in form.TABLES:
            cells = {(d.row_code, d.column_code): CellTruth("", None, None) for d in form.cell_defs("2021", code)}
            sheet = build(TableTruth(code, "2021", cells), Options(seed), delimited=True)
            lines += LAYOUTS["word_tabs"].render(sheet, Options(seed), random.Random(seed)).lines
        else:
            lines.append("（请填写）")
    return "\n".join(lines) + "\n"


def attachment_only(organ: str, year: int) -> str:
    title = f"{organ}{year}年政府信息公开工作年度报告"
    return "\n".join((title, f"发布时间：{year + 1}-01-25", f"附件：{title}.pdf", "收藏", "打印", "关闭", ""))


def old_style(organ: str, year: int) -> str:
    """A report from before 2019: numbered sections of free text, no statutory table."""
    return "\n".join(
        (
            f"{organ}{year}年政府信息公开工作年度报告",
            "",
            f"根据《中华人民共和国政府信息公开条例》的规定，编写{year}年度报告。所列数据的统计期限为{year}年1月1日至{year}年12月31日。",
            "一、概述",
            f"{year}年，{organ}指定了专门科室负责公开工作，编印了公开指南和目录。",
            "二、主动公开政府信息情况",
            "全年主动公开信息共计216条，其中机构职能类12条、工作动态类150条、其他54条。",
            "三、依申请公开政府信息情况",
            "全年没有收到公开申请。",
            "四、政府信息公开收费及减免情况",
            "全年没有收取检索、复制等费用。",
            "五、因政府信息公开申请行政复议、提起行政诉讼情况",
            "全年没有发生行政复议和行政诉讼。",
            "六、存在的主要问题和改进措施",
            "公开的及时性有待提高，今后将加强培训，完善目录。",
            f"{year + 1}年2月27日",
            "",
        )
    )
