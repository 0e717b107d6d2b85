"""Divides a section's narrative into passages by its subheadings and numbered points, and says what each is about."""

from __future__ import annotations

import re
from functools import cache

from pipeline.data_files import table_rows
from pipeline.model import Passage
from pipeline.narrate.passage_outline import RUN_IN, Block, Outline, introduces, outline
from pipeline.narrate.passage_pack import sentences
from pipeline.narrate.point_sentences import PROBLEM, Part, of_lead
from pipeline.narrate.point_words import label

OVERVIEW, PROBLEMS = "overview", "problems"
OTHER_TOPIC = "other"
_LEADING = 24
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d年(?:度|\d{1,2}月(?:\d{1,2}[日号])?)?|(?<!\d)\d{1,2}月\d{1,2}[日号]|(?<!\d)(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}"
)
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?[%％‰]?|\d+(?:\.\d+)?[%％‰]?")
_COUNTED = re.compile(rf"(?=\d)(?:(?P<date>{_DATE.pattern})|(?P<number>{_NUMBER.pattern}))")


def find_passages(text: str, section_code: str) -> tuple[Passage, ...]:
    """Passages of a section's narrative, in the order of the text; every character that is no blank is in exactly one.

    `text` is normalised text without the statutory tables. Linear in its length; never fails. Kinds and topics: code
    lists `passage_kind` and `narrative_topic`.
    """
    found = outline(text)
    topics: list[tuple[str | None, bool]] = [(None, False)] * len(found.blocks)
    if section_code == OVERVIEW:
        topics = _topics(found)
    kinds = _kinds(found, section_code, topics)
    return tuple(
        _passage(found, k, block, section_code, kinds[k], topics[k][0]) for k, block in enumerate(found.blocks)
    )


def _passage(found: Outline, k: int, block: Block, section_code: str, kind: str, topic: str | None) -> Passage:
    piece = found.text(block.start, block.end).rstrip("\n")
    counted = list(_COUNTED.finditer(piece, block.body - block.start))
    characters = len(piece.replace("\n", ""))
    in_numbers = sum(len(m.group()) for m in counted)
    mark = block.mark
    return Passage(
        passage_no=k + 1,
        section_code=section_code,
        kind=kind,
        level=block.level,
        marker=found.printed(block.start, mark.end).strip("，,、：: \n")
        if mark is not None and mark.rank >= RUN_IN
        else found.printed(block.start, mark.end)
        if mark is not None
        else None,
        heading=found.printed(*block.title) if block.title is not None else None,
        topic_code=topic,
        span=found.packed.source_span(block.start, block.start + len(piece)),
        characters=characters,
        numbers=sum(m["number"] is not None for m in counted),
        number_share=in_numbers / characters if characters else None,
    )


@cache
def _topic_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((r["topic_code"], re.compile(r["pattern"])) for r in table_rows(__package__, "passage_topics.csv"))


def _is_whole(heading: str) -> bool:
    return _topic_patterns()[0][1].search(heading) is not None and topic_of(heading) == OTHER_TOPIC


def topic_of(heading: str) -> str:
    """The topic that a subheading of section one names; the first named where it names several.

    Names of a topic itself (all but the last row of `passage_topics.csv`) go before what is usually told under it.
    """
    found = [(m.start(), code) for code, p in _topic_patterns()[1:-1] if (m := p.search(heading)) is not None]
    if found:
        return min(found)[1]
    code, p = _topic_patterns()[-1]
    return code if p.search(heading) else OTHER_TOPIC


def _topics(found: Outline) -> list[tuple[str | None, bool]]:
    """By block: the topic that it stands under, and whether the block itself opens it."""
    out: list[tuple[str | None, bool]] = []
    open_topics: list[str | None] = [None]
    for block in found.blocks:
        del open_topics[max(1, block.level if block.mark is not None else block.level + 1) :]
        open_topics += [None] * (block.level + (block.mark is None) - len(open_topics))
        above = next((t for t in reversed(open_topics) if t is not None), None)
        opened = _opened(found, block, above)
        # 总体情况 heads the whole section: what stands under it is told as if it were not there.
        stays = None if block.title is not None and _is_whole(found.text(*block.title)) else opened
        if stays is not None and block.mark is None:
            open_topics[-1] = stays
        elif block.mark is not None:
            open_topics.append(stays)
        out.append((opened or above, opened is not None))
    return out


def _opened(found: Outline, block: Block, above: str | None) -> str | None:
    """The topic that a block opens: its heading's, or what its first words name; none inside one of the five."""
    # A subheading without a mark stands beside the one before it, not inside.
    is_beside = block.mark is None and block.title is not None and block.level == 0
    if above is not None and above != OTHER_TOPIC and not is_beside:
        return None
    if block.title is not None:
        named = topic_of(found.text(*block.title))
        is_subheading = block.mark is None or block.mark.rank < RUN_IN
        return named if (named != OTHER_TOPIC and is_subheading) or (is_subheading and above is None) else None
    if block.mark is None or block.mark.rank >= RUN_IN:
        return None
    clause = re.split(r"[，,。；：:]", found.text(block.body, min(block.end, block.body + _LEADING)))[0]
    if clause.endswith(("情况", "方面", "工作", "管理", "建设", "保障", "公开")):
        return topic_of(clause)
    return OTHER_TOPIC if above is None else None


def _kinds(found: Outline, section_code: str, topics: list[tuple[str | None, bool]]) -> list[str]:
    out: list[str] = []
    for block, (_, opens) in zip(found.blocks, topics, strict=True):
        out.append(_part_kind(found, block, section_code) or ("topic" if opens else "point" if block.mark else "text"))
    return out


def _part_kind(found: Outline, block: Block, section_code: str) -> str | None:
    """`problems` or `improvements` for a passage that a heading of either opens or, in section five, whose words do."""
    piece = found.text(block.body if block.mark is not None else block.start, block.end)
    head = label(piece)
    if head is not None:
        return "problems" if head[0] in ("label_problem", "label_reason", "label_mixed") else "improvements"
    if section_code != PROBLEMS or block.mark is not None:
        return None
    spans = list(sentences(found.packed.text, block.start, block.end))
    if not spans:
        return None
    last = found.text(*spans[-1])
    if not block.introduces and not introduces(last, block.introduces):
        return None
    kind = of_lead(last, Part()).kind
    return None if kind is None else "problems" if kind == PROBLEM else "improvements"
