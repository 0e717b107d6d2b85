"""Reads a file of corrections made by hand: strict YAML, every fault named with its line, numbers exact to the digit."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import yaml

from pipeline import form
from pipeline.store.addresses import normalised_url

DEFAULT = Path("data/corrections.yml")
MOST_BYTES = 8_000_000
_LONGEST = 2000
_DEEPEST = 8
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KEYS = ("id", "report", "cell", "old", "new", "reason", "source", "who", "when")
_NAMED_BY = ({"report_id"}, {"url"}, {"path", "sha256"}, {"path", "member", "sha256"})
_CELL = ("table", "row", "column")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?")
"""What a DECIMAL(18,6) holds, as people write it. YAML itself would read 012 as ten and 1.10 as a binary fraction."""
_HEX = {"report_id": re.compile("[0-9a-f]{20}"), "sha256": re.compile("[0-9a-f]{64}")}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

Codes = tuple[str, str, str]
"""Codes of a cell: table, row, column."""


class CorrectionsWrong(Exception):
    """The corrections file, or an entry of it, cannot be used; the message names the line, what is wrong and why."""


@dataclass(frozen=True, slots=True)
class Named:
    """What leads to the report: its identity, its address as compared, or the place and the bytes of its document."""

    report_id: str | None = None
    url: str | None = None
    path: str | None = None
    member: str | None = None
    sha256: str | None = None

    def __str__(self) -> str:
        return self.report_id or self.url or " in ".join(filter(None, (self.member, self.path)))


@dataclass(frozen=True, slots=True)
class Correction:
    """An entry. `old` is the value that it corrects, a text what is printed there, None a cell without either."""

    correction_id: str
    place: str
    report: Named
    cell: Codes
    old: Decimal | str | None
    new: Decimal
    reason: str
    source: str
    who: str
    when: dt.date

    def wrong(self, message: str) -> CorrectionsWrong:
        """The fault of this entry, as an exception to raise."""
        return CorrectionsWrong(f"{self.place}, correction {self.correction_id}: {message}")


def default_file() -> Path | None:
    """The file where none is named: the environment's (OGI_CORRECTIONS), else that of the project in the working
    directory, if there is one."""
    if told := os.environ.get("OGI_CORRECTIONS"):
        return Path(told)
    return DEFAULT.resolve() if DEFAULT.exists() else None


def read_corrections(path: Path) -> tuple[Correction, ...]:
    """The entries of a file, in its order; an empty file has none. Raises CorrectionsWrong.

    Nothing is constructed from the YAML: its nodes are walked, so that neither tags nor aliases can do anything.
    """
    reading = _Reading(str(path))
    try:
        with path.open("rb") as f:
            raw = f.read(MOST_BYTES + 1)
    except OSError as e:
        raise CorrectionsWrong(f"the corrections file {path} cannot be read ({e.strerror})") from None
    if len(raw) > MOST_BYTES:
        raise CorrectionsWrong(f"the corrections file {path} is larger than {MOST_BYTES:,} bytes")
    try:
        text = raw.decode("utf-8-sig")
        reading.not_too_deep(text)
        root = yaml.compose(text, Loader=_LOADER)
    except UnicodeDecodeError as e:
        line = raw.count(b"\n", 0, e.start) + 1
        raise reading.wrong(line, "is no UTF-8: save the file as UTF-8") from None
    except yaml.reader.ReaderError as e:
        line = raw.count(b"\n", 0, e.position) + 1
        raise reading.wrong(line, "holds a control character, which YAML does not allow") from None
    except yaml.MarkedYAMLError as e:
        line = e.problem_mark.line + 1 if e.problem_mark else 1
        raise reading.wrong(line, f"is no valid YAML: {e.problem}") from None
    return tuple(reading.entries(root)) if root is not None else ()


@dataclass(frozen=True, slots=True)
class _Reading:
    """Walks the nodes of a file; every fault names the file and the line of the node."""

    path: str

    def wrong(self, line: int, message: str) -> CorrectionsWrong:
        return CorrectionsWrong(f"{self.path} line {line}: {message}")

    def at(self, node: yaml.Node, message: str) -> CorrectionsWrong:
        return self.wrong(node.start_mark.line + 1, message)

    def not_too_deep(self, text: str) -> None:
        """Composing nodes calls itself for every level: a file of brackets would end the process, not the reading."""
        depth = 0
        for event in yaml.parse(text, Loader=_LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise self.wrong(event.start_mark.line + 1, "is nested deeper than a list of corrections can be")

    def entries(self, root: yaml.Node) -> Iterator[Correction]:
        listed = self.fields(root, "the file", ("corrections",), ("corrections",))["corrections"]
        if isinstance(listed, yaml.ScalarNode) and listed.tag.endswith(":null"):
            return
        if not isinstance(listed, yaml.SequenceNode):
            raise self.at(listed, "`corrections` is a list: begin each entry with `- id: ...`")
        lines: dict[str, int] = {}
        for node in listed.value:
            entry = self.entry(node)
            line = node.start_mark.line + 1
            first = lines.setdefault(entry.correction_id, line)
            if first != line:
                raise self.at(node, f"a second correction {entry.correction_id}: the first stands in line {first}")
            yield entry

    def fields(
        self, node: yaml.Node, what: str, known: tuple[str, ...], required: tuple[str, ...]
    ) -> dict[str, yaml.Node]:
        """The values of a mapping by their keys, each given once, none unknown, none of `required` missing."""
        if not isinstance(node, yaml.MappingNode):
            raise self.at(node, f"{what} is written as `key: value`, with the keys {', '.join(known)}")
        out: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else None
            if name not in known:
                raise self.at(key, f"{what} has no key {name!r}: its keys are {', '.join(known)}")
            if name in out:
                raise self.at(key, f"{what} has the key {name} twice")
            out[name] = value
        if missing := [k for k in required if k not in out]:
            raise self.at(node, f"{what} does not say {', '.join(missing)}")
        return out

    def text(self, node: yaml.Node, what: str) -> str:
        """A text of one line; a folded block is one too."""
        text = " ".join(node.value.split("\n")).strip() if isinstance(node, yaml.ScalarNode) else ""
        is_null = isinstance(node, yaml.ScalarNode) and not node.style and node.tag.endswith(":null")
        if not text or is_null or len(text) > _LONGEST or _CONTROL.search(text):
            raise self.at(node, f"{what} is a text of 1 to {_LONGEST:,} characters, without control characters")
        return text

    def number(self, node: yaml.Node, what: str) -> Decimal:
        if not isinstance(node, yaml.ScalarNode) or node.style or not _NUMBER.fullmatch(node.value):
            shown = f", not {node.value!r}" if isinstance(node, yaml.ScalarNode) else ""
            raise self.at(
                node, f"{what} is a number such as 12 or 1.50 (12 digits, 6 decimals at most, no quotes){shown}"
            )
        return Decimal(node.value)

    def old(self, node: yaml.Node) -> Decimal | str | None:
        if isinstance(node, yaml.ScalarNode) and node.style:
            return self.text(node, "old in quotes")
        if isinstance(node, yaml.ScalarNode) and node.value in ("null", "~"):
            return None
        return self.number(node, 'old (null for a blank, "..." for what is printed in place of a number)')

    def entry(self, node: yaml.Node) -> Correction:
        f = self.fields(node, "a correction", _KEYS, _KEYS)
        name = self.text(f["id"], "id")
        if not _ID.fullmatch(name):
            raise self.at(f["id"], f"id {name!r}: up to 80 letters, digits, dots, hyphens and underscores")
        old, new = self.old(f["old"]), self.number(f["new"], "new")
        if new < 0:
            raise self.at(f["new"], f"new is {new}: no cell of the form counts below zero")
        if old == new:
            raise self.at(f["new"], f"old and new are both {new}: nothing is corrected")
        when = self.text(f["when"], "when")
        try:
            day = dt.date.fromisoformat(when) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", when) else None
        except ValueError:
            day = None
        if day is None:
            raise self.at(f["when"], f"when is a date such as 2025-03-31, not {when!r}")
        return Correction(
            correction_id=name,
            place=f"{self.path} line {node.start_mark.line + 1}",
            report=self.report(f["report"]),
            cell=self.cell(f["cell"]),
            old=old,
            new=new,
            reason=self.text(f["reason"], "reason"),
            source=self.text(f["source"], "source"),
            who=self.text(f["who"], "who"),
            when=day,
        )

    def report(self, node: yaml.Node) -> Named:
        f = self.fields(node, "report", ("report_id", "url", "path", "member", "sha256"), ())
        if set(f) not in _NAMED_BY:
            raise self.at(node, "report is named by report_id, or by url, or by path (and member) with sha256")
        texts = {name: self.text(value, name) for name, value in f.items()}
        for name, pattern in _HEX.items():
            if name in texts and not pattern.fullmatch(texts[name]):
                raise self.at(f[name], f"{name} is {pattern.pattern[-3:-1]} digits of 0-9 and a-f, not {texts[name]!r}")
        if "url" in texts:
            url = normalised_url(texts["url"])
            if url is None:
                raise self.at(f["url"], f"url {texts['url']!r} is no address")
            texts["url"] = url
        return Named(**texts)

    def cell(self, node: yaml.Node) -> Codes:
        f = self.fields(node, "cell", _CELL, _CELL)
        table, row, column = (self.text(f[k], k) for k in _CELL)
        if table not in form.TABLES:
            raise self.at(f["table"], f"there is no table {table!r}: the tables are {', '.join(form.TABLES)}")
        cells = {(c.row_code, c.column_code) for fm in form.FORMS for c in form.cell_defs(fm, table)}
        for key, code, codes in (
            ("row", row, dict.fromkeys(r for fm in form.FORMS for r in form.row_codes(fm, table))),
            ("column", column, dict.fromkeys(c for r, c in sorted(cells) if r == row)),
        ):
            if code not in codes:
                whose = f"table {table}" if key == "row" else f"row {row} of table {table}"
                raise self.at(f[key], f"{whose} has no {key} {code!r}: its {key}s are {', '.join(codes)}")
        return table, row, column
