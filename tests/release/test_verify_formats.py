"""CSV and Stata files that do not say what the tables say, and those that try to keep their reader busy."""

from __future__ import annotations

import datetime as dt
import gzip
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipeline import schema
from pipeline.release import declared
from pipeline.release.declared import Declared
from pipeline.release.exports.reading import opened
from pipeline.release.exports.spreadsheets import write_csv
from pipeline.release.exports.stata import write_stata
from pipeline.release.folder import Folder
from pipeline.release.verify_csv import check_csv
from pipeline.release.verify_data import Data
from pipeline.release.verify_report import Check
from pipeline.release.verify_stata import check_stata
from tests.release import exported
from tests.release.folders import copied, edited_csv, edited_resource, edition, tables

pytestmark = pytest.mark.xdist_group("releases")

WIDE = ("applications", "cells", "reports")
"""A wide table, and the tables that it is made of."""


@pytest.fixture
def release(releases: Path, tmp_path: Path) -> Folder:
    return copied(releases / "base", tmp_path / "1.0.0")


@dataclass(frozen=True)
class Asked:
    """The checks of both formats, asked of the files of one table."""

    data: Data
    files: dict[str, Declared]

    def csv(self, *, has_keys: bool = True, is_ours: bool = True) -> Check:
        return check_csv(self.data, self.files, is_ours=is_ours, has_keys=has_keys)

    def stata(self, *, is_ours: bool = True) -> str:
        """What is found wrong; of other tables nothing is known."""
        return " | ".join(check_stata(self.data, self.files, is_ours=is_ours).faults)


@contextmanager
def asked(folder: Folder, table: str, *beside: str) -> Iterator[Asked]:
    with tables(folder, *dict.fromkeys((*(beside or (table,)), "codes"))) as data:
        yield Asked(data, {table: declared.csv_of_folder(folder)[table]})


@contextmanager
def kept(path: Path) -> Iterator[None]:
    """Puts a file back as it was."""
    content = path.read_bytes()
    yield
    path.write_bytes(content)


def replaced(old: str, new: str, text: str) -> str:
    return text.replace(old, new, 1)


def patched(path: Path, old: bytes, new: bytes) -> None:
    """A file with other bytes in one place."""
    data = path.read_bytes()
    assert old in data, "there was nothing to change so"
    path.write_bytes(data.replace(old, new, 1))


def planted(folder: Folder, table: str, column: str, values: list[object]) -> None:
    """Other values in the first rows of a table, in Parquet, CSV and Stata file alike, as `ogi release` writes them."""
    frame = pl.read_parquet(folder.parquet(table))
    new = pl.Series(column, values + frame[column].to_list()[len(values) :], dtype=frame.schema[column])
    frame.with_columns(new).write_parquet(folder.parquet(table))
    with opened(folder) as data:
        write_csv(data, schema.table(table), folder.csv(table))
        write_stata(data, schema.table(table), folder.stata(table), edition("1.0.0"))


def test_what_ogi_writes_holds_whatever_the_documents_say(release: Folder) -> None:
    """Formulas, line breaks, nulls beside empty texts, fractions, negative numbers, long texts."""
    planted(release, "rules", "title_en", [*exported.PLANTED, exported.LONG, "", "null", "NA", " x ", '"', "a\rb"])
    planted(release, "documents", "reading_notes", ["", None])
    planted(release, "cells", "value_corrected", [*map(Decimal, ("-5", "0.5", "100", "12345678901.123456", "0")), None])
    planted(release, "indicators", "value", [0.1 + 0.2, 1e-300, 1e300, -0.0, None, 123456789.0, 1 / 3])
    planted(release, "date_mentions", "start_date", [dt.date(1949, 10, 1), None, dt.date(9999, 12, 31)])
    for names in (("rules",), ("documents",), ("cells",), ("indicators",), ("date_mentions",), WIDE):
        with asked(release, *names) as check:
            assert (check.csv(), check.stata()) == (Check("csv"), ""), names


def test_values_of_a_csv_file_that_are_not_those_of_its_table(release: Folder) -> None:
    planted(release, "rules", "title_en", ["=1+1", ""])
    for table, changes in {
        "rules": (
            ('"\'=1+1"', '"=1+1"', "column title_en: 1 values are not those of the table, such as '=1+1' where it has"),
            (',"",', ",,", "column title_en: 1 values are not those of the table, such as nothing where it has ''"),
        ),
        "cells": (
            (",935,", ",9350,", "column value: 1 values are not those of the table, such as '9350' where it has '935'"),
            (",935,", ",935.0,", "such as '935.0' where it has '935' (report_id = "),
            (",935,", ",,", "such as nothing where it has '935' (report_id = "),
        ),
        "issuers": (
            ("2024\n", "2025\n", "column last_year: 1 values are not those of the table, such as '2025' where"),
        ),
    }.items():
        with asked(release, table) as check:
            for old, new, says in changes:
                with kept(release.csv(table)):
                    edited_csv(release, table, partial(replaced, old, new))
                    (said,) = check.csv().faults
                    assert says in said
    with asked(release, "rules") as check:
        edited_csv(release, "rules", partial(replaced, ',"",', ",,"))
        said = "data/csv/rules.csv.gz does not have the values of its table"
        assert check.csv(has_keys=False).faults == (said,), "rows cannot be matched"


def test_a_wide_table_as_csv_is_held_against_the_tables_that_it_is_made_of(release: Folder) -> None:
    edited_csv(release, WIDE[0], partial(replaced, ",935,", ",936,"))
    with asked(release, *WIDE) as check:
        (said,) = check.csv().faults
        assert said.startswith(
            "data/csv/applications.csv.gz, column legal_service: 1 values are not those of the table"
        )
        assert check.csv(is_ours=False).faults == (said,), "of another version: against its DuckDB file"
    with duckdb.connect(str(release.database)) as connection:
        connection.execute("ALTER TABLE applications RENAME TO kept; CREATE VIEW applications AS FROM kept")
    with asked(release, *WIDE) as check:
        other = check.csv(is_ours=False)
        assert other.verdict == "not checked" and "nothing to hold data/csv/applications.csv.gz" in (
            other.unchecked or ""
        )


def test_a_folder_named_like_a_column_or_a_pattern(releases: Path, tmp_path: Path) -> None:
    release = copied(releases / "base", tmp_path / "last_year=2019" / "[1] it's *, {x}?" / "1.0.0")
    with asked(release, "issuers") as check:
        assert check.data.broken == {}
        assert (check.csv(), check.stata()) == (Check("csv"), "")
        edited_csv(release, "issuers", partial(replaced, "2024\n", "2025\n"))
        assert "column last_year: 1 values are not those of the table" in check.csv().faults[0]


def test_rows_and_headings_of_a_csv_file(release: Folder) -> None:
    with asked(release, "issuers") as check:

        def after(change: Callable[[list[str]], list[str]]) -> str:
            with kept(release.csv("issuers")):
                edited_csv(release, "issuers", lambda text: "".join(change(text.splitlines(keepends=True))))
                return " | ".join(check.csv().faults)

        assert after(lambda x: x[:-1]) == "data/csv/issuers.csv.gz has 1 rows, and the table has 2"
        assert "cannot be read: it has more than 2 rows" in after(lambda x: [*x, x[-1]])
        assert "its heading is 'id,issuer," in after(lambda x: [x[0].replace("issuer_", "", 1), *x[1:]])
        assert "record 1 has 11 fields" in after(lambda x: [x[0], "1," + x[1], x[2]])
        assert after(lambda x: [x[0], x[2], x[1]]) == "", "the order of the rows says nothing"
        twice = after(lambda x: [x[0], x[1], x[1]])
        assert "other rows than its table: 1 keys stand in one of them only" in twice
        assert "it has no heading" in after(lambda x: [])


def test_a_column_that_is_taken_out_or_put_in(release: Folder) -> None:
    for table, beside in (("issuers", ()), (WIDE[0], WIDE[1:])):
        column = declared.csv_of_folder(release)[table].fields[-1].name
        edited_csv(release, table, partial(replaced, column, "luck"))
        edited_resource(release, f"{table}_csv", {"name": "luck"}, column)
        with asked(release, table, *beside) as check:
            where = f"data/csv/{table}.csv.gz has"
            assert check.csv().faults == (f"{where} other columns than this program gives it",)
            if not beside:
                other = f"{where} a column luck, and its table has none"
                assert check.csv(is_ours=False).faults == (other,)


def test_a_csv_file_that_would_fill_the_memory(release: Folder) -> None:
    heading = ",".join(f.name for f in declared.csv_of_folder(release)["issuers"].fields).encode()
    with asked(release, "issuers") as check:
        for content in (
            b'a\n"' + b"x" * 10_000_000,
            b"a," * 5_000_000,
            heading + b"\n" + b",,,,,,,,,\n" * 1_000_000,
            heading + b'\n,,,,,,,,,"' + (b"x" * 999 + b"\n") * 70_000,
        ):
            release.csv("issuers").write_bytes(gzip.compress(content, 1))
            assert "data/csv/issuers.csv.gz cannot be read" in check.csv().faults[0]


def test_a_stata_file_with_another_number_text_label_or_name(release: Folder) -> None:
    planted(release, "rules", "title_en", [exported.LONG, "short"])
    number = struct.pack("<d", 935.0)
    for table, changes in {
        "cells": (
            (
                number,
                struct.pack("<d", 936.0),
                ", variable value: 1 values are not those of the table, such as 936 where",
            ),
            (number, struct.pack("<d", 2.0**1023), "such as nothing where it has 935 (row "),
            (b"935\0", b"936\0", ", variable printed: 1 values are not those of the table, such as '936' where it has"),
            (b"printed\0", b"printing", " has a variable 'printing' in place of 'printed'"),
            ("A – ".encode(), "B – ".encode(), ", variable obs_status has not the labels of its values"),
            (
                b"Observation status",
                b"Observation wisdom",
                ", variable obs_status has the label 'Observation wisdom after",
            ),
        ),
        "rules": (
            (exported.LONG.encode(), ("短" + exported.LONG[1:]).encode(), "variable title_en: 1 values are not"),
        ),
        "date_mentions": (
            (b"%td\0", b"%9.0", "has the format '%9.0', and the column is DATE"),
            (b"yes\0", b"nay\0", "has not the labels of its values that this program gives them"),
        ),
    }.items():
        with asked(release, table) as check:
            for old, new, says in changes:
                with kept(release.stata(table)):
                    patched(release.stata(table), old, new)
                    assert says in check.stata()
    with asked(release, "cells") as check:
        patched(release.stata("cells"), b"Observation status", b"Observation wisdom")
        assert check.stata(is_ours=False) == "", "another version may have other words"
        patched(release.stata("cells"), "A – ".encode(), "B – ".encode())
        said = "data/stata/cells.dta, variable obs_status has not the labels of the codes obs_status"
        assert check.stata(is_ours=False) == said
    with asked(release, *WIDE) as check:
        patched(release.stata(WIDE[0]), number, struct.pack("<d", 1.0))
        assert "variable legal_service: 1 values are not those of the table" in check.stata()


def test_a_stata_file_that_is_none(release: Folder) -> None:
    planted(release, "rules", "title_en", [exported.LONG])
    whole = release.stata("rules").read_bytes()
    rows = struct.pack("<Q", 56)
    length = whole.index(b"<strls>GSO") + len(b"<strls>GSO") + struct.calcsize("<IQB")
    at = whole.index(b"<map>") + len(b"<map>") + 9 * 8
    labels = whole.index(b"<lbl>")
    count = labels + len(b"<lbl>") + struct.calcsize("<i129s3x")
    end = whole.index(b"</lbl>", labels) + len(b"</lbl>")
    with asked(release, "rules") as check:
        for content, says in (
            (whole.replace(rows, struct.pack("<Q", 2**60), 1), "it has 1,152,921,504,606,846,976 rows"),
            (whole[: len(whole) // 2], "it ends early"),
            (whole + b"more", "something stands behind its end"),
            (whole[:at] + struct.pack("<Q", 17) + whole[at + 8 :], "its parts do not lie where its map says"),
            (whole.replace(b"118", b"117", 1), "it is no file of Stata 14 as ogi-panel writes it"),
            (whole[:length] + struct.pack("<I", 2**31) + whole[length + 4 :], "its long texts are more or longer"),
            (
                whole[:count] + struct.pack("<i", 2**30) + whole[count + 4 :],
                "its labels 'severity' are none of a variable",
            ),
            (whole[:end] + whole[labels:end] * 3 + whole[end:], "its labels 'severity' are none of a variable"),
            (b"", "it is no file of Stata 14"),
            (b"\0" * 1000, "it is no file of Stata 14"),
        ):
            release.stata("rules").write_bytes(content)
            assert check.stata().startswith(f"data/stata/rules.dta cannot be read: {says}")
