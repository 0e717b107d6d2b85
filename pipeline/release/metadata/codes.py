"""Labels of the code lists, one for each code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline import schema


@dataclass(frozen=True, slots=True)
class Label:
    en: str
    zh: str


@cache
def labels(codelist: str) -> dict[str, Label]:
    """Each code of a list with its label, in order. Codes that stand in several tables or forms with different labels
    have all of them."""
    found: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for r in schema.codes_rows():
        if r["codelist"] == codelist:
            en, zh = found.setdefault(r["code"], ({}, {}))
            en[r["label_en"]] = None
            zh[r["label_zh"]] = None
    return {code: Label("; ".join(en), "；".join(zh)) for code, (en, zh) in found.items()}
