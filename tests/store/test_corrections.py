"""Corrections made by hand: read strictly, applied beside what is printed, refused where they do not fit."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipeline.store import corpus, ids
from pipeline.store.corrections import noted
from pipeline.store.corrections_file import CorrectionsWrong, default_file, read_corrections
from pipeline.store.layout import Layout
from tests.conftest import ROOT, SAMPLE
from tests.store.test_work import read
from tests.test_cli import ogi

pytestmark = pytest.mark.xdist_group("corrections")

ENTRY = """\
corrections:
  - id: one
    report: {report_id: 0123456789abcdef0123}
    cell: {table: proactive, row: fees, column: amount}
    old: 1.50
    new: 12.000001
    reason: >
      The digits of the amount
      are those of another row.
    source: budget of the organ, p. 3
    who: A. Reader
    when: 2025-03-31
"""
REMEDY = "{table: remedies, row: reconsideration, column: upheld}"


def file(folder: Path, text: str | bytes) -> Path:
    path = folder / "corrections.yml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def entry(name: str, report: str, cell: str = REMEDY, old: str = "1", new: str = "2") -> str:
    return (
        f"  - id: {name}\n    report: {{{report}}}\n    cell: {cell}\n    old: {old}\n    new: {new}\n"
        "    reason: why\n    source: where\n    who: who\n    when: 2025-03-31\n"
    )


def corrected(tmp_path: Path, documents: dict[str, str], *entries: str) -> tuple[dict[str, pl.DataFrame], Layout]:
    layout, _ = read(tmp_path, documents)
    path = file(tmp_path, "corrections:\n" + "".join(entries))
    corpus.stage_corpus(layout, read_corrections(path))
    return {t: pl.read_parquet(layout.staged_table(t)) for t in corpus.CORPUS}, layout


def sha(tmp_path: Path, document: str) -> str:
    import hashlib

    return hashlib.sha256((tmp_path / "in" / document).read_bytes()).hexdigest()


def test_an_entry_is_read_with_every_digit(tmp_path: Path) -> None:
    (c,) = read_corrections(file(tmp_path, ENTRY))
    assert (c.correction_id, c.report.report_id, c.cell) == (
        "one",
        "0123456789abcdef0123",
        ("proactive", "fees", "amount"),
    )
    assert isinstance(c.old, Decimal) and str(c.old) == "1.50" and c.new == Decimal("12.000001")
    assert c.reason == "The digits of the amount are those of another row." and c.when == dt.date(2025, 3, 31)
    assert c.place.endswith("corrections.yml line 2")


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "corrections:\n", "corrections: []\n"])
def test_a_file_without_entries_corrects_nothing(tmp_path: Path, text: str) -> None:
    assert read_corrections(file(tmp_path, text)) == ()


def test_old_may_be_blank_or_what_is_printed_in_place_of_a_number(tmp_path: Path) -> None:
    for written, old in (("null", None), ("~", None), ('"/"', "/"), ("'1O'", "1O"), ("0", Decimal(0))):
        (c,) = read_corrections(file(tmp_path, ENTRY.replace("old: 1.50", f"old: {written}")))
        assert c.old == old


@pytest.mark.parametrize(
    ("found", "instead", "says"),
    [
        ("old: 1.50", "old: 012", "line 5: old"),
        ("old: 1.50", "old:", "line 5: old (null for a blank"),
        ("old: 1.50", "old: 1e3", "is a number such as 12 or 1.50"),
        ("old: 1.50", "old: 1_000", "not '1_000'"),
        ("old: 1.50", "old: 12.000001", "old and new are both 12.000001: nothing is corrected"),
        ("new: 12.000001", "new: null", "line 6: new is a number"),
        ("new: 12.000001", 'new: "12"', "no quotes"),
        ("new: 12.000001", "new: 1.2345678", "6 decimals at most"),
        ("new: 12.000001", "new: -1", "line 6: new is -1: no cell of the form counts below zero"),
        ("new: 12.000001", "new: [1]", "line 6: new is a number"),
        ("when: 2025-03-31", "when: 2025-02-30", "line 12: when is a date such as 2025-03-31, not '2025-02-30'"),
        ("when: 2025-03-31", "when: 31 March", "not '31 March'"),
        ("    who: A. Reader\n", "", "line 2: a correction does not say who"),
        ("    who: A. Reader\n", "    who: ''\n", "line 11: who is a text of 1 to 2,000 characters"),
        ("    who: A. Reader\n", "    who: null\n", "line 11: who is a text"),
        ("    who: A. Reader\n", '    who: "a\\x1b[2J"\n', "line 11: who is a text"),
        ("    who: A. Reader\n", "    who: a\n    who: b\n", "line 12: a correction has the key who twice"),
        ("    who: A. Reader\n", "    who: a\n    whom: b\n", "line 12: a correction has no key 'whom'"),
        ("id: one", "id: one more", "line 2: id 'one more'"),
        (
            "table: proactive",
            "table: procative",
            "there is no table 'procative': the tables are proactive, applications",
        ),
        ("row: fees", "row: fee", "table proactive has no row 'fee': its rows are"),
        ("column: amount", "column: total", "row fees of table proactive has no column 'total': its columns are"),
        ("report_id: 0123456789abcdef0123", "report_id: 0123", "report_id is 20 digits of 0-9 and a-f, not '0123'"),
        ("report_id: 0123456789abcdef0123", "url: nowhere", "line 3: url 'nowhere' is no address"),
        ("report_id: 0123456789abcdef0123", "path: a.txt", "by path (and member) with sha256"),
        ("report_id: 0123456789abcdef0123", "path: a.txt, sha256: ab", "sha256 is 64 digits of 0-9 and a-f, not 'ab'"),
        ("corrections:\n", "correction:\n", "line 1: the file has no key 'correction': its keys are corrections"),
        ("corrections:\n  - id: one", "corrections:\n    id: one", "`corrections` is a list"),
        ("reason: >", "reason: [", "is no valid YAML"),
        ("id: one", "id: !!python/object/apply:os.system [echo]", "line 2: id is a text"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_line(tmp_path: Path, found: str, instead: str, says: str) -> None:
    assert ENTRY.count(found) == 1
    with pytest.raises(CorrectionsWrong) as raised:
        read_corrections(file(tmp_path, ENTRY.replace(found, instead)))
    assert says in str(raised.value) and str(tmp_path) in str(raised.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (ENTRY + ENTRY.removeprefix("corrections:\n"), "line 13: a second correction one: the first stands in line 2"),
        (ENTRY.encode("utf-16"), "line 1: is no UTF-8"),
        (ENTRY.encode() + "局".encode("gb18030"), "line 13: is no UTF-8"),
        ("corrections: " + "[" * 100_000, "line 1: is nested deeper than a list of corrections can be"),
        ("a" * 8_000_001, "is larger than 8,000,000 bytes"),
        ("corrections:\n\x07", "line 2: holds a control character, which YAML does not allow"),
        ("- id: one", "the file is written as `key: value`"),
    ],
)
def test_a_file_that_is_no_list_of_corrections_is_refused(tmp_path: Path, content: str | bytes, says: str) -> None:
    with pytest.raises(CorrectionsWrong) as raised:
        read_corrections(file(tmp_path, content))
    assert says in str(raised.value)


def test_a_correction_stands_beside_the_value_and_explains_itself(tmp_path: Path) -> None:
    report = ids.report_id("a.txt")
    tables, layout = corrected(tmp_path, {"a.txt": "甲局", "b.txt": "乙局"}, entry("one", f"report_id: {report}"))
    there = tables["cells"].filter(pl.col("correction_id").is_not_null())
    columns = (
        "report_id",
        "row_code",
        "column_code",
        "printed",
        "value",
        "obs_status",
        "value_corrected",
        "correction_id",
    )
    assert there.select(columns).rows() == [
        (report, "reconsideration", "upheld", "1", Decimal(1), "A", Decimal(2), "one")
    ]
    assert tables["cells"]["value_corrected"].drop_nulls().to_list() == [Decimal(2)]
    assert tables["corrections"].rows() == [
        (
            *("one", report, "remedies", "reconsideration", "upheld", Decimal(1), Decimal(2)),
            *("why", "where", "who", dt.date(2025, 3, 31)),
        )
    ]
    assert noted(layout) == (1, ())


def test_a_report_is_found_by_its_place_and_bytes_too(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("甲局", encoding="utf-8")
    named = f"path: a.txt, sha256: {sha(tmp_path, 'a.txt')}"
    tables, _ = corrected(tmp_path, {"a.txt": "甲局", "b.txt": "乙局"}, entry("one", named))
    assert tables["corrections"]["report_id"].to_list() == [ids.report_id("a.txt")]


def test_a_report_is_found_by_its_address_however_it_is_written(tmp_path: Path) -> None:
    documents = {"a.txt": "甲局", "manifest.csv": "path,url\na.txt,http://www.gov.example/a.html\n"}
    tables, _ = corrected(tmp_path, documents, entry("one", '"url": "HTTP://www.GOV.example/a.html#top"'))
    assert tables["corrections"]["report_id"].to_list() == [ids.report_id("", url="http://www.gov.example/a.html")]


def test_an_entry_for_a_report_of_another_corpus_waits(tmp_path: Path) -> None:
    entries = (
        entry("by-id", "report_id: 0123456789abcdef0123"),
        entry("by-url", "url: 'http://www.gov.example/x'"),
        entry("by-path", f"path: x/y.txt, sha256: {'0' * 64}"),
    )
    tables, layout = corrected(tmp_path, {"a.txt": "甲局"}, *entries)
    assert tables["corrections"].height == 0 and tables["cells"]["correction_id"].null_count() == tables["cells"].height
    assert noted(layout) == (
        0,
        (("by-id", "0123456789abcdef0123"), ("by-url", "http://www.gov.example/x"), ("by-path", "x/y.txt")),
    )


@pytest.mark.parametrize(
    ("old", "new", "cell", "says"),
    [
        (
            "3",
            "2",
            REMEDY,
            "expected the value 3 in the cell remedies / reconsideration / upheld of the report 'a.txt'",
        ),
        ("3", "2", REMEDY, "there is the value 1 ('1' printed, status A)"),
        ("null", "2", REMEDY, "expected nothing (old: null)"),
        ('"2"', "3", REMEDY, "expected '2' printed"),
        ('"1"', "1", REMEDY, "has the value 1 already: nothing is corrected"),
        (
            "0",
            "2",
            "{table: applications, row: granted, column: total}",
            "the report 'a.txt' has no cell applications / granted / total (its table is of the form none)",
        ),
    ],
)
def test_an_entry_that_does_not_fit_its_report_fails(tmp_path: Path, old: str, new: str, cell: str, says: str) -> None:
    with pytest.raises(CorrectionsWrong) as raised:
        corrected(tmp_path, {"a.txt": "甲局"}, entry("one", f"report_id: {ids.report_id('a.txt')}", cell, old, new))
    assert says in str(raised.value) and "corrections.yml line 2, correction one: " in str(raised.value)


def test_two_entries_for_one_cell_fail_however_they_name_the_report(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("甲局", encoding="utf-8")
    by_path = entry("two", f"path: a.txt, sha256: {sha(tmp_path, 'a.txt')}", new="3")
    with pytest.raises(
        CorrectionsWrong, match=r"line 11, correction two: .* is corrected twice: .* line 2, correction one"
    ):
        corrected(tmp_path, {"a.txt": "甲局"}, entry("one", f"report_id: {ids.report_id('a.txt')}"), by_path)


def test_every_entry_that_does_not_fit_is_told_of(tmp_path: Path) -> None:
    report = f"report_id: {ids.report_id('a.txt')}"
    other = REMEDY.replace("upheld", "total")
    with pytest.raises(CorrectionsWrong) as raised:
        corrected(tmp_path, {"a.txt": "甲局"}, entry("one", report, old="5"), entry("two", report, other, old="6"))
    assert [line.partition(": ")[0][-14:] for line in str(raised.value).splitlines()] == [
        "correction one",
        "correction two",
    ]


def test_a_document_that_changed_or_gives_no_report_fails_the_entry(tmp_path: Path) -> None:
    documents = {"a.txt": "甲局", "b.txt": "junk", "c.txt": "甲局"}
    for named, says in (
        (f"path: a.txt, sha256: {'0' * 64}", "expected the document 'a.txt' with sha256 0000"),
        (
            f"report_id: {ids.report_id('b.txt')}",
            "the document 'b.txt' gives no report: not_a_report (no_report_found)",
        ),
        (f"report_id: {ids.report_id('c.txt')}", "'c.txt' gives no report: duplicate (same_content) of the document "),
        (f"path: a.txt, member: x, sha256: {'0' * 64}", "'a.txt' has no member 'x'"),
    ):
        with pytest.raises(CorrectionsWrong) as raised:
            corrected(tmp_path, documents, entry("one", named))
        assert says in str(raised.value)


def test_a_report_whose_address_became_known_is_named_by_its_identity_now(tmp_path: Path) -> None:
    documents = {"a.txt": "甲局", "manifest.csv": "path,url\na.txt,http://www.gov.example/a.html\n"}
    now = ids.report_id("", url="http://www.gov.example/a.html")
    with pytest.raises(CorrectionsWrong, match=f"the report of 'a.txt' has the identity {now} now"):
        corrected(tmp_path, documents, entry("one", f"report_id: {ids.report_id('a.txt')}"))


def test_an_address_that_leads_to_two_reports_fails(tmp_path: Path) -> None:
    url = "http://www.gov.example/a.html"
    documents = {"a.txt": "甲局", "b.txt": "乙局", "manifest.csv": f"path,url\na.txt,{url}\nb.txt,{url}\n"}
    with pytest.raises(CorrectionsWrong, match="leads to 2 reports: name one by its report_id"):
        corrected(tmp_path, documents, entry("one", f"url: '{url}'"))


def test_the_project_has_corrections_and_they_are_of_its_sample() -> None:
    found = default_file()
    assert found is None or found.name == "corrections.yml"
    entries = read_corrections(ROOT / "data" / "corrections.yml")
    assert entries and all((SAMPLE / str(c.report.path)).exists() for c in entries)


UNBALANCED = "2024/unbalanced_2024.txt"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An input folder with a report of the sample, and a working directory with the project's corrections."""
    folder = tmp_path_factory.mktemp("corrections")
    (folder / "in" / "2024").mkdir(parents=True)
    (folder / "data").mkdir()
    shutil.copy(SAMPLE / UNBALANCED, folder / "in" / UNBALANCED)
    shutil.copy(ROOT / "data" / "corrections.yml", folder / "data" / "corrections.yml")
    return folder


def test_a_build_applies_the_corrections_of_the_project_and_says_so(folder: Path) -> None:
    run = ogi("build", "--input", "in", "--output", "out", "--workers", "1", cwd=folder)
    assert run.returncode == 0, run.stderr
    assert "2 corrections made by hand applied" in run.stdout
    with duckdb.connect(str(folder / "out" / "ogi.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "SELECT c.column_code, printed, value, value_corrected FROM cells c JOIN corrections USING (correction_id) "
            "ORDER BY 1"
        ).fetchall()
    assert rows == [("natural_person", "2", 2, 7), ("total", "2", 2, 7)]
    remembered = json.loads((folder / "out" / ".dagster" / "ogi.json").read_text(encoding="utf-8"))
    assert remembered["corrections"] == str((folder / "data" / "corrections.yml").resolve())


def test_a_correction_that_no_longer_fits_fails_the_build_and_publishes_nothing(folder: Path) -> None:
    text = (folder / "data" / "corrections.yml").read_text(encoding="utf-8")
    (folder / "stale.yml").write_text(text.replace("old: 2\n", "old: 3\n", 1), encoding="utf-8")
    options = ("--input", "in", "--output", "stale", "--workers", "1", "--corrections", "stale.yml")
    run = ogi("build", *options, cwd=folder)
    assert run.returncode == 1 and not (folder / "stale" / "parquet").exists()
    assert "stale.yml line 5, correction unbalanced-2024-carried-in-natural-person: expected the value 3" in run.stderr
    assert "there is the value 2 ('2' printed, status A)" in run.stderr
    assert "Nothing was published." in run.stderr and "Traceback" not in run.stderr


def test_a_faulty_file_is_refused_before_anything_is_read(folder: Path) -> None:
    (folder / "faulty.yml").write_text("corrections:\n  - id: a\n", encoding="utf-8")
    run = ogi("build", "--input", "in", "--output", "faulty", "--corrections", "faulty.yml", cwd=folder)
    assert run.returncode == 1 and not (folder / "faulty").exists()
    assert run.stderr == (
        "ogi: faulty.yml line 2: a correction does not say report, cell, old, new, reason, source, who, when\n"
    )
    missing = ogi("build", "--input", "in", "--output", "faulty", "--corrections", "none.yml", cwd=folder)
    assert missing.returncode == 2 and "takes a file of corrections; there is none at 'none.yml'" in missing.stderr


def test_a_build_without_those_reports_goes_on_and_names_what_was_not_applied(folder: Path) -> None:
    (folder / "other").mkdir(exist_ok=True)
    shutil.copy(SAMPLE / UNBALANCED, folder / "other" / "renamed.txt")
    run = ogi("build", "--input", "other", "--output", "elsewhere", "--workers", "1", cwd=folder)
    assert run.returncode == 0, run.stderr
    assert "0 corrections made by hand applied, 2 for reports that are not in this input: unbalanced-2024" in run.stdout
    (folder / "empty.yml").touch()
    again = ("--input", "other", "--output", "elsewhere", "--workers", "1", "--corrections", "empty.yml")
    run = ogi("build", *again, cwd=folder)
    assert run.returncode == 0 and "corrections made by hand" not in run.stdout
