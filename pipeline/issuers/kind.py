"""What kind of organ reports, told from its name by the rules of `data/issuer_kinds.csv`, the first that fits deciding."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from pipeline.data_files import table_rows
from pipeline.issuers.divisions import divisions


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str | None], ...]:
    ordered = sorted(table_rows(__package__, "issuer_kinds.csv"), key=lambda r: int(r["order"]))
    return tuple((re.compile(r["pattern"]), r["kind"] or None) for r in ordered)


@cache
def _division_names() -> frozenset[str]:
    return frozenset(d.name for d in divisions())


def _is_chain(name: str) -> bool:
    """Whether a name is nothing but names of divisions: 上海市浦东新区."""
    ends = {0}
    for i in range(1, len(name) + 1):
        if any(name[e:i] in _division_names() for e in ends):
            ends.add(i)
    return len(name) in ends


def plain(name: str) -> str:
    """A name as compared: compatibility forms folded, no white space, no quotation marks."""
    return re.sub(r"[\s《》“”\"'‘’]", "", unicodedata.normalize("NFKC", name))


def issuer_kind(name: str) -> str | None:
    """The code of the kind (codelist `issuer_kind`), or None where no rule fits or the body is no administrative organ.

    government: 如东县人民政府, or a division's name alone. office: 如东县人民政府办公室. department: 如东县教育局, a zone's own bureau too
    (江阴临港经济开发区财政局). development_zone: the zone or the committee that runs it. subdistrict, town. vertical_branch: an organ
    led by the one above it (如东县税务局, 海门公安分局). public_body: schools, hospitals, companies (article 55 of the Regulation).
    """
    name = re.sub(r"\([^()]*\)$", "", plain(name))
    if not name:
        return None
    if _is_chain(name):
        return "government"
    for pattern, kind in _rules():
        if pattern.search(name):
            return kind
    return None
