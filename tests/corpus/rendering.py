"""From a truth to a document's bytes, with everything that a reader of it should find."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.corpus import gold
from tests.corpus.dates import Mention
from tests.corpus.document import Writer
from tests.corpus.layouts import LAYOUTS
from tests.corpus.options import Options
from tests.corpus.truth import Truth


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document with its answers. `metadata` holds the columns of the gold file reports.csv, as text."""

    data: bytes
    text: str
    gold: tuple[gold.GoldCell, ...]
    metadata: dict[str, str]
    dates: tuple[Mention, ...]
    lost: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)


def write(truth: Truth, layout: str, options: Options) -> Writer:
    """A finished writer and its text, without the gold (which costs some milliseconds)."""
    writer = Writer(truth, layout, options)
    writer.text = writer.write()
    return writer


def encode(text: str, options: Options) -> bytes:
    return text.replace("\n", options.newline).encode(options.charset)


def render(truth: Truth, layout: str, options: Options | None = None) -> bytes:
    """The bytes of the report in a layout."""
    options = options or Options()
    return encode(write(truth, layout, options).text, options)


def render_report(truth: Truth, layout: str, options: Options | None = None) -> Rendered:
    """The bytes and the right answers."""
    options = options or Options()
    writer = write(truth, layout, options)
    cells = gold.gold_cells(truth, LAYOUTS[layout], options, writer.lost)
    facts = {k: str(v) for k, v in writer.facts.items()}
    forms = {
        f"form_{t}": "none" if t in options.missing_tables else truth.tables[t].form
        for t in ("proactive", "applications")
    }
    return Rendered(
        encode(writer.text, options), writer.text, cells, facts | forms, tuple(writer.mentions), writer.lost
    )
