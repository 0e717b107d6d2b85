"""The dictionaries: the project's own are sound, and a bad line is named with file, line and remedy."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from pipeline.narrate import (
    DictionaryError,
    default_dictionaries,
    dictionary,
    dictionary_folder,
    dictionary_hash,
    load_dictionaries,
)
from pipeline.narrate.practice_wording import expanded
from tests.narrate.dictionary_tables import CATEGORIES, CONTEXTS, DENIALS, PRACTICE, SEGMENTATION, TYPES, write_tables

CODES = {
    "leadership_responsibility", "proactive_channels", "new_media", "policy_interpretation_response",
    "application_handling", "information_management", "platform_building", "supervision_assessment", "training",
    "standardisation", "digital_government", "public_participation", "hotline", "problems_admitted",
    "improvements_promised", "fees", "reconsideration_litigation",
}  # fmt: skip
TYPE_CODES = {
    "timeliness", "content", "form", "staffing", "awareness", "unevenness", "mechanism", "platform", "applications",
    "participation", "general",
}  # fmt: skip


def test_own_categories_are_those_of_the_coding_manual() -> None:
    own = default_dictionaries().practice
    assert {c.category for c in own.categories} == CODES
    assert {t.category for t in own.terms} == CODES, "no category without terms"
    manual = (dictionary_folder() / "coding_manual.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", manual, re.MULTILINE)) == CODES
    parts = {c: {s.subcategory for s in own.subcategories if s.category == c} for c in CODES}
    assert parts["problems_admitted"] == TYPE_CODES
    assert parts["improvements_promised"] == TYPE_CODES | {"training"}


def test_own_terms_are_clean() -> None:
    own = default_dictionaries().practice
    for t in own.terms:
        assert t.term == unicodedata.normalize("NFC", t.term)
        assert not re.search(r"\s", t.term)
        assert t.source, t
    labels = [(s.label_en, s.label_zh) for s in own.categories] + [(s.label_en, s.label_zh) for s in own.subcategories]
    for english, chinese in labels:
        assert re.search(r"[\u4e00-\u9fff]", chinese) and re.search(r"[A-Za-z]", english), english
    for s in own.subcategories:
        assert re.fullmatch(r"[a-z][a-z_]*", s.subcategory), s
        typed = s.category in ("problems_admitted", "improvements_promised")
        assert typed or any((t.category, t.subcategory) == (s.category, s.subcategory) for t in own.terms), s


def test_brackets_stand_for_each_of_their_wordings() -> None:
    assert expanded("[加大|加强]培训[力度|]") == ("加大培训力度", "加大培训", "加强培训力度", "加强培训")
    with pytest.raises(ValueError, match="do not close"):
        expanded("[加大|加强培训")


def test_the_hash_depends_on_content_alone(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).mkdir()
    a = load_dictionaries(write_tables(tmp_path / "a"))
    head, first, second = SEGMENTATION.splitlines()
    reordered = "\ufeff" + "\r\n".join([head, second.replace("主动公开", '"主动公开"'), first]) + "\r\n"
    b = load_dictionaries(write_tables(tmp_path / "b", segmentation=reordered))
    c = load_dictionaries(write_tables(tmp_path / "c", denials=DENIALS + "verb,无\n"))
    assert re.fullmatch(r"[0-9a-f]{64}", dictionary_hash(a))
    assert dictionary_hash(a) == dictionary_hash(b) != dictionary_hash(c)
    assert dictionary_hash() == default_dictionaries().content_hash


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"disclosure_practice": PRACTICE + "fees,charged,收取…费,,,,\n"}, "line 3: .*line 2 already"),
        ({"disclosure_practice": PRACTICE + "taxes,charged,税款,,,,\n"}, "line 3: unknown category 'taxes'; add it"),
        ({"disclosure_practice": PRACTICE + "fees,reduced,减免,,,,\n"}, "unknown subcategory fees.reduced; add it"),
        ({"disclosure_practice": PRACTICE + "fees,charged,,,,,\n"}, "line 3: term is empty"),
        ({"disclosure_practice": PRACTICE + "fees,charged,收,,,,\n"}, "too short"),
        ({"disclosure_practice": PRACTICE + "fees,charged,收取…,,,,\n"}, "stands at an end"),
        ({"disclosure_practice": PRACTICE + "fees,charged,[收取|计收,,,,\n"}, "line 3: .* do not close"),
        ({"disclosure_practice": PRACTICE + "fees,charged,计收,section_one,,,\n"}, "unknown section 'section_one'"),
        ({"disclosure_practice": PRACTICE + "fees,charged,计收,,money,,\n"}, "unknown context 'money'; add it"),
        ({"disclosure_practice": PRACTICE + "fees,charged,u\u0308ber,,,,\n"}, "not in Unicode form NFC"),
        (
            {"disclosure_practice": PRACTICE + "fees,charged,收,取,,,,usage\n"},
            "put a field that holds a comma in quotes",
        ),
        (
            {"disclosure_practice": "category,term\n"},
            "column subcategory, sections, requires, unless, source is missing",
        ),
        ({"categories": CATEGORIES + "length,,yes,Length,长度,Reserved\n"}, "category 'length' is taken"),
        ({"categories": CATEGORIES.replace("yes", "maybe")}, "is_deniable is 'maybe'; write yes or no"),
        ({"types": TYPES + "fees,form,形式\n"}, "fees has no subcategory 'form'"),
        ({"contexts": CONTEXTS + "next_year,明年\n"}, "worked out from the report"),
        ({"denials": DENIALS + "maybe,未必\n"}, "line 3: unknown role 'maybe'"),
        ({"segmentation": SEGMENTATION + "主动公开,,n,\n"}, "line 4: '主动公开' stands there twice"),
        ({"segmentation": SEGMENTATION + "公开栏,many,n,\n"}, "frequency 'many' is no whole number"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, changed: dict[str, str], message: str) -> None:
    write_tables(tmp_path, **changed)
    with pytest.raises(DictionaryError, match=message):
        load_dictionaries(tmp_path)


def test_a_table_in_gbk_or_with_a_quote_that_never_closes_is_named_with_the_line(tmp_path: Path) -> None:
    write_tables(tmp_path)
    table = tmp_path / "segmentation.csv"
    table.write_bytes(SEGMENTATION.encode() + "公开栏,,n,\n".encode("gbk"))
    with pytest.raises(DictionaryError, match=r"segmentation.csv, line 4: this is no UTF-8; save the file"):
        load_dictionaries(tmp_path)
    table.write_bytes(SEGMENTATION.encode() + ('"' + "公开" * 70_000).encode())
    with pytest.raises(DictionaryError, match=r"segmentation.csv, line 4: this is no valid CSV"):
        load_dictionaries(tmp_path)


def test_the_folder_is_the_checkouts_else_the_packaged_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert dictionary_folder() == Path(__file__).parents[2] / "data" / "dictionaries"

    package = tmp_path / "pipeline" / "narrate"
    packaged = package / "_dictionaries"
    packaged.mkdir(parents=True)
    monkeypatch.setattr(dictionary, "_PACKAGE", package)
    with pytest.raises(FileNotFoundError, match=r"neither in .* nor in .*reinstall"):
        dictionary_folder()
    write_tables(packaged)
    assert dictionary_folder() == packaged
    # A folder `data` that happens to lie beside an installed package is not ours.
    other = tmp_path / "data" / "dictionaries"
    other.mkdir(parents=True)
    write_tables(other)
    assert dictionary_folder() == packaged
    (tmp_path / "pyproject.toml").touch()
    assert dictionary_folder() == other
