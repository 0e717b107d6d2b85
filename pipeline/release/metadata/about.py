"""Reads what a publisher says of the dataset (`about.yml`) and tells every mistake with its place and its remedy."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from pipeline.release.edition import About, Creator

DEFAULT, OF_SAMPLE = "about.yml", "about_sample.yml"
_LARGEST = 64 * 1024
_LONGEST = {"line": 500, "text": 10_000}
_DEEPEST = 8
_MOST = {"creators": 500, "keywords": 100}

_TOP = ("title", "description", "creators", "keywords", "licence", "homepage", "contact")
_LANGUAGES = ("en", "zh")
_CREATOR = ("name", "given_names", "affiliation", "orcid")
_LICENCE = ("id", "url")


class AboutWrong(Exception):
    """A file about the dataset cannot be used; the message names file, key and remedy, one line for each mistake."""


def default_about(of_sample: bool = False) -> About:
    """What the file that comes with the package says: of a dataset, or of the project's sample, which is invented."""
    name = OF_SAMPLE if of_sample else DEFAULT
    return _read(name, files(__package__).joinpath(name).read_bytes())


def read_about(path: Path) -> About:
    """What a publisher's file says. Raises AboutWrong for a file that is missing, too large, no YAML, or says too little
    or something else than it may."""
    try:
        with path.open("rb") as f:
            content = f.read(_LARGEST + 1)
    except OSError as e:
        raise AboutWrong(f"{path} cannot be read ({e.strerror or e}): name a file as `about.yml` of ogi-panel") from e
    return _read(str(path), content)


def _read(name: str, content: bytes) -> About:
    if len(content) > _LARGEST:
        raise AboutWrong(f"{name} is larger than {_LARGEST // 1024} KB: it says what a dataset is in a few lines")
    try:
        text = content.decode("utf-8-sig")
        _plain(name, text)
        said = yaml.load(text, _OnceOnly)
    except UnicodeDecodeError as e:
        raise AboutWrong(f"{name} is not written in UTF-8 (byte {e.start}): save it as UTF-8") from e
    except (yaml.YAMLError, RecursionError, ValueError) as e:
        raise AboutWrong(f"{name}: {_yaml_fault(e)}") from e
    return _Reader(name).about(said)


def _plain(name: str, text: str) -> None:
    """Refuses what a few lines can make endless: values that stand for others, and lists in lists without end."""
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise AboutWrong(f"{name}, line {line}: `*{event.anchor}` stands for another value: write the value itself")
        if depth > _DEEPEST:
            raise AboutWrong(f"{name}, line {line}: keys or lists stand too deep inside one another: move them out")


class _OnceOnly(yaml.SafeLoader):  # type: ignore[misc] # the library has no types
    """YAML without objects, in which a key that stands twice is a mistake."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key `{key.value}` stands there twice", key.start_mark
                )
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else id(key))
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=True)
        return mapping


def _yaml_fault(e: Exception) -> str:
    mark = getattr(e, "problem_mark", None)
    place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    problem = getattr(e, "problem", None) or getattr(e, "reason", None) or "it cannot be read as YAML"
    if isinstance(e, yaml.scanner.ScannerError | yaml.parser.ParserError):
        return f"{place}{problem}; put a text with a colon, a quote or a brace in it between quotes"
    return f"{place}{problem}; write keys, lists and plain texts only, and each key once"


class _Reader:
    """Reads the keys of one file and gathers every mistake before it complains."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._faults: list[str] = []
        self._missing: list[str] = []
        """Keys of which it was said that all that belongs under them is missing."""

    def about(self, said: object) -> About:
        top = self._mapping("", said, _TOP)
        titles, descriptions = (self._mapping(k, top.get(k), _LANGUAGES) for k in ("title", "description"))
        licence = self._mapping("licence", top.get("licence"), _LICENCE)
        out = About(
            title_en=self._line("title.en", titles.get("en")),
            title_zh=self._line("title.zh", titles.get("zh")),
            description_en=self._text("description.en", descriptions.get("en")),
            description_zh=self._text("description.zh", descriptions.get("zh")),
            creators=tuple(self._creators(top.get("creators"))),
            keywords=tuple(self._keywords(top.get("keywords"))),
            licence=self._matching(
                "licence.id",
                licence.get("id"),
                r"[A-Za-z0-9][A-Za-z0-9.+-]*",
                "the SPDX identifier of a licence, such as CC-BY-4.0",
            ),
            licence_url=self._url("licence.url", licence.get("url")),
            homepage=self._url("homepage", top["homepage"]) if top.get("homepage") is not None else None,
            contact=self._line("contact", top["contact"]) if top.get("contact") is not None else None,
        )
        if self._faults:
            raise AboutWrong("\n".join(f"{self._name}, {fault}" for fault in self._faults))
        return out

    def _fault(self, key: str, what: str) -> None:
        if not any(key.startswith(missing) for missing in self._missing):
            self._faults.append(f"{key or 'the whole file'}: {what}")

    def _mapping(self, key: str, said: object, known: tuple[str, ...]) -> Mapping[str, Any]:
        wanted = ", ".join(f"`{k}`" for k in known)
        if not isinstance(said, dict):
            self._fault(key, f"write the keys {wanted} here, each with a colon and its value")
            self._missing.append(f"{key}." if key else "")
            return {}
        for other in said:
            if other not in known:
                self._fault(f"{key}.{other}" if key else str(other), f"this key is not known; known are {wanted}")
        return {k: v for k, v in said.items() if k in known}

    def _line(self, key: str, said: object) -> str:
        """A text of one line: line breaks and runs of blanks become one blank."""
        return " ".join(self._string(key, said, "line").split())

    def _text(self, key: str, said: object) -> str:
        """A text of paragraphs, set apart by empty lines."""
        paragraphs = re.split(r"\n\s*\n", self._string(key, said, "text"))
        return "\n\n".join(" ".join(p.split()) for p in paragraphs if p.strip())

    def _string(self, key: str, said: object, kind: str) -> str:
        if not isinstance(said, str) or not said.strip():
            what = "write a text here" if said is None or said == "" else "write a text here, between quotes"
            self._fault(key, what)
            return ""
        if len(said) > _LONGEST[kind]:
            self._fault(key, f"{len(said):,} characters are too many: {_LONGEST[kind]:,} at most")
        if bad := sorted({f"U+{ord(c):04X}" for c in said if _is_control(c)}):
            self._fault(key, f"remove the invisible characters {', '.join(bad)}")
        return said

    def _matching(self, key: str, said: object, pattern: str, what: str) -> str:
        text = self._line(key, said)
        if text and re.fullmatch(pattern, text, re.ASCII) is None:
            self._fault(key, f"{text!r} is not {what}")
        return text

    def _url(self, key: str, said: object) -> str:
        return self._matching(key, said, r"https?://[^\s<>\"'`\\^{|}]+", "an address that begins with https://")

    def _items(self, key: str, said: object) -> Iterable[tuple[str, object]]:
        if not isinstance(said, list) or not said:
            self._fault(key, "write a list here, each entry on a line of its own behind `- `")
            return
        if len(said) > _MOST[key]:
            self._fault(key, f"{len(said):,} entries are too many: {_MOST[key]:,} at most")
        yield from ((f"{key}[{i}]", entry) for i, entry in enumerate(said[: _MOST[key]], 1))

    def _creators(self, said: object) -> Iterable[Creator]:
        for key, entry in self._items("creators", said):
            c = self._mapping(key, entry, _CREATOR)
            yield Creator(
                name=self._line(f"{key}.name", c.get("name")),
                given_names=self._line(f"{key}.given_names", c["given_names"]) if c.get("given_names") else None,
                affiliation=self._line(f"{key}.affiliation", c["affiliation"]) if c.get("affiliation") else None,
                orcid=self._orcid(f"{key}.orcid", c["orcid"]) if c.get("orcid") else None,
            )

    def _orcid(self, key: str, said: object) -> str:
        """The sixteen places of an ORCID iD; the last is a check digit (ISO 7064 MOD 11-2)."""
        text = self._line(key, said).removeprefix("https://orcid.org/")
        if not text:
            return text
        total = 0
        for digit in text.replace("-", "")[:-1]:
            total = (total + (int(digit) if digit.isdecimal() else 0)) * 2
        check = "0123456789X"[(12 - total % 11) % 11]
        if re.fullmatch(r"(\d{4}-){3}\d{3}[\dX]", text, re.ASCII) is None or text[-1] != check:
            self._fault(key, f"{text!r} is no ORCID iD such as 0000-0002-1825-0097: copy it from orcid.org")
        return text

    def _keywords(self, said: object) -> Iterable[str]:
        seen = set()
        for key, entry in self._items("keywords", said):
            word = self._line(key, entry)
            if word in seen:
                self._fault(key, f"{word!r} stands there twice: delete one")
            seen.add(word)
            yield word


def _is_control(c: str) -> bool:
    """Whether a character is a control or changes the direction of what follows: invisible, and able to deceive."""
    return (
        unicodedata.category(c) == "Cc" and c not in "\n\t\r"
    ) or c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
