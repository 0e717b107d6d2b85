"""Checks of a release's Stata files: variables, labels and every value are those of the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from pipeline import schema
from pipeline.release.declared import Declared, Field, NotReadable
from pipeline.release.exports.stata import value_labels, variable_label
from pipeline.release.verify_csv import NOTHING, key_of, own_columns, source_of
from pipeline.release.verify_data import Data, first_line
from pipeline.release.verify_report import Check
from pipeline.release.verify_stata_file import StataFile, Variable, stata_file
from pipeline.store.compare_tables import name

_AT_A_TIME = 16 * 1024**2
"""Bytes of a file that are held in memory at a time."""
_MOST_ROWS = 20_000
_MOST_CODES = 100_000
_NAMED = 3
_YES_NO = {0: "no", 1: "yes"}
_DATE, _TEXT, _BOOLEAN = "DATE", "VARCHAR", "BOOLEAN"


def check_stata(data: Data, declared: Mapping[str, Declared], *, is_ours: bool) -> Check:
    """Holds every Stata file against the columns in `declared`, and against its table, row by row in their order.

    Values of a wide table are held against the tables where the release has this program's schema (`is_ours`), which says
    what follows from them, else against the DuckDB file.
    """
    faults: list[str] = []
    alone = []
    numbers = _code_numbers(data)
    for path in sorted((data.folder.data / "stata").glob("*.dta")):
        table = path.name.removesuffix(".dta")
        where = f"data/stata/{path.name}"
        fields = declared[table].fields if table in declared else ()
        try:
            source = source_of(data, table, is_ours=is_ours) if fields else None
        except duckdb.Error as e:
            faults.append(f"{where} cannot be compared: {first_line(e)}")
            continue
        unnumbered = [
            f.codelist for f in fields if f.codelist and not set(f.codes) <= numbers.get(f.codelist, {}).keys()
        ]
        if source is None or unnumbered or not all(f.variable for f in fields):
            alone.append(where)
            continue
        try:
            known = own_columns(table) if is_ours else {}
            ordered = source if table in data.types else _ordered(source, key_of(data, table, declared))
            faults += (f"{where}{f}" for f in _Compared(data, path, fields, numbers, ordered, known).faults())
        except (NotReadable, OSError) as e:
            faults.append(f"{where} cannot be read: {e}")
        except duckdb.Error as e:
            faults.append(f"{where} cannot be compared: {first_line(e)}")
    why = NOTHING.format(", ".join(alone)) if alone else None
    return Check("stata", tuple(faults), why)


def _ordered(source: str, key: Sequence[str]) -> str:
    """Rows by their key, as the file has them where there is no Parquet file whose order it could have."""
    return f"(SELECT * FROM {source} ORDER BY {', '.join(map(name, key)) or 'ALL'})"


def _code_numbers(data: Data) -> dict[str, dict[str, int]]:
    """The integer of every code, as the release's own table `codes` has it; none where it has no such table."""
    columns = {"codelist": _TEXT, "code": _TEXT, "code_number": "INTEGER"}
    if not columns.items() <= data.types.get("codes", {}).items():
        return {}
    rows = data.connection.execute(
        f"SELECT DISTINCT {', '.join(columns)} FROM {data.of('codes')} ORDER BY ALL LIMIT {_MOST_CODES}"
    ).fetchall()
    out: dict[str, dict[str, int]] = {}
    for codelist, code, number in rows:
        out.setdefault(codelist, {})[code] = number
    return out


@dataclass(frozen=True, slots=True)
class _Compared:
    """One file beside its source, SQL of rows in the order of the file; `known`: the columns as this program has them."""

    data: Data
    path: Path
    fields: Sequence[Field]
    numbers: Mapping[str, Mapping[str, int]]
    source: str
    known: Mapping[str, schema.Column]
    counts: dict[int, int] = field(default_factory=dict)
    examples: dict[int, str] = field(default_factory=dict)

    def faults(self) -> Iterator[str]:
        """What differs. Raises NotReadable, OSError, duckdb.Error."""
        found = self.data.connection.execute(f"DESCRIBE FROM {self.source}").fetchall()
        types = {str(r[0]): str(r[1]) for r in found}
        if missing := [f.name for f in self.fields if f.name not in types]:
            yield f": there is no column {missing[0]} to hold it against"
            return
        texts = ["0", *(f"max(strlen({name(f.name)}))" for f in self.fields if types[f.name] == _TEXT)]
        row = self.data.connection.execute(
            f"SELECT count(*), greatest({', '.join(texts)}) FROM {self.source}"
        ).fetchone()
        assert row is not None
        most = max(2, *(len(self.numbers.get(f.codelist, {})) for f in self.fields))
        with stata_file(self.path, int(row[0]), len(self.fields), int(row[1]), most) as file:
            pairs = list(zip(file.variables, self.fields, strict=True))
            if odd := [(v.name, f.variable) for v, f in pairs if v.name != f.variable]:
                yield f" has a variable {odd[0][0][:40]!r} in place of {odd[0][1]!r}"
                return
            for v, f in pairs:
                yield from self._of_variable(file, v, f, types[f.name])
            if not any(v.is_text != self._is_text(f, types[f.name]) for v, f in pairs):
                self._hold(file, types)
                yield from self._differing()

    def _is_text(self, column: Field, type_: str) -> bool:
        return type_ == _TEXT and not column.codelist

    def _of_variable(self, file: StataFile, variable: Variable, column: Field, type_: str) -> Iterator[str]:
        """Whether a variable has the kind, the display format and the labels of its column."""
        where = f", variable {variable.name}"
        if variable.is_text != self._is_text(column, type_):
            yield f"{where} is {'a text' if variable.is_text else 'a number'}, and the column is not"
        if (type_ == _DATE) != variable.format.startswith("%td"):
            yield f"{where} has the format {variable.format[:20]!r}, and the column is {type_}"
        there = file.labels.get(variable.labels, {}) if variable.labels else {}
        if own := self.known.get(column.name):
            if variable.label != variable_label(own):
                yield f"{where} has the label {variable.label[:80]!r}, not {variable_label(own)!r}"
            if there != value_labels(own):
                yield f"{where} has not the labels of its values that this program gives them"
        elif column.codelist:
            known = self.numbers[column.codelist]
            wanted = {known[c]: f"{c} – " for c in column.codes}
            if there.keys() != wanted.keys() or not all(there[n].startswith(text) for n, text in wanted.items()):
                yield f"{where} has not the labels of the codes {column.codelist}"
        elif there != (_YES_NO if type_ == _BOOLEAN else {}):
            yield f"{where} has labels that are not those of its column"

    def _hold(self, file: StataFile, types: Mapping[str, str]) -> None:
        """Counts the values that differ, by variable, with an example of each."""
        listed = ", ".join(_value(f, types[f.name]) for f in self.fields)
        answer = self.data.connection.execute(f"SELECT {listed} FROM {self.source}")
        first, at_a_time = 0, max(1, min(_MOST_ROWS, _AT_A_TIME // max(1, file.record_bytes)))
        while rows := answer.fetchmany(at_a_time):
            wanted = zip(*rows, strict=True)
            for n, (values, column) in enumerate(zip(file.values(first, len(rows)), wanted, strict=True)):
                odd = self._odd(file, file.variables[n], self.fields[n], values, column)
                if odd and n not in self.examples:
                    there = "another text" if file.variables[n].is_long else _shown(values[odd[0]])
                    self.examples[n] = f"{there} where it has {_shown(column[odd[0]])} (row {first + odd[0] + 1:,})"
                self.counts[n] = self.counts.get(n, 0) + len(odd)
            first += len(rows)

    def _odd(
        self, file: StataFile, variable: Variable, column: Field, values: Any, wanted: Sequence[Any]
    ) -> Sequence[int]:
        """Which of these values differ."""
        if variable.is_text:
            texts = [(t or "").replace("\0", "").encode() for t in wanted]
            if variable.is_long:
                return [i for i, (v, t) in enumerate(zip(values, texts, strict=True)) if not file.long.holds(v, t)]
            return [] if values == texts else [i for i, (v, t) in enumerate(zip(values, texts, strict=True)) if v != t]
        if column.codelist:
            known = self.numbers[column.codelist]
            wanted = [None if code is None else known.get(code, np.inf) for code in wanted]
        numbers = np.array(wanted, dtype="f8")
        same = (values == numbers) | (np.isnan(values) & np.isnan(numbers))
        return [] if same.all() else [int(i) for i in np.flatnonzero(~same)]

    def _differing(self) -> Iterator[str]:
        differ = [n for n, count in sorted(self.counts.items()) if count]
        for n in differ[:_NAMED]:
            yield (
                f", variable {self.fields[n].variable}: {self.counts[n]:,} values are not those of the table, such as "
                f"{self.examples[n]}"
            )
        if len(differ) > _NAMED:
            yield f": {len(differ) - _NAMED:,} more variables differ"


def _value(column: Field, type_: str) -> str:
    """SQL of a value as a Stata file has it: texts and codes as texts, everything else as a double."""
    c = name(column.name)
    if type_ == _TEXT:
        return c
    if type_ == _DATE:
        return f"({c} - DATE '1960-01-01')::DOUBLE"
    return f"{c}::TINYINT::DOUBLE" if type_ == _BOOLEAN else f"{c}::DOUBLE"


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return (
        repr(value[:60]) if isinstance(value, str) else "nothing" if value is None or value != value else f"{value:g}"
    )
