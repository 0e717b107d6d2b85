"""Reads a Stata file (.dta, version 118, as `exports/stata.py` writes it) piece by piece, whoever wrote it.

Format: https://www.stata.com/help.cgi?dta. pandas reads such files too, but holds all long texts of one in memory, and
unpacks labels as often as the file says: a file of unknown origin could keep it busy for hours.
"""

from __future__ import annotations

import os
import struct
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from pipeline.release.declared import NotReadable, regular

_NUMBERS = {
    65526: ("<f8", 2.0**1023),
    65527: ("<f4", 2.0**127),
    65528: ("<i4", 2_147_483_620),
    65529: ("<i2", 32_740),
    65530: ("<i1", 100),
}
"""Numeric types: as numpy reads them, and the highest number (of the first two: the lowest that is missing)."""
_LONG_TEXT, _LONGEST_FIXED = 32768, 2045
_LONGEST_LABEL = 32_000
_NAME, _FORMAT, _LABEL = 129, 57, 321
_STRL = struct.Struct("<IQBI")
_LABELS = struct.Struct("<i129s3xii")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable: its type (1–2045: bytes of a text, 32768: long text, else a number), display format, the name of the labels
    of its values, and its own label.
    """

    name: str
    type: int
    format: str
    labels: str
    label: str

    @property
    def is_text(self) -> bool:
        return self.type <= _LONG_TEXT

    @property
    def is_long(self) -> bool:
        return self.type == _LONG_TEXT


@dataclass(frozen=True, slots=True)
class StataFile:
    """An open file: its variables, how many rows it has, where these begin, what its integers stand for."""

    file: BinaryIO
    variables: tuple[Variable, ...]
    rows: int
    start: int
    labels: dict[str, dict[int, str]]
    long: LongTexts

    @property
    def record_bytes(self) -> int:
        """Bytes of a row."""
        return int(_record(self.variables).itemsize)

    def values(self, first: int, count: int) -> list[Any]:
        """Rows from `first` on, column by column: numbers as float64 with NaN for missing, texts as a list of bytes.

        Of a long text it is its number, which `long` knows: many rows may have the same.
        """
        record = _record(self.variables)
        self.file.seek(self.start + first * record.itemsize)
        data = _taken(self.file, count * record.itemsize)
        table = np.frombuffer(data, dtype=record)
        return [self._column(v, table[f"v{n}"]) for n, v in enumerate(self.variables)]

    def _column(self, variable: Variable, values: Any) -> Any:
        if variable.is_text:
            return values.tolist()  # numpy drops the NULs at the end
        kind, limit = _NUMBERS[variable.type]
        numbers = values.astype("f8")
        missing = numbers >= limit if kind.startswith("<f") else numbers > limit
        return np.where(missing, np.nan, numbers)


@dataclass(frozen=True, slots=True)
class LongTexts:
    """Where the long texts of a file lie: their numbers sorted, and places and lengths in that order."""

    file: BinaryIO
    numbers: Any
    places: Any
    lengths: Any

    def holds(self, number: int, text: bytes) -> bool:
        """Whether the text of this number is `text`; one of another length is not read."""
        if number == 0:
            return not text
        at = int(np.searchsorted(self.numbers, np.uint64(number)))
        if at == len(self.numbers) or int(self.numbers[at]) != number or int(self.lengths[at]) != len(text) + 1:
            return False
        self.file.seek(int(self.places[at]))
        return _taken(self.file, len(text) + 1) == text + b"\0"


@contextmanager
def stata_file(path: Path, rows: int, variables: int, longest: int, most_codes: int) -> Iterator[StataFile]:
    """Opens a file that must have so many rows and variables, no long text of more than `longest` bytes, and no set of more
    than `most_codes` labels. Memory is taken for the variables and the places of long texts. Raises NotReadable, OSError.
    """
    with regular(path) as f:
        size = os.fstat(f.fileno()).st_size
        _expect(f, b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder><K>")
        found = _number(f, "<H")
        _expect(f, b"</K><N>")
        n = _number(f, "<Q")
        _expect(f, b"</N><label>")
        if found != variables or n != rows:
            raise NotReadable(f"it has {n:,} rows and {found:,} variables, and the table {rows:,} and {variables:,}")
        _taken(f, _number(f, "<H"))
        _expect(f, b"</label><timestamp>")
        _taken(f, _number(f, "<B"))
        _expect(f, b"</timestamp></header>")
        places = [0]
        told = struct.unpack("<14Q", _section(f, places, "map", 14 * 8))
        types = struct.unpack(f"<{found}H", _section(f, places, "variable_types", 2 * found))
        names = _texts(_section(f, places, "varnames", found * _NAME), found)
        if any(_section(f, places, "sortlist", 2 * (found + 1))):
            raise NotReadable("it says to be sorted by some variable")
        formats = _texts(_section(f, places, "formats", found * _FORMAT), found)
        labelled = _texts(_section(f, places, "value_label_names", found * _NAME), found)
        told_of = _texts(_section(f, places, "variable_labels", found * _LABEL), found)
        _section(f, places, "characteristics", 0)
        if not all(1 <= t <= _LONGEST_FIXED or t == _LONG_TEXT or t in _NUMBERS for t in types):
            raise NotReadable("a variable has a type that Stata does not know")
        listed = tuple(map(Variable, names, types, formats, labelled, told_of))
        places.append(f.tell())
        _expect(f, b"<data>")
        start = f.tell()
        if start + rows * _record(listed).itemsize > size:
            raise NotReadable("it ends early")
        f.seek(start + rows * _record(listed).itemsize)
        _expect(f, b"</data>")
        places.append(f.tell())
        long = _long_texts(f, size, rows * sum(t == _LONG_TEXT for t in types), longest)
        places.append(f.tell())
        labels = _value_labels(f, set(labelled), most_codes)
        places.append(f.tell())
        _expect(f, b"</stata_dta>")
        places.append(f.tell())
        if f.read(1):
            raise NotReadable("something stands behind its end")
        if tuple(places) != told:
            raise NotReadable("its parts do not lie where its map says")
        yield StataFile(f, listed, rows, start, labels, long)


def _record(variables: tuple[Variable, ...]) -> Any:
    """How a row lies in the file."""

    def kind(variable: Variable) -> str:
        if variable.type == _LONG_TEXT:
            return "<u8"
        return f"S{variable.type}" if variable.is_text else _NUMBERS[variable.type][0]

    return np.dtype([(f"v{n}", kind(v)) for n, v in enumerate(variables)])


def _long_texts(f: BinaryIO, size: int, most: int, longest: int) -> LongTexts:
    """Finds them up to the end of their section. A row refers to one by 2 bytes of variable and 6 of row."""
    numbers, places, lengths = array("Q"), array("Q"), array("Q")
    _expect(f, b"<strls>")
    while (mark := _taken(f, 3)) == b"GSO":
        variable, row, _, length = _STRL.unpack(_taken(f, _STRL.size))
        if len(numbers) >= most or variable >= 2**16 or row >= 2**48 or length > longest + 1:
            raise NotReadable("its long texts are more or longer than those of the table")
        numbers.append(variable | row << 16)
        places.append(f.tell())
        lengths.append(length)
        if f.tell() + length > size:
            raise NotReadable("it ends early")
        f.seek(length, os.SEEK_CUR)
    if mark != b"</s":
        raise NotReadable("its long texts do not end as they should")
    _expect(f, b"trls>")
    found = np.array(numbers, dtype="u8")
    order = np.argsort(found, kind="stable")
    return LongTexts(f, found[order], np.array(places, dtype="u8")[order], np.array(lengths, dtype="u8")[order])


def _value_labels(f: BinaryIO, wanted: set[str], most: int) -> dict[str, dict[int, str]]:
    """The label sets that variables name, each with at most `most` labels."""
    out: dict[str, dict[int, str]] = {}
    _expect(f, b"<value_labels>")
    while (mark := _taken(f, 5)) == b"<lbl>":
        _, named, n, bytes_ = _LABELS.unpack(_taken(f, _LABELS.size))
        name = _text(named)
        if name not in wanted or name in out or not 0 <= n <= most or not 0 <= bytes_ <= n * _LONGEST_LABEL:
            raise NotReadable(f"its labels {name[:40]!r} are none of a variable, or too many")
        starts = struct.unpack(f"<{n}i", _taken(f, 4 * n))
        values = struct.unpack(f"<{n}i", _taken(f, 4 * n))
        texts = _taken(f, bytes_)
        _expect(f, b"</lbl>")
        ends = (*starts[1:], bytes_)
        if not all(0 <= a < b for a, b in zip(starts, ends, strict=True)):
            raise NotReadable(f"its labels {name[:40]!r} do not stand one behind the other")
        out[name] = {v: _text(texts[a:b]) for v, a, b in zip(values, starts, ends, strict=True)}
    if mark != b"</val":
        raise NotReadable("its labels do not end as they should")
    _expect(f, b"ue_labels>")
    return out


def _section(f: BinaryIO, places: list[int], name: str, length: int) -> bytes:
    """What stands in a part of known length; notes where the part begins."""
    places.append(f.tell())
    _expect(f, f"<{name}>".encode())
    data = _taken(f, length)
    _expect(f, f"</{name}>".encode())
    return data


def _texts(data: bytes, count: int) -> list[str]:
    """Texts of equal width."""
    width = len(data) // count
    return [_text(data[n * width : (n + 1) * width]) for n in range(count)]


def _text(data: bytes) -> str:
    try:
        return data.split(b"\0", 1)[0].decode("utf-8")
    except UnicodeDecodeError as e:
        raise NotReadable("a name or label in it is no text in UTF-8") from e


def _number(f: BinaryIO, kind: str) -> int:
    return int(struct.unpack(kind, _taken(f, struct.calcsize(kind)))[0])


def _expect(f: BinaryIO, mark: bytes) -> None:
    if f.read(len(mark)) != mark:
        raise NotReadable(f"it is no file of Stata 14 as ogi-panel writes it: {mark[:24].decode()!r} is missing")


def _taken(f: BinaryIO, count: int) -> bytes:
    data = f.read(count)
    if len(data) != count:
        raise NotReadable("it ends early")
    return data
