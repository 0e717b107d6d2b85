"""Releases that were tampered with, in every way that has a name, and the one that was not.

Whole verdicts take seconds; where one check is meant, that one is asked.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import duckdb
import pytest

from expectations import gx
from expectations.invariants import invariants
from pipeline.release import declared, sums
from pipeline.release.folder import Folder
from pipeline.release.verify import CannotJudge, Check, Report, Verdict, verify
from pipeline.release.verify_database import check_database, check_derived
from pipeline.release.verify_program import check_definitions, check_program
from pipeline.release.verify_provenance import check_provenance
from pipeline.store.sql import connect
from tests.release.folders import copied, edited_json, edited_resource, note, rewritten, sealed, tables

pytestmark = pytest.mark.xdist_group("releases")

NATURAL = "table_code = 'applications' AND row_code = 'received_new' AND column_code = 'natural_person'"


@pytest.fixture
def release(releases: Path, tmp_path: Path) -> Folder:
    return copied(releases / "base", tmp_path / "1.0.0")


def changed(folder: Folder, table: str, sql: str) -> None:
    """A table changed in the Parquet and the DuckDB file alike, and hashes written anew."""
    rewritten(folder, table, sql)
    with duckdb.connect(str(folder.database)) as connection:
        connection.execute(f"CREATE TABLE was AS SELECT * FROM {table}")
        connection.execute(f"DELETE FROM {table}")
        connection.execute(f"INSERT INTO {table} SELECT * FROM read_parquet({str(folder.parquet(table))!r})")
        connection.execute("DROP TABLE was")
    sealed(folder)


def test_a_sound_release_passes_every_check(release: Folder) -> None:
    before = {p: p.stat().st_mtime_ns for p in release.root.rglob("*")}
    report = verify(release.root, gx.judge)
    assert report.passed and report.is_whole, report.text()
    assert report.text().endswith("Sound: all 20 checks passed.\n通过：20 项检查全部通过。")
    assert before == {p: p.stat().st_mtime_ns for p in release.root.rglob("*")}, "nothing is touched"


def test_the_verdict_says_what_failed_and_what_was_not_checked(tmp_path: Path) -> None:
    sound, unjudged = Check("sums"), Check("invariants", unchecked="nobody was given to judge them")
    report = Report(tmp_path, (sound, unjudged))
    assert report.passed and not report.is_whole
    assert (
        "not checked  invariants  Nothing blocks: the dataset keeps its promises 数据集的各项不变式均成立"
        in report.text()
    )
    assert "Sound as far as it could be checked: 1 of 2 checks could not be made." in report.text()
    report = Report(tmp_path, (Check("sums", tuple(f"{n} was changed" for n in range(25))), unjudged))
    assert not report.passed and report.failed == ("sums",)
    assert "19 was changed\n             - and 5 more" in report.text()
    assert report.text().endswith("Refused: 1 of 2 checks failed: sums.\n不通过：2 项检查中有 1 项未通过：sums。")


def promises(database: Path, documents: int) -> list[Verdict]:
    """The invariants as Great Expectations is given them, without its overhead."""
    with connect(database, read_only=True) as connection:
        out: list[Verdict] = []
        for i in invariants():
            (n,) = connection.execute(f"SELECT count(*) FROM ({i.broken_by.format(batch=i.table)})").fetchone() or (0,)
            out.append(gx.Verdict(i.suite, i.table, i.name, "unexpected_rows_expectation", "critical", not n, n, None))
        return out


def test_a_failing_invariant_is_named(release: Folder) -> None:
    """A number where nothing is printed, in Parquet and DuckDB file alike: the promises of the dataset tell."""
    changed(
        release, "cells", f"SELECT * REPLACE (CASE WHEN {NATURAL} THEN NULL ELSE printed END AS printed) FROM {{old}}"
    )
    report = verify(release.root, promises)
    assert report.failed == ("csv", "stata", "invariants"), report.text()
    faults = " | ".join(next(c for c in report.checks if c.name == "invariants").faults)
    assert "numbers_honest, table cells: " in faults and "2 rows break it" in faults


def test_a_missing_table_is_named(release: Folder) -> None:
    release.parquet("flags").unlink()
    with tables(release, "flags", "rules") as data:
        assert data.check_tables() == ("table flags is missing: there is no data/parquet/flags.parquet",)


@pytest.mark.parametrize(
    ("table", "sql", "check", "says"),
    [
        ("indicators", "SELECT * FROM {old} UNION ALL FROM (SELECT * FROM {old} LIMIT 1)", "keys", "is not unique: 1"),
        (
            "claims",
            "SELECT * REPLACE ('ffffffffffffffffffff' AS report_id) FROM {old}",
            "references",
            "claims.report_id refers to reports.report_id",
        ),
        (
            "rules",
            "SELECT * REPLACE ('grave' AS severity) FROM {old}",
            "codes",
            "table rules, column severity: 'grave' not in its list",
        ),
        ("issuers", "SELECT * FROM {old} LIMIT 0", "counts", "table issuers has 0 rows, and datapackage.json says 2"),
        (
            "issuers",
            "SELECT * REPLACE (NULL::VARCHAR AS issuer) FROM {old}",
            "keys",
            "table issuers: issuer is null in 2 rows",
        ),
    ],
)
def test_broken_keys_references_codes_and_counts(release: Folder, table: str, sql: str, check: str, says: str) -> None:
    rewritten(release, table, sql)
    with tables(release, table, "reports") as data:
        checks = {
            "keys": data.check_keys,
            "references": data.check_references,
            "codes": data.check_codes,
            "counts": lambda: data.check_counts({}),
        }
        assert says in " | ".join(checks[check]())


def test_columns_that_are_not_as_declared(release: Folder) -> None:
    def said() -> str:
        with tables(release, "rules") as data:
            return " | ".join(data.check_schema())

    rewritten(release, "rules", "SELECT * RENAME (family AS clan) FROM {old}")
    assert said() == "table rules: column family is missing | table rules: column clan is not declared"
    rewritten(release, "rules", "SELECT * RENAME (clan AS family) FROM {old}")
    rewritten(release, "rules", "SELECT * REPLACE (1 AS family) FROM {old}")
    assert said() == "table rules, column family: it is INTEGER, and string is declared"


def test_a_schema_declared_otherwise_than_the_program_has_it(release: Folder) -> None:
    edited_resource(release, "issuers", {"constraints": {}}, "issuer_id")
    (fault,) = check_program(declared.of_folder(release), note(release)).faults
    assert "table issuers, column issuer_id: declared with another type, or null" in fault


def test_a_release_of_another_version_is_judged_by_what_it_declares(release: Folder) -> None:
    edited_resource(release, "issuers", {"constraints": {}}, "issuer_id")
    build = json.loads(release.provenance.read_text(encoding="utf-8"))["build"]
    edited_json(release.provenance, build=build | {"schema_sha256": "0" * 64})
    with duckdb.connect(str(release.database)) as connection:
        connection.execute("DROP VIEW tf_idf")
    sealed(release)
    report = verify(release.root, gx.judge)
    assert report.passed and not report.is_whole, report.text()
    assert "the schema of another version of the program (1 differences" in report.text()
    assert "made by another version of the program, which may define views and comments otherwise" in report.text()
    assert "(1 differences, such as: view tf_idf is not in the DuckDB file)" in report.text()
    assert "there is nothing to hold data/csv" not in report.text(), "the DuckDB file has the wide tables"
    assert "not checked  invariants" in report.text()


def test_formats_that_do_not_agree(release: Folder) -> None:
    rewritten(
        release, "cells", f"SELECT * REPLACE (CASE WHEN {NATURAL} THEN '1' ELSE printed END AS printed) FROM {{old}}"
    )
    with tables(release) as data:
        (said,) = check_database(data)
    assert "table cells: the Parquet and the DuckDB file do not have the same rows" in said


def test_what_does_not_follow_from_the_tables(release: Folder) -> None:
    rewritten(release, "reports_wide", "SELECT * REPLACE (report_year + 1 AS report_year) FROM {old}")
    rewritten(release, "indicators", "SELECT * REPLACE (value / 2 AS value) FROM {old}")
    with tables(release) as data:
        said = check_derived(data)
    assert said == ("reports_wide does not follow from the tables", "indicators does not follow from the tables")


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("applications", "legal_service"),
        ("reports_wide", "applications_received_new_total"),
        ("pooled_indicators", "numerator"),
        ("outcomes_by_division_year", "granted"),
    ],
)
def test_a_number_in_what_the_duckdb_file_stores_beside_the_tables(release: Folder, table: str, column: str) -> None:
    """One number more where the DuckDB file alone has it, and every sum written anew."""
    with duckdb.connect(str(release.database)) as connection:
        (key,) = connection.execute(f"SELECT min(rowid) FROM {table} WHERE {column} IS NOT NULL").fetchone() or (None,)
        connection.execute(f"UPDATE {table} SET {column} = {column} + 1 WHERE rowid = {key}")
    sealed(release)
    with tables(release) as data:
        said = (*check_database(data), *check_derived(data))
        assert check_definitions(data, note(release)) == Check("definitions")
    if table == "reports_wide":
        assert said == ("table reports_wide: the Parquet and the DuckDB file do not have the same rows (2 and 2)",)
    else:
        assert said == (f"{table} in the DuckDB file does not follow from the tables",)


def test_views_macros_and_comments_that_are_not_the_programs(release: Folder) -> None:
    with tables(release, "rules") as data:
        assert check_definitions(data, note(release)) == Check("definitions")
    with duckdb.connect(str(release.database)) as connection:
        views = dict(connection.execute("SELECT view_name, sql FROM duckdb_views() WHERE NOT internal").fetchall())
        sql = views["refusals_by_division_year"]
        connection.execute(sql.replace("CREATE VIEW", "CREATE OR REPLACE VIEW").replace("'2021'", "'2019'", 1))
        connection.execute("ALTER TABLE remedies RENAME TO laid_out; CREATE VIEW remedies AS FROM laid_out")
        connection.execute("CREATE OR REPLACE MACRO share_of(part, whole) AS part::DOUBLE / (whole::DOUBLE + 1)")
        connection.execute("CREATE VIEW best AS SELECT 1 AS rank")
        connection.execute("CREATE SCHEMA aside; CREATE TABLE aside.cells AS SELECT 1 AS value")
        connection.execute("DROP VIEW tf_idf")
        connection.execute("COMMENT ON COLUMN cells.value IS 'Always true.'")
        connection.execute("COMMENT ON TABLE flags IS 'Praise.'")
    with tables(release, "rules") as data:
        check = check_definitions(data, note(release))
        assert check.faults == (
            "macro share_of of the DuckDB file is defined otherwise than by this program",
            "table aside.cells of the DuckDB file is none of this program's",
            "table laid_out of the DuckDB file is none of this program's",
            "table remedies is not in the DuckDB file",
            "view best of the DuckDB file is none of this program's",
            "view refusals_by_division_year of the DuckDB file is defined otherwise than by this program",
            "view remedies of the DuckDB file is none of this program's",
            "view tf_idf is not in the DuckDB file",
            "the comment of column cells.value in the DuckDB file is 'Always true.', not this program's",
            "the comment of table flags in the DuckDB file is 'Praise.', not this program's",
        )


def test_an_input_that_is_not_the_one_told(release: Folder) -> None:
    build = dict(note(release))
    lists = build["dictionaries"]
    assert isinstance(lists, list)
    with tables(release, "documents", "dictionaries") as data:
        assert check_provenance(data, build) == Check("provenance")
        told = {"sha256": "0" * 64, "documents": 3, "by_outcome": {"parsed": 3}}
        said = check_provenance(data, build | {"input": told, "dictionaries": lists[1:]}).faults
        unsaid = check_provenance(data, {}).unchecked
    assert f"the input has the digest '{'0' * 64}', and that of `documents` is '" in said[0]
    assert "there were 3 documents, and `documents` has 2" in said[1]
    assert "the outcomes were {'parsed': 3}, and `documents` has {'parsed': 2}" in said[2]
    assert f"other word lists were used than `dictionaries` has, such as '{lists[0]['dictionary']}'" in said[3]
    assert "PROVENANCE.json does not say" in (unsaid or "")


# What hostile folders try.


def test_damaged_files_are_named(release: Folder) -> None:
    data = bytearray(release.parquet("cells").read_bytes())
    data[len(data) // 3 : len(data) // 3 + 64] = b"\x00" * 64
    release.parquet("cells").write_bytes(data)
    for path in (release.csv("flags"), release.stata("flags")):
        path.write_bytes(path.read_bytes()[:-20])
    release.provenance.write_text('{"tables": ["many"]}', encoding="utf-8")
    sealed(release)
    report = verify(release.root)
    assert {"tables", "csv", "stata", "counts"} <= set(report.failed)
    for says in (
        "table cells is damaged: data/parquet/cells.parquet cannot be read",
        "data/csv/flags.csv.gz cannot be read",
        "data/stata/flags.dta cannot be read: it is no file of Stata 14",
        "PROVENANCE.json: `tables` is no list of tables with their rows",
    ):
        assert says in report.text(), report.text()


def test_a_release_without_a_description_that_can_be_read(release: Folder) -> None:
    release.datapackage.write_text("[" * 100_000, encoding="utf-8")
    report = verify(release.root)
    assert "tables" in report.failed and "datapackage.json is no JSON" in report.text()


def test_a_database_that_cannot_be_opened_hides_nothing_else(release: Folder) -> None:
    release.database.write_bytes(release.database.read_bytes()[:5000])
    with tables(release, "rules") as data:
        (said,) = check_database(data)
        assert said.startswith("data/ogi.duckdb cannot be opened: ")
        assert check_definitions(data, note(release)) == Check("definitions", unchecked=said)
        assert data.check_tables() == () and data.rows == {"rules": 56}
    release.database.unlink()
    with tables(release, "rules") as data:
        assert check_database(data) == ("data/ogi.duckdb is missing",)


def test_links_are_not_followed(release: Folder, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")
    release.readme.unlink()
    release.readme.symlink_to(secret)
    assert of_layout(release) == "README.md is a link or no regular file"
    release.readme.unlink()
    os.mkfifo(release.readme)
    assert of_layout(release) == "README.md is a link or no regular file"
    release.readme.unlink()
    (release.root / "more").symlink_to(tmp_path)
    assert of_layout(release) == "more is a link or no regular file"
    (release.root / "more").unlink()
    release.sums.unlink()
    os.mkfifo(release.sums)
    with pytest.raises(sums.SumsWrong, match="SHA256SUMS cannot be read: it is no regular file"):
        sums.read(release.root)


def of_layout(folder: Folder) -> str:
    """What is told of a folder that is not looked into."""
    report = verify(folder.root)
    assert report.failed == ("layout",), report.text()
    return " | ".join(report.checks[0].faults)


def test_a_database_of_unknown_origin_is_not_run(release: Folder, tmp_path: Path) -> None:
    """Views that read files, macros that take the place of functions, a table that is a view."""
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    with duckdb.connect(str(release.database)) as connection:
        connection.execute("CREATE MACRO coalesce_all(a) AS a")
        connection.execute("CREATE MACRO hash(a) AS 1")
        connection.execute("CREATE OR REPLACE VIEW tf_idf AS SELECT count(*) AS n FROM range(1000000000000) t(i)")
    sealed(release)

    def looks(database: Path, documents: int) -> list[Verdict]:
        with duckdb.connect(str(database), read_only=True) as connection:
            views = connection.execute("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchone()
            macros = connection.execute("SELECT count(*) FROM duckdb_functions() WHERE NOT internal").fetchone()
            assert (views, macros) == ((0,), (0,)), "what is judged has none of them"
        raise CannotJudge("the suites could not be run: no memory")

    report = verify(release.root, looks)
    assert report.failed == ("definitions", "invariants") and "no memory" in report.text()
    with duckdb.connect(str(release.database)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT * FROM corrections")
        connection.execute("DROP TABLE corrections")
        connection.execute("CREATE VIEW corrections AS SELECT * FROM kept")
    with tables(release) as data:
        said = " | ".join(check_database(data))
    assert "table corrections is a view in the DuckDB file" in said and "table kept is only in the DuckDB file" in said


def test_nothing_but_the_files_of_the_release_can_be_read(release: Folder, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    with tables(release, "rules") as data:
        for sql in (
            f"FROM read_csv({str(secret)!r})",
            f"FROM read_text({str(release.readme)!r})",
            f"FROM read_text({str(release.data / 'csv' / '..' / '..' / 'README.md')!r})",
            f"FROM read_csv({str(release.data / 'csv' / '*')!r})",
            f"ATTACH {str(tmp_path / 'new.duckdb')!r}",
            f"COPY (SELECT 1) TO {str(tmp_path / 'new.csv')!r}",
            "SET enable_external_access = true",
            "INSTALL httpfs",
        ):
            with pytest.raises(duckdb.Error):
                data.connection.execute(sql).fetchall()
    assert not list(tmp_path.glob("new*"))


def test_names_that_steer_a_terminal_are_shown_and_not_obeyed(release: Folder) -> None:
    (release.root / "a\x1b[2Jb.txt").write_text("", encoding="utf-8")
    report = verify(release.root)
    assert report.failed == ("layout",) and "\x1b" not in report.text()


def test_no_release_at_all(tmp_path: Path) -> None:
    for root in (tmp_path, tmp_path / "nowhere"):
        report: Report = verify(root)
        assert report.failed == ("layout",) and "there is no release" in report.text()
