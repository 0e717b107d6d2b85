"""Releases that were tampered with, in every way that has a name, and the one that was not."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from expectations import gx
from pipeline.release import sums
from pipeline.release.folder import Folder
from pipeline.release.verify import CannotJudge, Report, Verdict, verify
from pipeline.release.verify_files import check_sums
from tests.release.folders import copied, edited_json, edited_resource, rewritten

NATURAL = "table_code = 'applications' AND row_code = 'received_new' AND column_code = 'natural_person'"


@pytest.fixture
def release(releases: Path, tmp_path: Path) -> Folder:
    return copied(releases / "base", tmp_path / "1.0.0")


def changed(folder: Folder, table: str, sql: str) -> None:
    """A table changed in the Parquet and the DuckDB file alike, and the sums written anew: a forger who knows the trade."""
    rewritten(folder, table, sql)
    with duckdb.connect(str(folder.database)) as connection:
        connection.execute(f"CREATE TABLE was AS SELECT * FROM {table}")
        connection.execute(f"DELETE FROM {table}")
        connection.execute(f"INSERT INTO {table} SELECT * FROM read_parquet({str(folder.parquet(table))!r})")
        connection.execute("DROP TABLE was")
    sums.write(folder.root)


def told(folder: Folder, check: str) -> str:
    """What the one check that fails says."""
    report = verify(folder.root)
    assert report.failed == (check,), report.text()
    return " | ".join(next(c for c in report.checks if c.name == check).faults)


def test_a_sound_release_passes_every_check(release: Folder) -> None:
    before = {p: p.stat().st_mtime_ns for p in release.root.rglob("*")}
    report = verify(release.root, gx.judge)
    assert report.passed and report.is_whole, report.text()
    assert report.text().endswith("Sound: all 15 checks passed.\n通过：15 项检查全部通过。")
    assert before == {p: p.stat().st_mtime_ns for p in release.root.rglob("*")}, "nothing is touched"


def test_without_a_judge_the_verdict_says_what_was_not_checked(release: Folder) -> None:
    report = verify(release.root)
    assert report.passed and not report.is_whole
    assert "not checked  invariants" in report.text()
    assert "Sound as far as it could be checked: 1 of 15 checks could not be made." in report.text()


def test_a_failing_invariant_is_named(release: Folder) -> None:
    """A number where nothing is printed, in every file alike: only the promises of the dataset tell."""
    changed(
        release, "cells", f"SELECT * REPLACE (CASE WHEN {NATURAL} THEN NULL ELSE printed END AS printed) FROM {{old}}"
    )
    report = verify(release.root, gx.judge)
    assert report.failed == ("invariants",), report.text()
    faults = " | ".join(next(c for c in report.checks if c.name == "invariants").faults)
    assert "numbers_honest, table cells: " in faults and "2 rows break it" in faults
    assert "Refused: 1 of 15 checks failed: invariants." in report.text() and "不通过" in report.text()


def test_a_judge_that_cannot_judge_is_no_verdict(release: Folder) -> None:
    def none(database: Path, documents: int) -> list[Verdict]:
        raise CannotJudge("the suites could not be run: no memory")

    report = verify(release.root, none)
    assert report.failed == ("invariants",) and "no memory" in report.text()


def test_a_changed_byte_a_missing_and_an_extra_file(release: Folder) -> None:
    path = release.csv("cells")
    data = bytearray(path.read_bytes())
    data[4] ^= 1  # the time stamp in the head of gzip: the contents are the same
    path.write_bytes(data)
    assert told(release, "sums") == "data/csv/cells.csv.gz was changed: its SHA-256 is not the one listed"
    data[4] ^= 1
    path.write_bytes(data)
    (release.root / "notes.txt").write_text("mine", encoding="utf-8")
    assert told(release, "sums") == "notes.txt is not listed in SHA256SUMS"
    (release.root / "notes.txt").unlink()
    (release.changes / "README.md").unlink()
    assert told(release, "sums") == "changes/README.md is missing"


def test_a_missing_table_is_named(release: Folder) -> None:
    release.parquet("flags").unlink()
    report = verify(release.root)
    assert "table flags is missing: there is no data/parquet/flags.parquet" in report.text()
    assert {"sums", "tables"} <= set(report.failed)
    sums.write(release.root)
    assert "sums" not in verify(release.root).failed and "tables" in verify(release.root).failed


def test_a_table_taken_out_everywhere_is_missed_all_the_same(release: Folder) -> None:
    release.parquet("point_links").unlink()
    said = json.loads(release.datapackage.read_text(encoding="utf-8"))
    edited_json(release.datapackage, resources=[r for r in said["resources"] if r["name"] != "point_links"])
    with duckdb.connect(str(release.database)) as connection:
        connection.execute("DROP TABLE point_links")
    sums.write(release.root)
    assert "table point_links is not declared" in told(release, "program")


def test_a_table_that_nobody_declared(release: Folder) -> None:
    release.parquet("more").write_bytes(release.parquet("rules").read_bytes())
    sums.write(release.root)
    assert told(release, "tables") == "data/parquet/more.parquet is not declared in datapackage.json"


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
    ],
)
def test_broken_keys_references_codes_and_counts(release: Folder, table: str, sql: str, check: str, says: str) -> None:
    changed(release, table, sql)
    report = verify(release.root)
    faults = " | ".join(next(c for c in report.checks if c.name == check).faults)
    assert check in report.failed and says in faults, report.text()


def test_a_null_where_none_may_be(release: Folder) -> None:
    rewritten(release, "issuers", "SELECT * REPLACE (NULL::VARCHAR AS issuer) FROM {old}")
    sums.write(release.root)
    assert "table issuers: issuer is null in 2 rows" in verify(release.root).text()


def test_columns_that_are_not_as_declared(release: Folder) -> None:
    rewritten(release, "rules", "SELECT * RENAME (family AS clan) FROM {old}")
    sums.write(release.root)
    text = verify(release.root).text()
    assert "table rules: column family is missing" in text and "table rules: column clan is not declared" in text
    rewritten(release, "rules", "SELECT * RENAME (clan AS family) FROM {old}")
    rewritten(release, "rules", "SELECT * REPLACE (1 AS family) FROM {old}")
    sums.write(release.root)
    assert "table rules, column family: it is INTEGER, and string is declared" in verify(release.root).text()


def test_a_schema_declared_otherwise_than_the_program_has_it(release: Folder) -> None:
    edited_resource(release, "issuers", {"constraints": {}}, "issuer_id")
    sums.write(release.root)
    assert "table issuers, column issuer_id: declared with another type, or null" in told(release, "program")


def test_a_release_of_another_version_is_judged_by_what_it_declares(release: Folder) -> None:
    edited_resource(release, "issuers", {"constraints": {}}, "issuer_id")
    build = json.loads(release.provenance.read_text(encoding="utf-8"))["build"]
    edited_json(release.provenance, build=build | {"schema_sha256": "0" * 64})
    sums.write(release.root)
    report = verify(release.root, gx.judge)
    assert report.passed and not report.is_whole
    assert "the schema of another version of the program (1 differences" in report.text()
    assert "not checked  invariants" in report.text()


def test_formats_that_do_not_agree(release: Folder) -> None:
    rewritten(
        release, "cells", f"SELECT * REPLACE (CASE WHEN {NATURAL} THEN '1' ELSE printed END AS printed) FROM {{old}}"
    )
    sums.write(release.root)
    said = told(release, "database")
    assert "table cells: the Parquet and the DuckDB file do not have the same rows" in said


def test_a_wide_table_that_does_not_follow_from_the_tables(release: Folder) -> None:
    rewritten(release, "reports_wide", "SELECT * REPLACE (report_year + 1 AS report_year) FROM {old}")
    sums.write(release.root)
    assert told(release, "views") == "reports_wide does not follow from the tables"


def test_a_csv_file_with_a_row_less(release: Folder) -> None:
    with gzip.open(release.csv("issuers"), "rt", encoding="utf-8", newline="") as f:
        lines = f.read().splitlines(keepends=True)
    with gzip.open(release.csv("issuers"), "wt", encoding="utf-8", newline="") as f:
        f.writelines(lines[:-1])
    sums.write(release.root)
    assert told(release, "csv") == "data/csv/issuers.csv.gz has 1 rows, and the table has 2"


def test_versions_and_dates_that_differ(release: Folder) -> None:
    text = release.citation.read_text(encoding="utf-8")
    release.citation.write_text(text.replace("version: 1.0.0", "version: 1.0.1"), encoding="utf-8")
    sums.write(release.root)
    assert "1.0.1 in CITATION.cff" in told(release, "metadata")
    release.citation.write_text(text.replace("2026-01-31", "2026-02-01"), encoding="utf-8")
    sums.write(release.root)
    assert "the date differs" in told(release, "metadata")
    release.citation.write_text(text, encoding="utf-8")
    sums.write(release.root)
    renamed = release.root.rename(release.root.with_name("1.0.2"))
    assert "1.0.2 in the folder's name" in told(Folder(renamed), "metadata")
    copy = renamed.rename(renamed.with_name("a copy"))
    assert verify(copy).passed, "a copy may be called otherwise"


# What hostile folders try.


def damage_json(folder: Folder) -> None:
    folder.datapackage.write_text("[" * 100_000, encoding="utf-8")


def damage_parquet(folder: Folder) -> None:
    data = bytearray(folder.parquet("cells").read_bytes())
    data[len(data) // 3 : len(data) // 3 + 64] = b"\x00" * 64
    folder.parquet("cells").write_bytes(data)


def damage_database(folder: Folder) -> None:
    folder.database.write_bytes(folder.database.read_bytes()[:5000])


def damage_csv(folder: Folder) -> None:
    folder.csv("cells").write_bytes(folder.csv("cells").read_bytes()[:-20])


def no_provenance(folder: Folder) -> None:
    folder.provenance.write_text('{"tables": ["many"]}', encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "check", "says"),
    [
        (damage_json, "tables", "datapackage.json is no JSON"),
        (damage_parquet, "tables", "table cells is damaged: data/parquet/cells.parquet cannot be read"),
        (damage_database, "database", "data/ogi.duckdb cannot be"),
        (damage_csv, "csv", "data/csv/cells.csv.gz cannot be read"),
        (no_provenance, "counts", "PROVENANCE.json: `tables` is no list of tables with their rows"),
    ],
)
def test_damaged_files_are_named(release: Folder, damage: Callable[[Folder], None], check: str, says: str) -> None:
    damage(release)
    sums.write(release.root)
    report = verify(release.root)
    assert check in report.failed and says in report.text(), report.text()


def test_links_are_not_followed(release: Folder, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")
    release.readme.unlink()
    release.readme.symlink_to(secret)
    assert told(release, "layout") == "README.md is a link or no regular file"
    release.readme.unlink()
    os.mkfifo(release.readme)
    assert told(release, "layout") == "README.md is a link or no regular file"
    release.readme.unlink()
    (release.root / "codebook").symlink_to(tmp_path)
    assert told(release, "layout") == "codebook is a link or no regular file"


def of_sums(folder: Folder) -> str:
    return " | ".join(check_sums(folder.root, [e.path for e in sums.entries(folder.root)]))


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "data/../../secret", "data//x", "./README.md"])
def test_sums_of_places_outside(release: Folder, path: str) -> None:
    with release.sums.open("a", encoding="utf-8") as f:
        f.write(f"{'0' * 64}  {path}\n")
    assert "is no path within the release" in of_sums(release)


def test_sums_that_are_none(release: Folder) -> None:
    good = release.sums.read_text(encoding="utf-8")
    assert of_sums(release) == ""
    for bad, says in (
        (good + good, "stands there twice"),
        (good.replace("  ", " *"), "line 1: not a sum"),
        (good + f"{'0' * 64}  a\x1b[2Jb\n", "not a sum"),
        ("", "line 1: not a sum"),
    ):
        release.sums.write_text(bad, encoding="utf-8")
        assert says in of_sums(release)
    release.sums.unlink()
    report = verify(release.root)
    assert set(report.failed) == {"sums", "files"} and "SHA256SUMS cannot be read" in report.text()


def test_a_bomb_in_a_csv_file(release: Folder) -> None:
    for name, content in (
        ("issuers", b'a\n"' + b"x" * 50_000_000),
        ("issuers", b"a\n" * 50_000_000),
        ("issuers", b"a," * 25_000_000),
    ):
        release.csv(name).write_bytes(gzip.compress(content, 1))
        sums.write(release.root)
        assert "data/csv/issuers.csv.gz cannot be read" in told(release, "csv")


def test_a_database_of_unknown_origin_is_not_run(release: Folder, tmp_path: Path) -> None:
    """Views that read files, macros that take the place of functions, a table that is a view."""
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    with duckdb.connect(str(release.database)) as connection:
        connection.execute("CREATE MACRO coalesce_all(a) AS a")
        connection.execute("CREATE MACRO hash(a) AS 1")
        connection.execute("CREATE OR REPLACE VIEW tf_idf AS SELECT count(*) AS n FROM range(1000000000000) t(i)")
    sums.write(release.root)

    def looks(database: Path, documents: int) -> list[Verdict]:
        with duckdb.connect(str(database), read_only=True) as connection:
            views = connection.execute("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchone()
            macros = connection.execute("SELECT count(*) FROM duckdb_functions() WHERE NOT internal").fetchone()
            assert (views, macros) == ((0,), (0,)), "what is judged has none of them"
        return []

    assert verify(release.root, looks).passed
    with duckdb.connect(str(release.database)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT * FROM corrections")
        connection.execute("DROP TABLE corrections")
        connection.execute("CREATE VIEW corrections AS SELECT * FROM kept")
    sums.write(release.root)
    said = told(release, "database")
    assert "table corrections is a view in the DuckDB file" in said and "table kept is only in the DuckDB file" in said


def test_names_that_steer_a_terminal_are_shown_and_not_obeyed(release: Folder) -> None:
    (release.root / "a\x1b[2Jb.txt").write_text("", encoding="utf-8")
    report = verify(release.root)
    assert report.failed == ("layout",) and "\x1b" not in report.text()


def test_no_release_at_all(tmp_path: Path) -> None:
    for root in (tmp_path, tmp_path / "nowhere"):
        report: Report = verify(root)
        assert report.failed == ("layout",) and "there is no release" in report.text()


def test_the_sums_are_those_of_sha256sum(release: Folder) -> None:
    lines = release.sums.read_text(encoding="utf-8").splitlines()
    paths = [line.split("  ", 1)[1] for line in lines]
    assert paths == sorted(paths) and "SHA256SUMS" not in paths and "data/ogi.duckdb" in paths
    before = release.sums.read_bytes()
    sums.write(release.root)
    assert release.sums.read_bytes() == before
    (release.root / "link").symlink_to("README.md")
    with pytest.raises(sums.SumsWrong, match="link is no regular file"):
        sums.write(release.root)
