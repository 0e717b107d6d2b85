"""A folder of small dictionaries for tests: each table valid, and any of them replaced."""

from __future__ import annotations

from pathlib import Path

from pipeline.narrate import dictionary
from pipeline.narrate.dictionary_state import VERSIONS_FILE

CATEGORIES = "category,unless,is_deniable,label_en,label_zh,description_en\nfees,,yes,Fees,收费,Fees charged\n"
SUBCATEGORIES = "category,subcategory,label_en,label_zh\nfees,charged,Fees charged,已收费\n"
PRACTICE = "category,subcategory,term,sections,requires,unless,source\nfees,charged,收取…费,,,,usage\n"
TYPES = "category,type,term,not_in\n"
CONTEXTS = "context,term\nbudget,预算\n"
DENIALS = "role,wording\nverb,未\n"
SEGMENTATION = "term,frequency,tag,source\n信息处理费,,n,usage\n主动公开,12,n,\n"

OWN = dictionary.dictionary_folder()

TABLES = {
    "categories.csv": CATEGORIES,
    "subcategories.csv": SUBCATEGORIES,
    "disclosure_practice.csv": PRACTICE,
    "types.csv": TYPES,
    "contexts.csv": CONTEXTS,
    "denials.csv": DENIALS,
    "segmentation.csv": SEGMENTATION,
}


def write_tables(folder: Path, **changed: str) -> Path:
    """Writes the tables; `changed` gives other content by the table's name without `.csv`."""
    own = OWN
    for name in dictionary.FILES:
        content = TABLES.get(name) or (own / name).read_text(encoding="utf-8")
        (folder / name).write_text(changed.get(name.removesuffix(".csv"), content), encoding="utf-8")
    assert (folder / VERSIONS_FILE).is_file()
    return folder
