"""What a release says of itself is accepted by the reference libraries of each format, and is true of its data."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import jsonschema
import mlcroissant
import polars as pl
import pytest
import yaml

from pipeline import schema
from pipeline.release import exports
from pipeline.release.declared import TYPES
from pipeline.release.edition import Creator, Edition, Version
from pipeline.release.folder import Folder
from pipeline.release.metadata import FileMissing, default_about, write_metadata
from pipeline.release.metadata.examples import PYTHON, SQL, R
from pipeline.schema.relations import relations
from pipeline.store.duckdb_file import built_tables
from pipeline.store.layout import Layout
from pipeline.store.provenance import published_provenance
from tests.release.part import publish_part

EDITION = Edition(Version(1, 2, 3), dt.date(2025, 3, 1), default_about(), "10.5281/zenodo.1234567", Version(1, 2, 2))
WRITTEN = (
    "README.md",
    "LICENSE",
    "CITATION.cff",
    "datacite.json",
    "PROVENANCE.json",
    "datapackage.json",
    "croissant.json",
)
HOSTILE = replace(
    EDITION,
    doi=None,
    previous=None,
    about=replace(
        default_about(),
        title_en="A \"panel\" of 'reports': {{ 7 * 7 }} {% raw %} <script>alert(1)</script> | `x` # \\input{y} %",
        title_zh="面板“数据”：- [x](javascript:alert(1)) ```",
        description_en='First.\n\n# No heading\n\n```sh\n* {{ x }} & "y": [z]',
        creators=(Creator('O\'Brien, "X"', "Jane: {y}", "A & B", "0000-0002-1825-0097"), Creator("- [] # & Co")),
        keywords=("yes", "null", "1.0", "a: b", "# c"),
        homepage="https://example.org/a?b=1&c=(2)",
    ),
)


pytestmark = pytest.mark.xdist_group("metadata")


@pytest.fixture(scope="module")
def release(sample_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Data and metadata of a release of the sample."""
    return released(Layout(sample_build), tmp_path_factory.mktemp("metadata") / "1.2.3")


@pytest.fixture(scope="module")
def part(sample_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The same of few reports, for libraries that read Parquet files slowly (frictionless a row of `reports_wide` in a
    third of a second)."""
    base = tmp_path_factory.mktemp("part")
    publish_part(Layout(base / "out"), sample_build)
    return released(Layout(base / "out"), base / "1.2.3")


def released(source: Layout, root: Path) -> Folder:
    folder = Folder(root)
    folder.root.mkdir()
    exports.copy_tables(source, folder)
    left_out = exports.write_data(source, folder, EDITION)
    write_metadata(folder, EDITION, published_provenance(source), left_out)
    return folder


@pytest.fixture
def copy(release: Folder, tmp_path: Path) -> Folder:
    """The same release in a folder of another name, to be changed."""
    shutil.copytree(release.root, tmp_path / "copy", copy_function=os.link)
    return Folder(tmp_path / "copy")


def package_of(folder: Folder, *names: str) -> dict[str, Any]:
    """The data package, or the part of it that some resources need."""
    package: dict[str, Any] = json.loads(folder.datapackage.read_text(encoding="utf-8"))
    if names:
        package["resources"] = [r for r in package["resources"] if r["name"] in names]
        for r in package["resources"]:
            keys = r["schema"].pop("foreignKeys", [])
            kept = [k for k in keys if k["reference"].get("resource", names[0]) in names]
            r["schema"].update({"foreignKeys": kept} if kept else {})
    return package


def faults(folder: Folder, package: dict[str, Any]) -> set[tuple[str, str]]:
    """What frictionless finds: type of the error, and the resource."""
    report = frictionless.Package.from_descriptor(package, basepath=str(folder.root)).validate()
    found = {(e.type, task.name) for task in report.tasks for e in task.errors}
    return found | {(e.type, "package") for e in report.errors}


def test_frictionless_accepts_every_file_of_a_release(part: Folder) -> None:
    """Every row of every CSV and Parquet file against types, codes, keys and foreign keys: `frictionless validate`."""
    report = frictionless.Package(str(part.datapackage)).validate()
    broken = [(t.name, t.errors[:2]) for t in report.tasks if not t.valid]
    assert (report.valid, report.errors, broken) == (True, [], [])
    checked = {t.name for t in report.tasks}
    assert checked >= {t.table for t in built_tables()} | {"cells_csv", "reports_wide", "reports_wide_csv", "cells_dta"}


def test_frictionless_accepts_every_row_of_the_sample(release: Folder) -> None:
    """In CSV; the same rows of the Parquet files are held against the same declarations in SQL below."""
    package = package_of(release)
    names = [r["name"] for r in package["resources"] if r["name"].endswith("_csv")]
    assert {"cells_csv", "reports_wide_csv", "applications_csv"} <= set(names)
    assert faults(release, package_of(release, *names)) == set()


def test_frictionless_finds_what_is_wrong(copy: Folder) -> None:
    def edit(table: str, old: str, new: str) -> None:
        path = copy.csv(table)
        text = gzip.decompress(path.read_bytes()).decode("utf-8")
        assert old in text
        path.unlink()
        path.write_bytes(gzip.compress(text.replace(old, new, 1).encode("utf-8")))

    flags = pl.read_csv(copy.csv("flags"), infer_schema=False)
    edit("flags", f'"{flags["flag_id"][0]}","{flags["report_id"][0]}"', f'"{flags["flag_id"][1]}","nobody"')
    edit("flags", f',"{flags["severity"][0]}",', ',"dreadful",')
    assert faults(copy, package_of(copy, "flags_csv", "reports_csv", "rules_csv")) == {
        ("byte-count", "flags_csv"),
        ("constraint-error", "flags_csv"),
        ("foreign-key", "flags_csv"),
        ("hash-count", "flags_csv"),
        ("primary-key", "flags_csv"),
        ("unique-error", "flags_csv"),
    }


def test_every_key_code_and_reference_that_is_declared_holds(release: Folder) -> None:
    """Counted in SQL over the Parquet files, apart from any library of the format."""
    package = package_of(release)
    resources = {r["name"]: r for r in package["resources"]}
    with duckdb.connect() as db:
        for table in built_tables():
            db.execute(f"CREATE VIEW {table.table} AS SELECT * FROM '{release.parquet(table.table)}'")

        def none(sql: str) -> None:
            assert db.execute(f"SELECT count(*) FROM ({sql})").fetchone() == (0,), sql

        for table in built_tables():
            declared, name = resources[table.table]["schema"], table.table
            assert [f["name"] for f in declared["fields"]] == [c.column for c in table.columns]
            assert pl.read_parquet_schema(release.parquet(name)) == table.polars_schema
            assert [f["type"] for f in declared["fields"]] == [TYPES[c.type] for c in table.columns]
            key = ", ".join(declared["primaryKey"])
            none(f"SELECT {key} FROM {name} GROUP BY ALL HAVING count(*) > 1")
            for f in declared["fields"]:
                constraints, column = f.get("constraints", {}), f["name"]
                if constraints.get("required"):
                    none(f"SELECT 1 FROM {name} WHERE {column} IS NULL")
                if codes := constraints.get("enum"):
                    assert [c["value"] for c in f["categories"]] == codes
                    none(f"SELECT 1 FROM {name} WHERE {column} NOT IN ({', '.join(map(repr, codes))})")
            for k in declared.get("foreignKeys", []):
                own, other = ", ".join(k["fields"]), ", ".join(k["reference"]["fields"])
                target = k["reference"].get("resource", name)
                present = " AND ".join(f"{c} IS NOT NULL" for c in k["fields"])
                none(f"SELECT 1 FROM {name} WHERE {present} AND ({own}) NOT IN (SELECT ({other}) FROM {target})")
    assert sum(len(resources[t.table]["schema"].get("foreignKeys", [])) for t in built_tables()) == len(relations())


def test_relations_name_tables_and_keys_that_are_there() -> None:
    for r in relations():
        own = {c.column: c for c in schema.table(r.table).columns}
        target = {c.column: c for c in schema.table(r.references_table).columns}
        assert [own[c].type for c in r.columns] == [target[c].type for c in r.references_columns]
        assert set(r.references_columns) == set(schema.table(r.references_table).key)
        assert len(r.columns) == 1 or not any(own[c].nullable for c in r.columns)


def test_every_reference_to_a_report_is_a_relation() -> None:
    told = {(r.table, c) for r in relations() for c in r.columns}
    named = {(t.table, c.column) for t in built_tables() for c in t.columns if c.column.endswith("report_id")}
    assert named - told == {("reports", "report_id")}


def test_mlcroissant_accepts_it_without_a_warning(release: Folder) -> None:
    issues = mlcroissant.Dataset(str(release.croissant)).metadata.ctx.issues
    assert (issues.errors, issues.warnings) == (set(), set())


@pytest.fixture(scope="module")
def dataset(part: Folder) -> mlcroissant.Dataset:
    return mlcroissant.Dataset(str(part.croissant))


def test_mlcroissant_loads_every_record_as_it_is(part: Folder, dataset: mlcroissant.Dataset) -> None:
    """All tables, all columns; a join along a reference neither loses nor doubles a record."""
    tables = {t.table for t in built_tables()}
    assert tables <= {r.id for r in dataset.metadata.record_sets}
    for table in built_tables():
        name = table.table
        loaded = [tuple(_plain(r[f"{name}/{c.column}"]) for c in table.columns) for r in dataset.records(name)]
        rows = pl.read_parquet(part.parquet(name)).rows()
        assert sorted(loaded, key=repr) == sorted((tuple(map(_plain, row)) for row in rows), key=repr), name


def _plain(value: Any) -> Any:
    """A value as text, so that a number is the same whatever type holds it."""
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    return value if isinstance(value, str | bool) else float(value)


def test_enumerations_hold_the_codes(dataset: mlcroissant.Dataset) -> None:
    records = list(dataset.records("codes_obs_status"))
    assert [_plain(r["codes_obs_status/code"]) for r in records] == list(schema.codelist("obs_status"))


def test_datacite_accepts_it(release: Folder) -> None:
    """By the JSON schema of version 4.5; version 4.6 knows one more type of date."""
    known = json.loads(files("datacite.schemas").joinpath("datacite-v4.5.json").read_text(encoding="utf-8"))
    known["definitions"]["dateType"]["enum"].append("Coverage")
    record = json.loads(release.datacite.read_text(encoding="utf-8"))
    jsonschema.validators.validator_for(known)(known).validate(record)
    assert record["doi"] == EDITION.doi
    assert {"date": "2025-03-01", "dateType": "Issued"} in record["dates"]
    data = [p for p in release.data.rglob("*") if p.is_file()]
    data.remove(release.database)  # its size is not the same every time
    assert record["sizes"][1] == f"{sum(p.stat().st_size for p in data)} bytes, and the same in a DuckDB file"
    assert record["formats"][-1] == "application/vnd.duckdb"
    assert record["relatedItems"][0]["edition"] == "1.2.2"


def test_the_citation_file_says_what_the_edition_says(release: Folder) -> None:
    cff = yaml.safe_load(release.citation.read_text(encoding="utf-8"))
    assert {k: cff[k] for k in ("cff-version", "type", "version", "date-released", "doi", "license", "authors")} == {
        "cff-version": "1.2.0",
        "type": "dataset",
        "version": "1.2.3",
        "date-released": dt.date(2025, 3, 1),
        "doi": "10.5281/zenodo.1234567",
        "license": "CC-BY-4.0",
        "authors": [{"name": "ogi-panel contributors"}],
    }


def test_two_writes_give_the_same_bytes_whatever_the_folder(release: Folder, copy: Folder, sample_build: Path) -> None:
    for name in WRITTEN:
        (copy.root / name).unlink()
    write_metadata(copy, EDITION, published_provenance(Layout(sample_build)))
    for name in WRITTEN:
        assert (copy.root / name).read_bytes() == (release.root / name).read_bytes(), name


def test_texts_of_a_publisher_cannot_break_out(copy: Folder) -> None:
    for name in WRITTEN:
        (copy.root / name).unlink()
    write_metadata(copy, HOSTILE, None)
    about = HOSTILE.about
    cff = yaml.safe_load(copy.citation.read_text(encoding="utf-8"))
    assert (cff["title"], cff["keywords"]) == (about.title_en, list(about.keywords))
    assert cff["authors"][0]["orcid"] == "https://orcid.org/0000-0002-1825-0097"
    package = package_of(copy)
    assert package["title"] == f"{about.title_en} / {about.title_zh}"
    assert frictionless.Package.from_descriptor(package).title == package["title"]
    metadata = mlcroissant.Dataset(str(copy.croissant)).metadata
    assert metadata.name == {"en": about.title_en, "zh": about.title_zh}
    record = json.loads(copy.datacite.read_text(encoding="utf-8"))
    assert record["creators"][0]["name"] == 'O\'Brien, "X", Jane: {y}'
    readme = copy.readme.read_text(encoding="utf-8")
    assert [line for line in readme.splitlines() if line.startswith("# ")] == [readme.splitlines()[0]]
    assert "{{ 7 * 7 }}" in readme.replace("\\", "") and "49" not in readme.splitlines()[0]
    shown = [line for line in readme.splitlines() if not line.startswith("    ")]  # others are blocks of code
    unescaped = re.sub(r"\\.", "", "\n".join(shown))
    assert "<script" not in unescaped and "](javascript" not in unescaped
    assert sum(line.startswith("```") for line in readme.splitlines()) == 8  # four examples, each opened and closed


def test_provenance_of_a_build_that_noted_nothing(copy: Folder) -> None:
    copy.provenance.unlink()
    write_metadata(copy, EDITION, None)
    said = json.loads(copy.provenance.read_text(encoding="utf-8"))
    assert said["build"] is None
    assert "did not note what it used" in said["build_missing_because"]


def test_provenance_says_what_the_release_holds(release: Folder) -> None:
    said = json.loads(release.provenance.read_text(encoding="utf-8"))
    assert (said["version"], said["date"], said["previous"]) == ("1.2.3", "2025-03-01", "1.2.2")
    assert said["tables"] == said["build"]["tables"]
    assert said["build"]["readings"][0]["limits"] == {"max_recognised_pages": 0}


def test_what_is_left_out_is_said_and_not_described(copy: Folder) -> None:
    copy.parquet("terms").unlink()
    copy.stata("cells").unlink()
    with pytest.raises(FileMissing, match=r"data/parquet/terms\.parquet is not in the release"):
        write_metadata(copy, EDITION, None)
    left_out = ("terms", "data/stata/cells.dta")
    write_metadata(copy, EDITION, None, left_out)
    assert not {"terms", "cells_dta"} & {r["name"] for r in package_of(copy)["resources"]}
    assert "terms" not in {r.id for r in mlcroissant.Dataset(str(copy.croissant)).metadata.record_sets}
    assert "Not part of this release: `terms`, `data/stata/cells.dta`." in copy.readme.read_text(encoding="utf-8")
    assert json.loads(copy.provenance.read_text(encoding="utf-8"))["left_out"] == list(left_out)


def test_a_release_without_reports_is_described_too(copy: Folder) -> None:
    for table in built_tables():
        if table.table not in ("codes", "rules", "dictionaries"):
            copy.parquet(table.table).unlink()
            schema.empty_frame(table.table).write_parquet(copy.parquet(table.table))
    write_metadata(copy, EDITION, None)
    readme = copy.readme.read_text(encoding="utf-8")
    assert "No report: none of the 0 documents is one." in readme
    assert {d["dateType"] for d in json.loads(copy.datacite.read_text(encoding="utf-8"))["dates"]} == {"Issued"}


@pytest.fixture
def here(release: Folder) -> Iterator[Folder]:
    before = Path.cwd()
    os.chdir(release.root)
    yield release
    os.chdir(before)


def test_the_first_queries_run(here: Folder) -> None:
    readme = here.readme.read_text(encoding="utf-8")
    assert all(example in readme for example in (SQL, PYTHON, R))
    rows = duckdb.execute(SQL).fetchall()
    cells = pl.read_parquet(here.parquet("cells")).filter(
        table_code="applications", row_code="received_new", column_code="total"
    )
    organs = pl.read_parquet(here.parquet("reports")).filter(pl.col("issuer_kind") != "government")
    counted = cells.filter(pl.col("obs_status").is_in(["A", "I"])).join(organs, on="report_id", how="semi")
    assert sum(r[3] for r in rows if r[3] is not None) == counted["value"].sum()
    run = subprocess.run([sys.executable, "-c", PYTHON], capture_output=True, text=True, check=False)
    assert run.returncode == 0 and "obs_status" in run.stdout, run.stderr


def test_the_first_query_of_r_runs(here: Folder) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("skipped: no Rscript")
    run = subprocess.run(["Rscript", "-e", R], capture_output=True, text=True, check=False)
    assert run.returncode == 0 and "Max." in run.stdout, run.stderr


def test_the_readme_counts_what_the_tables_hold(release: Folder) -> None:
    readme = release.readme.read_text(encoding="utf-8")
    reports = pl.read_parquet(release.parquet("reports"))
    issuers = pl.read_parquet(release.parquet("issuers"))
    years = f"{reports['report_year'].min()} to {reports['report_year'].max()}"
    assert f"{len(reports)} reports of {len(issuers)} organs for the years {years}" in readme
    for status, n in pl.read_parquet(release.parquet("cells"))["obs_status"].value_counts().rows():
        assert readme.count(f"| {status} | {n:,} |") == 2  # in English and in Chinese
    assert "https://creativecommons.org/licenses/by/4.0/" in release.licence.read_text(encoding="utf-8")
