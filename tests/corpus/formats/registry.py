"""The registry of file formats, and what a format hands back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.corpus.dates import Mention
from tests.corpus.formats.blocks import Report, outline
from tests.corpus.gold import GoldCell
from tests.corpus.options import Options
from tests.corpus.truth import Truth


class ProgramMissing(Exception):
    """An external program that a format needs is not installed; `name` as a reader knows it ("LibreOffice")."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no {name}")
        self.name = name


@dataclass(frozen=True, slots=True)
class Written:
    """A file's bytes, and facts that only this file states (a site's <meta> tags)."""

    data: bytes
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FormatFile:
    """A report as a file of a format, with everything that a reader of it should find."""

    path: str
    data: bytes
    gold: tuple[GoldCell, ...]
    metadata: dict[str, str]
    dates: tuple[Mention, ...]


WriteOne = Callable[[Report], Written]
WriteMany = Callable[[Sequence[Report]], list[Written]]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format. One of the writers is set: `write` is pure Python and deterministic, `write_many` runs a program
    once for all reports. Every format keeps the places of blank cells and delimits its cells."""

    name: str
    extension: str
    write: WriteOne | None = None
    write_many: WriteMany | None = None
    keeps_positions: bool = True
    delimited: bool = True


FORMATS: dict[str, Format] = {}


def file_format(name: str, extension: str) -> Callable[[WriteOne], WriteOne]:
    """Registers a pure-Python writer under a name."""

    def register(write: WriteOne) -> WriteOne:
        FORMATS[name] = Format(name, extension, write=write)
        return write

    return register


def program_format(name: str, extension: str) -> Callable[[WriteMany], WriteMany]:
    """Registers a writer that runs an external program over many reports at once."""

    def register(write_many: WriteMany) -> WriteMany:
        FORMATS[name] = Format(name, extension, write_many=write_many)
        return write_many

    return register


def render_many(pairs: Sequence[tuple[Truth, Options]], name: str) -> list[FormatFile]:
    """The reports as files of a format, in order. Raises `ProgramMissing` where the format's program is missing."""
    fmt = FORMATS[name]
    reports = [outline(truth, options) for truth, options in pairs]
    written = [fmt.write(r) for r in reports] if fmt.write else fmt.write_many(reports) if fmt.write_many else []
    return [
        FormatFile(f"{r.truth.seed}{fmt.extension}", w.data, r.gold, r.metadata | w.facts, r.dates)
        for r, w in zip(reports, written, strict=True)
    ]


def render_format(truth: Truth, name: str, options: Options | None = None) -> FormatFile:
    """One report as a file of a format. Raises `ProgramMissing` as `render_many` does."""
    return render_many([(truth, options or Options())], name)[0]
