"""The documents of data/sample: invented reports in every layout, and one of each kind of trouble."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from pipeline import form
from tests.corpus import numbers, printing
from tests.corpus.numbers import Numbers
from tests.corpus.options import Options
from tests.corpus.places import Organ
from tests.corpus.truth import TableTruth, Truth, make

OFFICE = Organ("云岭市青禾区人民政府办公室", "云岭市青禾区人民政府")
BUREAU = Organ("望川市柳渡县教育局", "望川市柳渡县人民政府")
TRAFFIC = Organ("松岩市交通运输局", "松岩市人民政府")
TOWN = Organ("汀洲市云麓区白榆镇人民政府", "汀洲市云麓区人民政府")
ZONE = Organ("澜塘市沙渚经济开发区管理委员会", "澜塘市人民政府")
COUNTY = Organ("望川市禾塘县人民政府", "望川市人民政府")
HEALTH = Organ("松岩市桐陂县卫生健康委员会", "松岩市桐陂县人民政府")
STREET = Organ("云岭市石汀区南栈街道办事处", "云岭市石汀区人民政府")


@dataclass(frozen=True, slots=True)
class Sample:
    """A report of the sample: where it lies, what it says, how it is written."""

    path: str
    truth: Truth
    layout: str
    options: Options


def table(code: str, form_code: str, true: Numbers, said: Numbers | None = None, **how: object) -> TableTruth:
    said = said or true
    cells = printing.dress(random.Random(1), form_code, code, true, said, pattern="none", **how)  # type: ignore[arg-type]
    return TableTruth(code, form_code, cells, said == true)


def blanked(t: TableTruth, pattern: str) -> TableTruth:
    """The same table with the cells of a pattern left blank."""
    true = {k: c.true for k, c in t.cells.items()}
    empty = printing.blanks(random.Random(7), pattern, true)  # type: ignore[arg-type]
    return replace(t, cells={k: printing.CellTruth("", None, c.true) if k in empty else c for k, c in t.cells.items()})


class Panel:
    """The numbers of one organ over the years, each year taking over what the year before left."""

    def __init__(self, organ: Organ, seed: int, size: str) -> None:
        self.organ, self.seed, self.size = organ, seed, size
        self.past: dict[str, Numbers] = {}

    def year(
        self,
        year: int,
        *,
        forms: tuple[str, str] = ("2021", "2021"),
        blank: str = "none",
        all_blank: tuple[str, ...] = (),
        marks: str | None = None,
        decorate: bool = False,
    ) -> Truth:
        rng = random.Random(f"{self.seed}/{year}")
        proactive = numbers.with_stock(numbers.proactive(rng, forms[0], self.size))
        applications = numbers.applications(rng, forms[1], self.size)
        remedies = numbers.remedies(rng, "small")
        if self.past:
            applications = numbers.follow(self.past[form.APPLICATIONS], applications)
            proactive = numbers.follow_stock(self.past[form.PROACTIVE], proactive)
        self.past = {form.PROACTIVE: proactive, form.APPLICATIONS: applications}
        tables = {
            form.PROACTIVE: table(form.PROACTIVE, forms[0], proactive, marks=marks, decorate=decorate),
            form.APPLICATIONS: table(form.APPLICATIONS, forms[1], applications, decorate=decorate),
            form.REMEDIES: table(form.REMEDIES, "2021", remedies),
        }
        for code, t in tables.items():
            pattern = "all" if code in all_blank else "none" if code == form.PROACTIVE else blank
            tables[code] = blanked(t, pattern)
        return make(self.seed * 10_000 + year, self.organ, year, tables)


def unbalanced(truth: Truth) -> Truth:
    """29 new and 2 carried in against 34 handled and 2 carried out, all by natural persons; zero rows left blank."""
    said = {k: numbers.Decimal(0) for k in truth.tables[form.APPLICATIONS].cells}
    for row, n in {
        "received_new": 29,
        "carried_in": 2,
        "granted": 21,
        "denied_third_party": 3,
        "unavailable_not_held": 10,
        "handled_total": 34,
        "carried_out": 2,
    }.items():
        said[row, "natural_person"] = said[row, "total"] = numbers.Decimal(n)
    true = {
        **said,
        ("received_new", "natural_person"): numbers.Decimal(34),
        ("received_new", "total"): numbers.Decimal(34),
    }
    return truth.with_tables(blanked(table(form.APPLICATIONS, "2021", true, said), "only_nonzero"))


_LOOKS_LIKE = dict(zip("0123456789", "8771984938", strict=True))


def misprinted(truth: Truth) -> Truth:
    """One number of section three printed with a digit that looks like the right one; every cell is printed."""
    true = {k: c.true or numbers.Decimal(0) for k, c in truth.tables[form.APPLICATIONS].cells.items()}
    slot = max((k for k in true if k[0] in form.results_of_form("2021") and k[1] != "total"), key=lambda k: true[k])
    digits = f"{true[slot]:f}"
    said = {**true, slot: numbers.Decimal(_LOOKS_LIKE[digits[0]] + digits[1:])}
    return truth.with_tables(table(form.APPLICATIONS, "2021", true, said))


def disagreeing(truth: Truth) -> Truth:
    """A narrative that counts three applications more than the table."""
    cell = truth.tables[form.APPLICATIONS].cells["received_new", "total"]
    overview = tuple(
        p.replace(f"申请{cell.printed}件", f"申请{int(cell.printed) + 3}件") for p in truth.paragraphs["overview"]
    )
    return replace(truth, paragraphs={**truth.paragraphs, "overview": overview})


def samples() -> list[Sample]:
    """Every report, in a fixed order. A panel's years are drawn in order, each taking over what the last one left."""
    return [*panels(), *alone()]


def panels() -> list[Sample]:
    """Organs with two or three years, each year in another layout."""
    web = Options(
        seed=2, half_width=True, metadata_block=True, furniture=True, dates="collapsed", signature="collapsed"
    )
    office, bureau, traffic = Panel(OFFICE, 1, "medium"), Panel(BUREAU, 2, "small"), Panel(TRAFFIC, 5, "medium")
    town, zone, county = Panel(TOWN, 4, "small"), Panel(ZONE, 3, "medium"), Panel(COUNTY, 6, "large")
    health, street = Panel(HEALTH, 7, "small"), Panel(STREET, 8, "one")
    return [
        Sample("2023/word_2022.txt", office.year(2022), "word_tabs", Options(two_line_title=True)),
        Sample(
            "2024/word_2023.txt",
            office.year(2023, blank="zero_rows"),
            "word_tabs",
            Options(seed=1, blank_text=" ", bookmark=True, quotes="straight"),
        ),
        Sample(
            "2023/mixed_forms_2021.txt",
            bureau.year(2021, forms=("2021", "2019")),
            "pipes_trailing",
            Options(seed=21, dates="second_year_omitted"),
        ),
        Sample("2023/web_2022.txt", bureau.year(2022, blank="only_nonzero"), "web_lines", web),
        Sample(
            "2024/web_2023.txt",
            bureau.year(2023, blank="natural_and_total"),
            "web_lines",
            replace(web, seed=3, dates="plain", header_spaces=True),
        ),
        Sample(
            "2023/web_tight_2022.txt",
            traffic.year(2022),
            "web_lines_tight",
            Options(seed=4, half_width=True, furniture=True),
        ),
        Sample(
            "2024/pipes_markdown_2023.txt", traffic.year(2023), "pipes_markdown", Options(seed=5, headings="variant")
        ),
        Sample(
            "2024/missing_table_2024.txt",
            traffic.year(2024),
            "web_lines",
            Options(seed=22, missing_tables=(form.APPLICATIONS,), headings="no_number"),
        ),
        Sample(
            "2023/pipes_padded_2022.txt",
            zone.year(2022, blank="random"),
            "pipes_padded",
            Options(seed=6, merge_fill="empty"),
        ),
        Sample(
            "2024/pipes_trailing_2023.txt",
            zone.year(2023, marks="/", decorate=True),
            "pipes_trailing",
            Options(seed=7, label_variants=True),
        ),
        Sample(
            "unsorted_web_2024.txt",
            zone.year(2024),
            "web_lines",
            Options(seed=24, charset="utf-8-sig", full_width_digits=True, headings="wrong_number"),
        ),
        Sample("2023/pdf_columns_2022.txt", county.year(2022), "pdf_columns", Options(seed=8, signature="chinese")),
        Sample(
            "2024/pdf_columns_paged_2023.txt",
            county.year(2023, decorate=True),
            "pdf_columns_paged",
            Options(seed=9, form_feed=True, repeated_header=True),
        ),
        Sample(
            "2024/first_column_lost_2024.txt",
            county.year(2024),
            "pdf_tabs_first_column_lost",
            Options(seed=17, half_width=True),
        ),
        Sample(
            "2023/pdf_tabs_2022.txt",
            health.year(2022),
            "pdf_tabs",
            Options(seed=10, half_width=True, quotes="straight"),
        ),
        Sample(
            "2024/pdf_tabs_paged_2023.txt",
            health.year(2023),
            "pdf_tabs_paged",
            Options(seed=11, page_mark="第{n}页 共{all}页"),
        ),
        Sample("2024/glued_2024.txt", health.year(2024), "glued", Options(seed=18, headings="glued")),
        Sample("2023/single_spaces_2022.txt", town.year(2022), "single_spaces", Options(seed=12)),
        Sample(
            "2024/single_spaces_short_2023.txt",
            town.year(2023, blank="totals"),
            "single_spaces",
            Options(seed=13, half_width=True),
        ),
        Sample(
            "2024/leading_pipes_utf16.txt",
            town.year(2024),
            "leading_pipes",
            Options(seed=16, charset="utf-16", item_mark="、"),
        ),
        Sample(
            "2023/pipe_per_line_gb18030.txt",
            street.year(2022, blank="rows"),
            "pipe_per_line",
            Options(seed=14, charset="gb18030", newline="\r\n"),
        ),
        Sample(
            "2024/pipe_per_line_lost_2023.txt",
            street.year(2023, blank="only_nonzero"),
            "pipe_per_line_lost",
            Options(seed=15),
        ),
        Sample(
            "2024/blank_tables_2024.txt",
            street.year(2024, all_blank=(form.APPLICATIONS, form.REMEDIES)),
            "word_tabs",
            Options(seed=19, blank_text=" "),
        ),
    ]


def alone() -> list[Sample]:
    """Organs and years on their own: the form of 2019, a balance that is off, a narrative that disagrees."""
    old = Panel(OFFICE, 25, "small").year(2020, forms=("2019", "2019"), decorate=True)
    base = Panel(Organ("澜塘市青禾区市场监督管理局", "澜塘市青禾区人民政府"), 31, "small").year(2024)
    told = Panel(Organ("汀洲市农业农村局", "汀洲市人民政府"), 32, "medium").year(2024)
    misread = Panel(Organ("望川市水务局", "望川市人民政府"), 33, "medium").year(2024)
    return [
        Sample("2023/form_2019_in_2020.txt", old, "word_tabs", Options(seed=20)),
        Sample("2024/unbalanced_2024.txt", unbalanced(base), "word_tabs", Options(seed=25, headings="wrong_number")),
        Sample("2024/misprint_2024.txt", misprinted(misread), "pipes_trailing", Options(seed=27)),
        Sample(
            "2024/narrative_disagrees_2024.txt",
            disagreeing(told),
            "pipes_padded",
            Options(seed=26, metadata_block=True),
        ),
    ]
