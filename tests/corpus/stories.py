"""Reports of data/sample whose narratives are worth analysing: six organs, three years, planted copies.

The prose is our own (`stories.txt`). Organs and county are invented, so no division code is known of them: who stands above
and beside whom is told from their names. `PLANTS` says what is to be found, for `data/sample_gold/meta/texts.csv` and the tests.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath

from pipeline import form
from tests.corpus.options import Options
from tests.corpus.places import Organ
from tests.corpus.sample import Panel
from tests.corpus.sample_formats import FormatSample
from tests.corpus.truth import Truth

COUNTY = "松岩市沙渚县人民政府"
OFFICE = Organ("松岩市沙渚县人民政府办公室", COUNTY)
FIRST_TOWN = Organ("松岩市沙渚县麦溪镇人民政府", COUNTY)
SECOND_TOWN = Organ("松岩市沙渚县白榆镇人民政府", COUNTY)
STREET = Organ("松岩市沙渚县沙渚街道办事处", COUNTY)
REED = Organ("松岩市沙渚县苇塘管理局", COUNTY)
ROAD = Organ("松岩市沙渚县驿道管理局", COUNTY)

SECTIONS = ("overview", "problems", "other_matters")
PLANT_COLUMNS = ("report", "section", "kind", "other_report", "note")


@dataclass(frozen=True, slots=True)
class Copy:
    """A section taken from the same section of another report, with words exchanged in this order. `is_redrawn`: with
    numbers of its own."""

    of: str
    exchanged: tuple[tuple[str, str], ...] = ()
    is_redrawn: bool = False


COPIES = {
    ("first_town_2023", "overview"): Copy("first_town_2022", (("2022年", "2023年"),), is_redrawn=True),
    ("subdistrict_first_2024", "overview"): Copy("subdistrict_first_2023", (("2023年", "2024年"),)),
    ("second_town_2024", "problems"): Copy("second_town_2023"),
    ("subdistrict_first_2023", "problems"): Copy("county_office_2023", (("全县政府信息", "我街道政府信息"),)),
    ("second_town_2024", "overview"): Copy(
        "first_town_2024",
        (("麦溪镇", "白榆镇"), ("厕所改造", "渔港整修"), ("乡贤", "老渔民"), ("秸秆还田", "休渔补助")),
        is_redrawn=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Plant:
    """Something to be found in a section of a report; `other` is the report that it refers to, "" for none."""

    report: str
    section: str
    kind: str
    other: str = ""
    note: str = ""

    @property
    def row(self) -> tuple[str, ...]:
        return (self.report, self.section, self.kind, self.other, self.note)


PLANTS = (
    Plant("first_town_2023", "overview", "copied_with_new_numbers", "first_town_2022", "last year's text, numbers new"),
    Plant("first_town_2023", "problems", "promise_repeated", "first_town_2022", "村级公开栏每月拍照上报"),
    Plant(
        "subdistrict_first_2024",
        "overview",
        "copied_with_its_numbers",
        "subdistrict_first_2023",
        "only the year is new",
    ),
    Plant("second_town_2024", "problems", "copied_with_stale_year", "second_town_2023", "2023年 left in it"),
    Plant("second_town_2024", "overview", "copied_from_sibling", "first_town_2024", "names and a few words exchanged"),
    Plant("subdistrict_first_2023", "problems", "copied_from_superior", "county_office_2023", "全县 made 我街道"),
    Plant("reed_bureau_2023", "problems", "promise_repeated", "reed_bureau_2022", "网上进度查询"),
    Plant("reed_bureau_2024", "problems", "problem_repeated", "reed_bureau_2023", "分布图更新周期"),
    Plant(
        "road_bureau_2024", "problems", "improvement_made", "road_bureau_2023", "one problem solved, one promise kept"
    ),
    *(
        Plant(report, section, "own_text", other, "its own words each year")
        for report, other in (
            ("county_office_2024", "county_office_2023"),
            ("reed_bureau_2023", "reed_bureau_2022"),
            ("road_bureau_2024", "road_bureau_2023"),
        )
        for section in ("overview", "problems")
        if (report, section) != ("reed_bureau_2023", "problems")
    ),
    Plant("second_town_2022", "overview", "headings_only", "subdistrict_first_2022", "no pair"),
    Plant("subdistrict_first_2022", "overview", "headings_only", "second_town_2022", "no pair"),
    *(
        Plant(report, "other_matters", "nothing_charged", note="fees are denied, not told of")
        for report in ("first_town_2022", "first_town_2023", "second_town_2022", "reed_bureau_2022")
    ),
    Plant("reed_bureau_2023", "other_matters", "charged", note="the only report that tells of fees"),
)

RULES = {
    "copied_with_new_numbers": ("section_identical_to_last_year",),
    "copied_with_its_numbers": ("section_and_numbers_identical_to_last_year",),
    "copied_with_stale_year": ("section_identical_to_last_year", "stale_year_copied"),
    "copied_from_sibling": ("section_copied_from_other_organ",),
    "copied_from_superior": ("section_copied_from_other_organ",),
}
"""Findings that a plant brings about; the reports of an own text have none of them, in any section."""


@cache
def templates() -> dict[tuple[str, str], tuple[str, ...]]:
    """The paragraphs of `stories.txt` by report and section."""
    out: dict[tuple[str, str], tuple[str, ...]] = {}
    text = Path(__file__).with_name("stories.txt").read_text(encoding="utf-8")
    for block in re.split(r"^== ", text, flags=re.MULTILINE)[1:]:
        head, *paragraphs = block.strip().splitlines()
        report, section = head.split()
        out[report, section] = tuple(paragraphs)
    return out


def paragraphs(report: str, section: str, received: int) -> tuple[str, ...]:
    """A section as the report prints it."""
    copy = COPIES.get((report, section))
    if copy is not None and not copy.is_redrawn:
        return exchanged(paragraphs(copy.of, section, received), copy)
    template = templates()[copy.of if copy else report, section]
    rng = random.Random(f"{report} {section}")

    def drawn(m: re.Match[str]) -> str:
        return str(received) if m[1] == "received" else str(rng.randint(int(m[2]), int(m[3])))

    written = tuple(re.sub(r"<(received|(\d+)-(\d+))>", drawn, p) for p in template)
    return exchanged(written, copy) if copy else written


def exchanged(written: tuple[str, ...], copy: Copy) -> tuple[str, ...]:
    for old, new in copy.exchanged:
        written = tuple(p.replace(old, new) for p in written)
    return written


def told(report: str, truth: Truth) -> Truth:
    """The report with its story for its narratives."""
    cell = truth.tables[form.APPLICATIONS].cells["received_new", "total"]
    received = int(cell.true or 0)
    return replace(truth, paragraphs={s: paragraphs(report, s, received) for s in SECTIONS})


def samples() -> list[FormatSample]:
    """Every report, in a fixed order; a panel's years are drawn in order."""
    office, first, second = (
        Panel(OFFICE, 101, "medium"),
        Panel(FIRST_TOWN, 102, "small"),
        Panel(SECOND_TOWN, 103, "small"),
    )
    street, reed, road = Panel(STREET, 104, "small"), Panel(REED, 105, "small"), Panel(ROAD, 106, "small")
    chosen = (
        ("2024/county_office_2023.txt", office, "word_tabs", Options(seed=101)),
        ("2024/county_office_2024.html", office, "html_site", Options(seed=102, metadata_block=True)),
        ("2023/first_town_2022.txt", first, "word_tabs", Options(seed=103, two_line_title=True)),
        ("2024/first_town_2023.txt", first, "pipes_markdown", Options(seed=104)),
        ("2024/first_town_2024.txt", first, "web_lines", Options(seed=105)),
        ("2023/second_town_2022.txt", second, "pipes_padded", Options(seed=106)),
        ("2024/second_town_2023.html", second, "html_gbk", Options(seed=107)),
        ("2024/second_town_2024.txt", second, "word_tabs", Options(seed=108)),
        ("2023/subdistrict_first_2022.txt", street, "word_tabs", Options(seed=109)),
        ("2024/subdistrict_first_2023.txt", street, "web_lines", Options(seed=110)),
        ("2024/subdistrict_first_2024.txt", street, "pipes_markdown", Options(seed=111, signature="plain")),
        ("2023/reed_bureau_2022.txt", reed, "word_tabs", Options(seed=112)),
        ("2024/reed_bureau_2023.docx", reed, "docx", Options(seed=113)),
        ("2024/reed_bureau_2024.txt", reed, "pipes_trailing", Options(seed=114, signature="chinese")),
        ("2024/road_bureau_2023.txt", road, "word_tabs", Options(seed=115)),
        ("2024/road_bureau_2024.txt", road, "web_lines", Options(seed=116)),
    )
    out = []
    for path, panel, file_format, options in chosen:
        report = PurePosixPath(path).stem
        truth = told(report, panel.year(int(report[-4:])))
        out.append(FormatSample(path, truth, file_format, options))
    return out


def findings(report: str) -> list[tuple[str, ...]]:
    """Rows of flags.csv of what is planted in the report."""
    kinds = [p.kind for p in PLANTS if p.report == report]
    found = dict.fromkeys(rule for kind in kinds for rule in RULES.get(kind, ()))
    rows = [("must", rule) for rule in found]
    if "own_text" in kinds:
        rows += [("must not", rule) for rule in dict.fromkeys(r for rules in RULES.values() for r in rules)]
    return [(report, *row, "", "", "", "", "", "planted in stories.py") for row in rows]
