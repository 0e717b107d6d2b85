"""How one document is written, beside its layout: charset, label habits, headings, furniture, dates, page breaks."""

from __future__ import annotations

import random
from dataclasses import dataclass

CHARSETS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
HEADINGS = ("form", "variant", "wrong_number", "no_number", "glued")
DATES = ("plain", "second_year_omitted", "collapsed", "none")
SIGNATURES = ("none", "plain", "chinese", "collapsed")


@dataclass(frozen=True, slots=True)
class Options:
    """Choices for one document; the defaults give the form as it is prescribed."""

    seed: int = 0
    charset: str = "utf-8"
    newline: str = "\n"
    # labels
    label_variants: bool = False
    label_typos: int = 0
    quotes: str = "curly"  # curly, straight, none
    half_width: bool = False  # ( ) : , instead of （ ） ： ，
    item_mark: str = "."  # or 、
    header_spaces: bool = False  # 商业 企业
    # cells
    full_width_digits: bool = False
    split_digits: bool = False  # "1 0" for 10, only where the layout delimits cells
    blank_text: str = ""  # what a kept blank holds: "" or " "
    # tables
    merge_fill: str = "repeat"  # pipes: repeat a merged label in each place, or leave the others empty
    value_line: str = "middle"  # columns: the line of a wrapped label that holds the numbers: middle, first
    blank_lines: bool = True  # one cell per line: a blank line between cells
    missing_tables: tuple[str, ...] = ()
    # pages
    form_feed: bool = False
    page_mark: str = "- {n} -"
    repeated_header: bool = False
    # around the tables
    headings: str = "form"
    furniture: bool = False
    metadata_block: bool = False
    two_line_title: bool = False
    dates: str = "plain"
    signature: str = "none"
    bookmark: bool = False


PAGE_MARKS = ("- {n} -", "— {n} —", "第{n}页 共{all}页", "{n}")


def random_options(seed: int) -> Options:
    """Random choices: every trait turns up, most documents have only a few."""
    rng = random.Random(f"options{seed}")

    def some(p: float) -> bool:
        return rng.random() < p

    return Options(
        seed=seed,
        charset=rng.choices(CHARSETS, (80, 6, 10, 4))[0],
        newline="\r\n" if some(0.15) else "\n",
        label_variants=some(0.4),
        label_typos=rng.choice((1, 2)) if some(0.15) else 0,
        quotes=rng.choices(("curly", "straight", "none"), (70, 20, 10))[0],
        half_width=some(0.3),
        item_mark="、" if some(0.12) else ".",
        header_spaces=some(0.3),
        full_width_digits=some(0.06),
        split_digits=some(0.06),
        blank_text=rng.choice(("", " ")),
        merge_fill=rng.choice(("repeat", "empty")),
        value_line=rng.choice(("middle", "first")),
        blank_lines=some(0.7),
        form_feed=some(0.5),
        page_mark=rng.choice(PAGE_MARKS),
        repeated_header=some(0.4),
        headings=rng.choices(HEADINGS, (60, 16, 8, 8, 8))[0],
        furniture=some(0.4),
        metadata_block=some(0.35),
        two_line_title=some(0.3),
        dates=rng.choices(DATES, (55, 15, 15, 15))[0],
        signature=rng.choices(SIGNATURES, (45, 25, 15, 15))[0],
        bookmark=some(0.15),
    )
