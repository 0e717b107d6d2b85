"""The unit of money that a header, a row's label or a note beside a table names.

A unit in the cell itself counts before all others. Of the other places the narrowest counts (the row's label, its header,
a note beside the table), and where they contradict one another, the number is doubtful.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline import form
from pipeline.extract.grounds import Ground

_UNIT = re.compile(
    r"(?:^|[（(/／:：,，、\s以按]|单位|[为是]|[金总]额|人民币)([十百千万亿美港欧日]*元)(?=$|[）)（(\s,，、。；;/／]|为单位|计)"
)
_NOTE = re.compile("单位|[以按][十百千万亿]*元[为计]|^[（(]?(?:备?注|说明)")
_LONGEST_NOTE = 60


def units_named(text: str) -> list[str]:
    """Units of money in a label, once each, in their order: 本年收费金额（单位：万元）, 行政事业性收费/元."""
    return list(dict.fromkeys(_UNIT.findall(text))) if "元" in text else []


def is_note(text: str) -> bool:
    """Whether a line beside a table says in which unit its amounts are: （金额单位：元）, 注：金额单位为元."""
    return len(text) <= _LONGEST_NOTE and "元" in text and bool(_NOTE.search(text)) and bool(units_named(text))


def unit_of_amounts(texts: Sequence[str]) -> tuple[str | None, str | None]:
    """(unit, ground of doubt) that texts name, the narrowest place first; None where they name none that is known."""
    named = list(dict.fromkeys(u for t in texts for u in units_named(t)))
    known = next((u for u in named if u in form.units()), None)
    if len(named) > 1:
        return known, Ground.UNITS_CONTRADICT
    return known, Ground.UNIT_UNKNOWN if named and known is None else None
