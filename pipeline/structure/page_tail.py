"""Where a report ends and the page that it was copied from goes on: links to other pages, the site's own foot."""

from __future__ import annotations

import re
from functools import cache

from pipeline.data_files import table_rows
from pipeline.model import Text

_LONGEST, _MOST = 100, 60
"""Characters of a line that may be a link to another page, and how many of them may follow one another."""
_PROSE = re.compile(r"[。；！？]|\t|\|.*\||^[（(]?[一二三四五六七八九十]{1,3}[）)、.．]|^\d{1,2}[、.．](?!\d)")
"""What stands in a report: sentences, items, rows of tables."""


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    rows = table_rows(__package__, "page_tails.csv")
    return re.compile("|".join(f"(?:{r['pattern']})" for r in rows if r["kind"] == kind), re.IGNORECASE)


def page_tail(text: Text, start: int) -> int:
    """The offset from which on nothing but the page's own lines stand; the end of the text where there are none.

    Nothing before `start` is looked at (the end of the last heading and of the last table). Read from below: a line that
    opens such a tail (上一篇, 主办单位; `data/page_tails.csv`) takes all below it along, as far as it is links and the like.
    The first line that says something ends the search, so that no sentence of a report is lost. O(lines).
    """
    tail, others = len(text.text), 0
    for line in reversed(text.lines):
        if line.start < start:
            break
        said = line.text.strip()
        if not said or line.is_furniture:
            continue
        if _pattern("opens").match(said):
            tail, others = line.start, 0
        elif not _pattern("foot").match(said):
            others += 1
            if others > _MOST or len(said) > _LONGEST or _PROSE.search(said):
                break
    return tail
