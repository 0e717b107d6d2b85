"""Writes the dictionaries of disclosure practice for other programs: quanteda's YAML, Lexicoder, CSV.

Formats: quanteda's `dictionary(file=, format="YAML")` reads nested lists of keys whose leaves are lists of patterns;
`format="lexicoder"` reads Lexicoder's LCD, XML of `cnode` (a key) and `pnode` (a pattern).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from xml.sax.saxutils import quoteattr

from pipeline.narrate.dictionary import Dictionaries, default_dictionaries
from pipeline.narrate.practice_tables import EXCLUDED, PracticeTerm
from pipeline.narrate.practice_wording import GAP, expanded, lower
from pipeline.narrate.tokens import tokenize

FORMATS = ("quanteda-yaml", "lexicoder", "csv")

LIMITS = (
    "What this file cannot carry, so that counts with it differ from ogi's own features:",
    "- It finds tokens, not characters: cut the text with ogi's tokens (ogi dfm), not with quanteda's own tokenizer.",
    "  Terms are written as these tokens, with a blank between two; in other surroundings the same characters may be",
    "  cut otherwise, and are then not found.",
    "- excluded wordings, which keep a term within them from counting; gapped terms (left out here, see the CSV format);",
    "- sections, contexts that a term needs or must not have, and denials: a zero statement counts as a mention;",
    "- the longest term at a place: quanteda counts a term within another one as well (nested_scope decides).",
    "- types of problems and promises that the clause says (types.csv): here they stand under `general`.",
)
"""What is said at the head of an export."""


def exported(output_format: str, dictionaries: Dictionaries | None = None) -> str:
    """The dictionaries of practice as a file of one of FORMATS. Deterministic: sorted by category, part and term."""
    own = dictionaries or default_dictionaries()
    if output_format == "csv":
        return _csv(own)
    keys = _keys(own)
    head = (f"ogi-panel, dictionaries of disclosure practice, sha256 {own.content_hash}", *LIMITS)
    return _yaml(keys, head) if output_format == "quanteda-yaml" else _lexicoder(keys, head)


def _wordings(dictionaries: Dictionaries) -> Iterator[tuple[PracticeTerm, str]]:
    for term in dictionaries.practice.terms:
        for wording in expanded(term.term):
            yield term, lower(wording)


def _keys(dictionaries: Dictionaries) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """Categories, their subcategories, and the terms of each, cut into tokens that a blank divides."""
    found = {
        (term.category, term.subcategory, " ".join(tokenize(wording, dictionaries)))
        for term, wording in _wordings(dictionaries)
        if term.subcategory != EXCLUDED and GAP not in wording
    }
    return [
        (category, [(name, [row[2] for row in part]) for name, part in groupby(rows, itemgetter(1))])
        for category, rows in groupby(sorted(found), itemgetter(0))
    ]


def _yaml(keys: list[tuple[str, list[tuple[str, list[str]]]]], head: tuple[str, ...]) -> str:
    out = [f"# {line}" for line in head]
    for category, parts in keys:
        out.append(f"{category}:")
        for name, terms in parts:
            out.append(f"  {name}:")
            # JSON strings are YAML strings; quotes keep 12345 and no from being read as a number or a truth value.
            out += [f"    - {json.dumps(term, ensure_ascii=False)}" for term in terms]
    return "\n".join(out) + "\n"


def _lexicoder(keys: list[tuple[str, list[tuple[str, list[str]]]]], head: tuple[str, ...]) -> str:
    # Two hyphens may not stand in a comment of XML.
    out = ['<?xml version="1.0" encoding="UTF-8"?>', "<!--", *(line.replace("--", "—") for line in head), "-->"]
    out.append('<dictionary style="lexicoder" name="disclosure_practice">')
    for category, parts in keys:
        out.append(f"  <cnode name={quoteattr(category)}>")
        for name, terms in parts:
            out.append(f"    <cnode name={quoteattr(name)}>")
            out += [f"      <pnode name={quoteattr(term)}></pnode>" for term in terms]
            out.append("    </cnode>")
        out.append("  </cnode>")
    out.append("</dictionary>")
    return "\n".join(out) + "\n"


def _csv(dictionaries: Dictionaries) -> str:
    """Every single wording with all that the dictionaries say of it; excluded and gapped ones, too."""
    labels = {(s.category, s.subcategory): (s.label_en, s.label_zh) for s in dictionaries.practice.subcategories}
    rows = sorted(
        (
            term.category,
            term.subcategory,
            wording,
            " ".join(tokenize(wording, dictionaries)) if GAP not in wording else "",
            *(" ".join(x) for x in (term.sections, term.requires, term.unless)),
            *labels.get((term.category, term.subcategory), ("Not counted", "不计数")),
            term.source,
        )
        for term, wording in _wordings(dictionaries)
    )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        (
            "category",
            "subcategory",
            "term",
            "tokens",
            "sections",
            "requires",
            "unless",
            "label_en",
            "label_zh",
            "source",
        )
    )
    writer.writerows(rows)
    return out.getvalue()
