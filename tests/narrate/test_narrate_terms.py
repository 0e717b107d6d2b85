"""Words of a section with their counts."""

from __future__ import annotations

from pipeline.narrate.terms import section_terms


def counts(text: str, section: str = "overview") -> dict[str, tuple[str, int]]:
    return {t.term: (t.token_class, t.count) for t in section_terms(section, text)}


def test_words_are_counted_without_stop_words_numbers_and_dates() -> None:
    found = counts("2024年5月1日，我局的培训有3次，培训和培训。三审三校。")
    assert found["培训"] == ("word", 3) and found["三审三校"] == ("word", 1)
    assert not {"的", "和", "，", "3", "2024年5月1日", "2024"} & set(found)


def test_latin_letters_count_in_lower_case() -> None:
    assert counts("APP与App，app")["app"] == ("foreign", 3)


def test_terms_are_sorted_and_of_one_section() -> None:
    terms = section_terms("problems", "政策解读质量有待提高，政策解读形式单一。")
    assert [t.term for t in terms] == sorted({t.term for t in terms})
    assert {t.section_code for t in terms} == {"problems"}


def test_sections_that_are_no_narratives_have_no_terms() -> None:
    assert section_terms("applications", "收到申请") == ()
    assert section_terms("overview", "") == () == section_terms("overview", "12，。")
