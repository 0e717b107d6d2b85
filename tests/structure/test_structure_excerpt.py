"""A section's narrative leads back to where it stood."""

from pipeline.model import Section
from pipeline.normalize.text import normalize
from pipeline.structure.excerpt import narrative_of


def test_every_character_of_a_narrative_is_that_of_the_text() -> None:
    source = "一、总体情况\n\n  收到申请3件。\n\n\n办结2件。\n- 4 -\n表格在此\n结转1件。\n\n 7"
    text = normalize(source)
    table = (source.index("表格"), source.index("结转"))
    excerpt = narrative_of(text, Section("overview", None, (0, len(source)), (6, len(source))), [table])
    assert [x for x in excerpt.text.split("\n") if x] == ["收到申请3件。", "办结2件。", "结转1件。"]
    for i, c in enumerate(excerpt.text):
        if not c.isspace():
            a, b = excerpt.span(i, i + 1)
            assert text.text[a:b] == c
