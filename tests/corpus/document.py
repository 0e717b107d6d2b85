"""Writes a whole report: furniture, title, opening, sections with their tables, signature; notes what it stated."""

from __future__ import annotations

import random

from pipeline import form
from tests.corpus import dates, grid
from tests.corpus.labels import HALF_WIDTH
from tests.corpus.layouts import LAYOUTS
from tests.corpus.layouts.columns import wrap
from tests.corpus.numbers import Key
from tests.corpus.options import Options
from tests.corpus.pages import Pages
from tests.corpus.truth import Truth

SECTIONS = ("overview", "proactive", "applications", "remedies", "problems", "other_matters")
PROSE_WIDTH = 78


class Writer:
    """One document in the making. `lost`: printed numbers that the text lost, by table; `facts`: what it states."""

    def __init__(self, truth: Truth, layout: str, options: Options) -> None:
        self.truth, self.layout, self.options = truth, LAYOUTS[layout], options
        self.rng = random.Random(f"document{options.seed}{layout}")
        self.pages = Pages(options)
        self.lines: list[str] = []
        self.lost: dict[str, frozenset[Key]] = {}
        self.facts: dict[str, object] = {"report_year": truth.year}
        self.mentions: list[dates.Mention] = []
        self.text = ""

    def write(self) -> str:
        self.furniture_before()
        self.title()
        self.opening()
        for code in SECTIONS:
            self.section(code)
        self.signature()
        if self.options.furniture:
            self.lines += ["", "收藏", "打印", "关闭"]
        text = "\n".join(self.lines).rstrip("\n") + "\n"
        return text.translate(HALF_WIDTH) if self.options.half_width else text

    # ---- prose ----
    def paragraph(self, text: str) -> None:
        lines = wrap(text, PROSE_WIDTH) if self.layout.prose == "wrapped" else [text]
        self.lines += [*lines, ""] if self.layout.prose == "spaced" else lines

    def furniture_before(self) -> None:
        truth, options = self.truth, self.options
        if options.furniture:
            self.lines += [
                f"当前位置：首页 > 政务公开 > {self.site_section()}",
                "字体：[ 大 中 小 ]  浏览次数：{{ views }}",
                "",
            ]
        if not options.metadata_block:
            return
        day = truth.published_on.isoformat()
        self.facts |= {"published_on": day, "index_number": truth.index_number, "publisher": truth.organ.name}
        self.mentions.append(dates.Mention(day, day, day, "day", False, "published"))
        block = [
            f"索引号 {truth.index_number} 生成日期 {day} 公开日期 {day}",
            f"文号 无 发布机构 {truth.organ.name}",
            "有效期 长期 主题 综合政务 关键词 报告，公开",
        ]
        if self.rng.random() < 0.5:
            block = [f"索引号：{truth.index_number}", f"发布机构：{truth.organ.name}", f"公开日期：{day}"]
        self.lines += [*block, ""]

    def site_section(self) -> str:
        return "政府信息公开年报"

    def title(self) -> None:
        truth = self.truth
        self.facts |= {"title": truth.title, "issuer": truth.organ.name}
        rest = truth.title.removeprefix(truth.organ.name)
        self.lines += [truth.organ.name, rest, ""] if self.options.two_line_title else [truth.title, ""]

    def opening(self) -> None:
        stated = dates.period(self.truth.year, self.options.dates)
        if stated is None:
            self.paragraph("现将本机关政府信息公开工作年度报告公布如下，欢迎社会各界监督。")
            return
        self.facts |= {"period_start": f"{self.truth.year}-01-01", "period_end": f"{self.truth.year}-12-31"}
        self.mentions += stated.mentions
        self.paragraph(f"本报告依照《中华人民共和国政府信息公开条例》编写，数据的统计期限{stated.text}。")

    # ---- sections ----
    def heading(self, code: str) -> str:
        choices = [h for h in form.heading_labels() if h.section_code == code]
        chosen = self.rng.choice(choices) if self.options.headings == "variant" else choices[0]
        number = chosen.number + "、"
        if self.options.headings == "no_number":
            number = ""
        elif self.options.headings == "wrong_number" and code in ("applications", "problems"):
            number = "3、 " if code == "applications" else "四、"
        text = number + chosen.label
        return "[bookmark: _GoBack]" + text if self.options.bookmark and code == "problems" else text

    def section(self, code: str) -> None:
        text = self.heading(code)
        if (
            self.options.headings == "glued"
            and code in ("proactive", "other_matters")
            and self.layout.prose != "wrapped"
        ):
            # The heading stands at the end of the paragraph before it.
            at = max(i for i, line in enumerate(self.lines) if line)
            self.lines[at:] = [self.lines[at] + text, *self.lines[at + 1 :]]
        else:
            self.paragraph(text)
        for paragraph in self.truth.paragraphs.get(code, ()):
            if self.layout.is_paged and self.rng.random() < 0.15:
                self.lines += self.pages.mark()
            self.paragraph(paragraph)
        if code in self.truth.tables and code not in self.options.missing_tables:
            self.table(code)

    def table(self, code: str) -> None:
        truth = self.truth.tables[code]
        sheet = grid.build(truth, self.options, delimited=self.layout.delimited)
        text = self.layout.render(sheet, self.options, self.rng)
        self.lost[code] = text.lost
        lines = self.pages.broken(text, code) if self.layout.is_paged else text.lines
        self.lines += lines if self.layout.name.startswith("word") else ["", *lines, ""]

    def signature(self) -> None:
        stated = dates.signature(self.truth.published_on, self.options.signature)
        if stated is None:
            return
        self.mentions += stated.mentions
        self.lines += ["", " " * 24 + self.truth.organ.name, " " * 26 + stated.text]
