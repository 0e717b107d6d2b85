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
from pipeline.narrate.dictionary import EXCLUDED

REQUIRED = {
    "platforms_new_media", "policy_interpretation", "application_handling", "training", "supervision_assessment",
    "problems_admitted", "improvements_promised", "fees",
}  # fmt: skip

CATEGORIES = "category,label_zh,label_en,description_en\nfees,收费,Fees,Fees charged\n"
PRACTICE = "category,subcategory,term,label_en,label_zh,source\nfees,none_charged,未收取,No fee,未收费,usage\n"
SEGMENTATION = "term,frequency,tag,source\n信息处理费,,n,usage\n主动公开,12,n,\n"


def write(folder: Path, categories: str = CATEGORIES, practice: str = PRACTICE, words: str = SEGMENTATION) -> Path:
    for name, content in zip(dictionary.FILES, (categories, practice, words), strict=True):
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def test_own_dictionaries_have_what_they_must() -> None:
    own = default_dictionaries()
    codes = [c.category for c in own.categories]
    assert set(codes) >= REQUIRED
    assert len(codes) == len(set(codes))
    assert {t.category for t in own.practice} == set(codes), "no category without terms, no term without category"
    assert len(own.segmentation) >= 200


def test_own_terms_are_clean() -> None:
    own = default_dictionaries()
    keys = [(t.category, t.term.lower()) for t in own.practice]
    assert len(keys) == len(set(keys)), "no term twice in a category"
    for t in own.practice:
        assert t.term == unicodedata.normalize("NFC", t.term)
        assert not re.search(r"\s", t.term)
        assert re.search(r"[\u4e00-\u9fff]", t.label_zh), t
        assert re.search(r"[A-Za-z]", t.label_en), t
        assert re.fullmatch(r"[a-z][a-z_]*", t.subcategory), t
        assert t.source, t
    for c in own.categories:
        assert re.search(r"[\u4e00-\u9fff]", c.label_zh) and re.search(r"[A-Za-z]", c.label_en) and c.description_en


def test_every_excluded_wording_keeps_something_from_counting() -> None:
    own = default_dictionaries()
    counted = {(t.category, t.term) for t in own.practice if t.subcategory != EXCLUDED}
    idle = [
        (t.category, t.term)
        for t in own.practice
        if t.subcategory == EXCLUDED
        # A term inside the wording, or one that its last characters begin (`现将` before `将按照`).
        and not any(
            category == t.category
            and (term in t.term or any(term.startswith(t.term[i:]) for i in range(1, len(t.term))))
            for category, term in counted
        )
    ]
    assert idle == []


def test_the_hash_depends_on_content_alone(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir(), (tmp_path / "c").mkdir()
    a = load_dictionaries(write(tmp_path / "a"))
    head, first, second = SEGMENTATION.splitlines()
    reordered = "\ufeff" + "\r\n".join([head, second.replace("主动公开", '"主动公开"'), first]) + "\r\n"
    b = load_dictionaries(write(tmp_path / "b", words=reordered))
    c = load_dictionaries(write(tmp_path / "c", words=SEGMENTATION.replace("12", "13")))
    assert re.fullmatch(r"[0-9a-f]{64}", dictionary_hash(a))
    assert dictionary_hash(a) == dictionary_hash(b) != dictionary_hash(c)
    assert dictionary_hash() == default_dictionaries().content_hash


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"practice": PRACTICE + "fees,charged,未收取,Fee,收费,\n"},
            r"disclosure_practice.csv, line 3: .*line 2 already",
        ),
        ({"practice": PRACTICE + "taxes,charged,税,Tax,税,\n"}, "line 3: unknown category 'taxes'; add it"),
        ({"practice": PRACTICE + "fees,none_charged,不收,Other,未收费,\n"}, "one label in each language"),
        ({"practice": PRACTICE + "fees,charged,收取,,收费,\n"}, "line 3: label_en is empty"),
        ({"practice": PRACTICE + "fees,charged,收,Fee,收费,\n"}, "too short"),
        ({"practice": PRACTICE + "fees,charged,收取…,Fee,收费,\n"}, "stands at an end"),
        ({"practice": PRACTICE + "fees,charged,u\u0308ber,Fee,收费,\n"}, "not in Unicode form NFC"),
        ({"practice": PRACTICE + "fees,charged,收,取,Fee,收费,usage\n"}, "put a field that holds a comma in quotes"),
        ({"practice": "category,term\n"}, "column subcategory, label_en, label_zh, source is missing"),
        ({"categories": CATEGORIES + "length,长度,Length,Reserved\n"}, "category 'length' is taken"),
        ({"words": SEGMENTATION + "主动公开,,n,\n"}, "line 4: '主动公开' stands there twice"),
        ({"words": SEGMENTATION + "公开栏,many,n,\n"}, "frequency 'many' is no whole number"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, changed: dict[str, str], message: str) -> None:
    write(tmp_path, **changed)
    with pytest.raises(DictionaryError, match=message):
        load_dictionaries(tmp_path)


def test_the_folder_is_the_checkouts_else_the_packaged_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert dictionary_folder() == Path(__file__).parents[2] / "data" / "dictionaries"

    package = tmp_path / "pipeline" / "narrate"
    packaged = package / "_dictionaries"
    packaged.mkdir(parents=True)
    monkeypatch.setattr(dictionary, "_PACKAGE", package)
    with pytest.raises(FileNotFoundError, match=r"neither in .* nor in .*reinstall"):
        dictionary_folder()
    write(packaged)
    assert dictionary_folder() == packaged
    # A folder `data` that happens to lie beside an installed package is not ours.
    other = tmp_path / "data" / "dictionaries"
    other.mkdir(parents=True)
    write(other)
    assert dictionary_folder() == packaged
    (tmp_path / "pyproject.toml").touch()
    assert dictionary_folder() == other
