"""A publisher's `about.yml`: what it says reaches the release, and every mistake is told with file, key and remedy."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from pipeline.release.edition import Creator
from pipeline.release.metadata import AboutWrong, default_about, read_about

OURS = files("pipeline.release.metadata").joinpath("about.yml").read_text(encoding="utf-8")
CREATOR = "name: ogi-panel contributors"


def test_the_file_that_comes_with_the_package_says_everything() -> None:
    about = default_about()
    assert about.title_zh == "中国政府信息公开工作年度报告面板数据"
    assert (about.licence, about.licence_url) == ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/")
    assert about.creators == (Creator("ogi-panel contributors"),)
    assert not any(" " in t for t in (about.title_zh, about.description_zh))


def test_a_publisher_says_who_made_it(tmp_path: Path) -> None:
    path = tmp_path / "about.yml"
    person = (
        "name: Doe\n    given_names: Jane\n    affiliation: A Place\n    orcid: https://orcid.org/0000-0002-1825-0097"
    )
    said = OURS.replace(CREATOR, person) + "homepage: https://example.org/x\ncontact: jane@example.org\n"
    path.write_text("\ufeff" + said, encoding="utf-8")
    about = read_about(path)
    assert about.creators == (Creator("Doe", "Jane", "A Place", "0000-0002-1825-0097"),)
    assert (about.homepage, about.contact) == ("https://example.org/x", "jane@example.org")


def test_texts_of_one_line_stay_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "about.yml"
    title = "en: Chinese Open Government Information Annual Reports Panel"
    path.write_text(OURS.replace(title, 'en: "A\\n\\n# \\"title\\" {{ with }} traps"'), encoding="utf-8")
    assert read_about(path).title_en == 'A # "title" {{ with }} traps'


MISTAKES = {
    "nothing": ("", "the whole file: write the keys `title`, `description`"),
    "a list": ("- a", "the whole file: write the keys"),
    "a key that is no key": (OURS.replace("title:", "titel:"), "titel: this key is not known; known are `title`"),
    "a key is missing": (OURS.replace("keywords:", "words:"), "keywords: write a list here"),
    "a key twice": (OURS + "keywords: [a]\n", "the key `keywords` stands there twice"),
    "a colon in a text": (OURS.replace("en: Chinese Open", "en: Chinese: Open"), "line 3, column 14"),
    "a number for a name": (OURS.replace(CREATOR, "name: 12"), "creators[1].name: write a text here, between quotes"),
    "no creator": (OURS.replace(f"  - {CREATOR}", "  []"), "creators: write a list here"),
    "a word twice": (OURS.replace("- China", "- China\n  - China"), "keywords[5]: 'China' stands there twice"),
    "a wrong check digit": (
        OURS.replace(CREATOR, f"{CREATOR}\n    orcid: 0000-0002-1825-0098"),
        "creators[1].orcid: '0000-0002-1825-0098' is no ORCID iD",
    ),
    "a licence in words": (
        OURS.replace("CC-BY-4.0", "CC BY 4.0"),
        "licence.id: 'CC BY 4.0' is not the SPDX identifier",
    ),
    "a script for an address": (
        OURS.replace("https://creativecommons.org/licenses/by/4.0/", "javascript:alert(1)"),
        "licence.url: 'javascript:alert(1)' is not an address that begins with https://",
    ),
    "text that runs backwards": (
        OURS.replace("- China", '- "Chi\\u202ena"'),
        "keywords[4]: remove the invisible characters U+202E",
    ),
    "an object": (OURS.replace("- China", "- !!python/object/apply:os.getcwd []"), "could not determine a constructor"),
    "a value for others": ("a: &a [x]\nb: [*a, *a]", "line 2: `*a` stands for another value: write the value itself"),
    "lists without end": ("[" * 5000, "stand too deep inside one another"),
    "two documents": ("a: 1\n---\nb: 2", "another document"),
    "a text without end": (OURS.replace("- China", "- " + "China" * 200), "keywords[4]: 1,000 characters are too many"),
    "too large": ("#" * 70_000, "is larger than 64 KB"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, mistake: str) -> None:
    text, message = MISTAKES[mistake]
    path = tmp_path / "about.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AboutWrong) as told:
        read_about(path)
    assert message in str(told.value)
    assert all(line.startswith(str(path)) for line in str(told.value).splitlines())


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "about.yml"
    path.write_text(
        OURS.replace("CC-BY-4.0", "CC BY").replace("zh: 中国政府信息公开工作年度报告面板数据", "zh: ''"),
        encoding="utf-8",
    )
    with pytest.raises(AboutWrong) as told:
        read_about(path)
    assert [line.split(", ", 1)[1].split(":")[0] for line in str(told.value).splitlines()] == ["title.zh", "licence.id"]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(AboutWrong, match=r"none\.yml cannot be read \(No such file or directory\)"):
        read_about(tmp_path / "none.yml")
    (tmp_path / "latin.yml").write_bytes(b"title: \xe9")
    with pytest.raises(AboutWrong, match=r"latin\.yml is not written in UTF-8 \(byte 7\)"):
        read_about(tmp_path / "latin.yml")
