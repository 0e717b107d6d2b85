"""Reports of data/sample as real files: every format, organs at real divisions, one report in several files.

Towns, subdistricts, zones and offices are invented; the counties and cities that some of them are said to lie in are real,
so that division codes can be tested. `division` is the code that must come out (GB/T 2260 in the report's year), "" where
nothing decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline import form
from tests.corpus.formats.blocks import LAYOUT
from tests.corpus.options import Options
from tests.corpus.places import Organ
from tests.corpus.sample import Panel
from tests.corpus.truth import Truth

# 海门市 (320684) became 南通市海门区 (320614) in 2020.
STREET_BEFORE = Organ("海门市云麓街道办事处", "海门市人民政府")
STREET_AFTER = Organ("南通市海门区云麓街道办事处", "南通市海门区人民政府")
TOWN = Organ("江阴市白榆镇人民政府", "江阴市人民政府")
ZONE = Organ("如东县沙渚经济开发区管理委员会", "如东县人民政府")
BARE = Organ("县苇塘管理局", "安吉县人民政府")
ADDRESS = "办公地址：浙江省安吉县麦溪路1号，邮编：313300。"
# Several cities have a 鼓楼区; only the second one's site says which is meant.
AMBIGUOUS = Organ("鼓楼区云麓街道办事处", "鼓楼区人民政府")
PLACED = Organ("鼓楼区麦溪街道办事处", "徐州市鼓楼区人民政府")
OFFICE = Organ("澜塘市桐陂县人民政府办公室", "澜塘市桐陂县人民政府")
HOUSING = Organ("汀洲市石汀区住房和城乡建设局", "汀洲市石汀区人民政府")
VILLAGE = Organ("望川市沙渚县麦溪乡人民政府", "望川市沙渚县人民政府")
PLANNING = Organ("云岭市发展和改革委员会", "云岭市人民政府")
HEALTH = Organ("松岩市禾塘县卫生健康委员会", "松岩市禾塘县人民政府")
SCHOOLS = Organ("云岭市石汀区教育局", "云岭市石汀区人民政府")
MARKET = Organ("望川市云麓区市场监督管理局", "望川市云麓区人民政府")
ROADS = Organ("澜塘市交通运输局", "澜塘市人民政府")


@dataclass(frozen=True, slots=True)
class FormatSample:
    """A report as a file: `path` in the sample or name in its container, `format` as in `formats.FORMATS`, or scan, picture,
    encrypted_pdf."""

    path: str
    truth: Truth
    format: str
    options: Options
    division: str = ""

    @property
    def layout(self) -> str:
        """The text layout with the traits of every file format."""
        return LAYOUT


def placed(truth: Truth) -> Truth:
    """The report with the organ's address under its other matters."""
    other = (*truth.paragraphs["other_matters"], ADDRESS)
    return replace(truth, paragraphs={**truth.paragraphs, "other_matters": other})


def panels() -> list[FormatSample]:
    """Organs with two or three years, each year in another format."""
    street, town, zone = Panel(STREET_AFTER, 51, "small"), Panel(TOWN, 52, "small"), Panel(ZONE, 53, "medium")
    bare, office, housing = Panel(BARE, 54, "one"), Panel(OFFICE, 55, "large"), Panel(HOUSING, 56, "medium")
    before = Panel(STREET_BEFORE, 50, "small").year(2019, forms=("2019", "2019"), decorate=True)
    return [
        FormatSample("2023/subdistrict_2019.doc", before, "doc", Options(seed=51, signature="plain"), "320684"),
        FormatSample(
            "2023/subdistrict_2022.html",
            street.year(2022, blank="zero_rows"),
            "html_site",
            Options(seed=52, metadata_block=True),
            "320614",
        ),
        FormatSample("2024/subdistrict_2023.pdf", street.year(2023), "pdf_browser", Options(seed=95), "320614"),
        FormatSample("2023/town_2022.html", town.year(2022), "html_gbk", Options(seed=54, quotes="straight"), "320281"),
        FormatSample(
            "2024/town_2023.docx",
            town.year(2023, blank="only_nonzero"),
            "docx",
            Options(seed=55, two_line_title=True, bookmark=True),
            "320281",
        ),
        FormatSample("2024/town_2024.ofd", town.year(2024), "ofd", Options(seed=56, signature="chinese"), "320281"),
        FormatSample("2023/zone_2022.pdf", zone.year(2022, blank="random"), "pdf_office", Options(seed=57), "320623"),
        FormatSample(
            "2024/zone_2023.html",
            zone.year(2023, marks="/", decorate=True),
            "html_split",
            Options(seed=58, label_variants=True),
            "320623",
        ),
        FormatSample("2023/county_bureau_2022.htm", placed(bare.year(2022)), "html_word", Options(seed=59), "330523"),
        FormatSample(
            "2024/county_bureau_2023.wps",
            placed(bare.year(2023, blank="totals")),
            "wps",
            Options(seed=60, half_width=True),
            "330523",
        ),
        FormatSample(
            "2023/office_2022.html",
            office.year(2022),
            "html_nested",
            Options(seed=61, dates="second_year_omitted", headings="variant"),
        ),
        FormatSample("2024/office_2023.pdf", office.year(2023), "pdf_unruled", Options(seed=93)),
        FormatSample("2024/wrong_extension_2023.pdf", housing.year(2023), "docx", Options(seed=63)),
        # Without its largest table: recognising that alone would take longer than reading all the other documents.
        FormatSample(
            "2024/scan_2024.pdf",
            housing.year(2024),
            "scan",
            Options(seed=64, missing_tables=(form.APPLICATIONS,)),
        ),
    ]


def alone() -> list[FormatSample]:
    """A district's name that several divisions bear: undecided by itself, decided by the site's name."""
    return [
        FormatSample("2024/ambiguous_2023.docx", Panel(AMBIGUOUS, 57, "small").year(2023), "docx", Options(seed=65)),
        FormatSample(
            "2024/ambiguous_placed_2023.html",
            Panel(PLACED, 58, "small").year(2023),
            "html_site",
            Options(seed=66),
            "320302",
        ),
        # A page of a report that was saved as a picture.
        FormatSample("2024/picture_2024.png", Panel(ROADS, 59, "small").year(2024), "picture", Options(seed=67)),
    ]


def encrypted() -> FormatSample:
    """A report behind a password: nobody can read it."""
    return FormatSample(
        "2024/encrypted_2023.pdf", Panel(ROADS, 60, "small").year(2023), "encrypted_pdf", Options(seed=68)
    )


def twice() -> list[tuple[FormatSample, FormatSample]]:
    """(kept, left out): a page and its attachment, a page under two addresses of which one tells more about itself."""
    page, listed = Panel(VILLAGE, 61, "small").year(2023), Panel(PLANNING, 62, "medium").year(2023)
    return [
        (
            FormatSample("2024/same_page_2023.html", page, "html_site", Options(seed=71)),
            FormatSample("2024/same_attachment_2023.docx", page, "docx", Options(seed=72)),
        ),
        (
            FormatSample("2024/address_one_2023.html", listed, "html_site", Options(seed=73, metadata_block=True)),
            FormatSample("2024/address_two_2023.html", listed, "html_site", Options(seed=74)),
        ),
    ]


def members() -> dict[str, list[FormatSample]]:
    """Reports in containers, by the container's path."""
    health, schools, market = Panel(HEALTH, 63, "small"), Panel(SCHOOLS, 64, "medium"), Panel(MARKET, 65, "small")
    site = "http://www.gov.example/zwgk/"
    return {
        "batch.zip": [
            FormatSample("年报/卫健委_2022.docx", health.year(2022), "docx", Options(seed=81)),
            FormatSample("年报/卫健委_2023.html", health.year(2023), "html_site", Options(seed=82)),
        ],
        "crawl.warc.gz": [
            FormatSample(f"{site}crawled_page_2022.html", schools.year(2022), "html_site", Options(seed=83)),
            FormatSample(f"{site}crawled_file_2023.docx", schools.year(2023), "docx", Options(seed=84)),
        ],
        "records.jsonl": [
            FormatSample("record_html_2022", market.year(2022), "html_site", Options(seed=85)),
            FormatSample("record_text_2023", market.year(2023, blank="zero_rows"), "word_tabs", Options(seed=86)),
        ],
    }


def files() -> list[FormatSample]:
    """Every report that is a file of its own."""
    return [*panels(), *alone(), *(s for pair in twice() for s in pair)]
