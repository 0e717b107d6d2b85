"""From a place in the source to its locator and back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dossier.source import Wanted, read
from pipeline.limits import Limits
from pipeline.model import Place, Text
from pipeline.normalize.locators import Locators
from pipeline.normalize.text import Places, normalize
from tests.conftest import SAMPLE

LOCATORS = """
SELECT d.source_path, d.member, d.content_sha256, d.reader, l.locator
FROM (SELECT report_id, locator FROM cells UNION SELECT report_id, locator FROM flags
      UNION SELECT report_id, span FROM date_mentions UNION SELECT report_id, locator FROM sections) l
JOIN reports r USING (report_id) JOIN documents d USING (document_id)
WHERE l.locator IS NOT NULL ORDER BY ALL
"""


def there_and_back(text: Text, locator: str) -> str | None:
    span = Locators(text).span(locator)
    return Places(text).locator(*map(text.from_source, span)) if span else None


def test_every_locator_of_the_sample_leads_to_a_place_that_has_it(sample_build: Path):
    with duckdb.connect(str(sample_build / "ogi.duckdb"), read_only=True) as connection:
        rows = connection.execute(LOCATORS).fetchall()
    texts: dict[tuple[str, str | None, str | None], Text] = {}
    readers: Counter[str] = Counter()
    for path, member, sha256, reader, locator in rows:
        key = (path, member, sha256)
        if key not in texts:
            found = read(SAMPLE, Wanted(*key), Limits())
            assert isinstance(found, Text), (path, found)
            texts[key] = found
        assert there_and_back(texts[key], locator) == locator, path
        readers[reader.split("/")[0]] += 1
    assert set(readers) >= {"text", "html", "docx", "doc", "pdf", "ofd"}


@given(st.text("a０ \t\n\r\f\u200b\u2028", max_size=60), st.data())
def test_in_plain_text(source: str, data: st.DataObject):
    text = normalize(source)
    start = data.draw(st.integers(0, len(text.text)))
    end = data.draw(st.integers(start, len(text.text)))
    locator = Places(text).locator(start, end)
    span = Locators(text).span(locator)
    assert span == text.source_span(start, end)


@given(st.lists(st.sampled_from(["", "1", "12", "第一项"]), min_size=2, max_size=8), st.data())
def test_in_a_text_of_blocks(cells: list[str], data: st.DataObject):
    places, source = [], ""
    for n, cell in enumerate(cells):
        row, column = divmod(n, 3)
        begin = len(source)
        source += cell if n < 6 else cell or "段"  # no reader writes an empty paragraph
        parts = (("table", 1), ("row", row + 1), ("column", column + 1)) if n < 6 else (("paragraph", n),)
        places.append(Place(begin, len(source), parts))
        source += "\t"
    text = Text(source, (), ((0, 0),), source, places=tuple(places))
    first = data.draw(st.integers(0, len(cells) - 1))
    last = data.draw(st.integers(first, len(cells) - 1))
    start = data.draw(st.integers(places[first].start, places[first].end))
    end = data.draw(st.integers(max(start, places[last].start), places[last].end))
    locator = Places(text).locator(start, end)
    assert there_and_back(text, locator) == locator


def test_what_this_document_does_not_have():
    text = normalize("一\n二\n")
    blocks = Text("一\n", (), ((0, 0),), "一\n", places=(Place(0, 1, (("paragraph", 1),)),))
    for of, locators in (
        (
            text,
            ("line 1, characters 0-99", "line 1, characters 2-1", "table 1", "", "line 1", "line 1, characters 0-1 "),
        ),
        (blocks, ("paragraph 2", "paragraph 1, characters 0-2", "paragraph", "paragraph 1 to paragraph 9", "1", ", ")),
    ):
        for locator in locators:
            assert Locators(of).span(locator) is None, locator


def test_a_line_of_two_characters_long_breaks():
    assert Locators(normalize("一\r\n二")).span("line 2, characters 3-4") == (3, 4)
