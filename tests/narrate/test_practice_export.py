"""Exports for quanteda and Lexicoder: read back, they hold what the dictionaries hold, cut as our texts are cut."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree

import yaml

from pipeline.narrate import default_dictionaries, tokenize
from pipeline.narrate.practice_export import exported
from pipeline.narrate.practice_tables import EXCLUDED
from pipeline.narrate.practice_wording import GAP, expanded


def test_yaml_is_nested_keys_over_lists_of_token_sequences() -> None:
    own = default_dictionaries()
    text = exported("quanteda-yaml")
    keys = yaml.safe_load(text)
    assert list(keys) == sorted(c.category for c in own.practice.categories)
    terms = [t for parts in keys.values() for part in parts.values() for t in part]
    assert all(isinstance(t, str) and t for t in terms), "12345 stays a word and is no number"
    assert "".join(keys["hotline"]["hotline"]).count("12345")
    assert " ".join(tokenize("政务新媒体矩阵")) in keys["new_media"]["new_media"]
    head = text[: text.index("\n" + next(iter(keys)))]
    assert own.content_hash in head and all(word in head for word in ("excluded", "gapped", "denials", "sections"))


def test_lexicoder_holds_the_same_terms() -> None:
    root = ElementTree.fromstring(exported("lexicoder").encode())
    found = {
        category.get("name"): {
            part.get("name"): [term.get("name") for term in part.findall("pnode")] for part in category.findall("cnode")
        }
        for category in root.findall("cnode")
    }
    assert found == yaml.safe_load(exported("quanteda-yaml"))


def test_the_table_has_every_wording_once_written_out() -> None:
    own = default_dictionaries().practice
    rows = list(csv.DictReader(io.StringIO(exported("csv"))))
    assert len(rows) == sum(len(expanded(t.term)) for t in own.terms)
    assert {r["subcategory"] for r in rows} >= {EXCLUDED, "general"}
    assert all((r["tokens"] == "") == (GAP in r["term"]) for r in rows)
    assert exported("csv") == exported("csv")
