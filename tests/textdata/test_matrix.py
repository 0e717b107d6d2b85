"""The document-feature matrix, read back as its README says."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from scipy.io import mmread

from pipeline import schema
from pipeline.narrate.terms import section_terms
from pipeline.store.layout import Layout
from pipeline.textdata import matrix
from pipeline.textdata.condition import NotAnswered
from pipeline.textdata.matrix import Wanted, write_matrix
from tests.textdata.invented import REPORTS, Invented


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def values(folder: Path) -> dict[tuple[str, str], float]:
    """What the matrix says: number by document and feature."""
    found = mmread(folder / "matrix.mtx").tocoo()
    documents = [r["doc_id"] for r in rows_of(folder / "rows.csv")]
    features = [r["feature"] for r in rows_of(folder / "columns.csv")]
    assert found.shape == (len(documents), len(features))
    return {(documents[i], features[j]): v for i, j, v in zip(found.row, found.col, found.data, strict=True)}


def counted(*sections: str) -> dict[tuple[str, str], float]:
    """What it should say: the words of the invented reports, counted section by section."""
    return {
        (f"{r.report_id}.{code}", t.term): t.count
        for r in REPORTS
        for code, text in r.sections.items()
        if code in sections
        for t in section_terms(code, text)
    }


def test_the_matrix_has_the_counts_of_every_section(invented: Layout, tmp_path: Path) -> None:
    written = write_matrix(invented, Wanted(), tmp_path)
    assert values(tmp_path) == counted("overview", "problems", "other_matters")
    assert written.rows == sum(len(r.sections) for r in REPORTS), "a section without a word is a row of noughts"
    assert (tmp_path / "matrix.mtx").read_text().startswith("%%MatrixMarket matrix coordinate integer general\n%")
    words = [r["feature"] for r in rows_of(tmp_path / "columns.csv")]
    assert words == sorted(words)


def test_rows_say_what_is_known_of_the_report(invented: Layout, tmp_path: Path) -> None:
    write_matrix(invented, Wanted(sections=("problems",)), tmp_path)
    rows = {r["report_id"]: r for r in rows_of(tmp_path / "rows.csv")}
    county = rows[REPORTS[2].report_id]
    assert (county["issuer"], county["report_year"], county["division_level"]) == ("乙县教育局", "2024", "county")
    assert int(county["tokens"]) > 0 and county["division_code"] == ""
    assert rows[REPORTS[4].report_id]["issuer"] == "'=某局", "no cell begins a formula"


def test_min_reports_counts_the_reports_chosen(invented: Layout, tmp_path: Path) -> None:
    chosen = [r for r in REPORTS if r.year == 2024]
    write_matrix(invented, Wanted(where="report_year = 2024", min_reports=2), tmp_path)
    in_reports = Counter(
        word for r in chosen for word in {t.term for c, x in r.sections.items() for t in section_terms(c, x)}
    )
    columns = rows_of(tmp_path / "columns.csv")
    assert {c["feature"]: int(c["report_count"]) for c in columns} == {w: n for w, n in in_reports.items() if n > 1}


def test_tf_idf_is_the_view_of_the_dataset(invented: Layout, tmp_path: Path) -> None:
    write_matrix(invented, Wanted(weight="tfidf"), tmp_path)
    with duckdb.connect(str(invented.database), read_only=True) as db:
        theirs = db.execute(
            "SELECT report_id || '.' || section_code, term, round(tf_idf, 6) FROM tf_idf WHERE idf > 0"
        ).fetchall()
    assert values(tmp_path) == {(d, t): v for d, t, v in theirs}
    assert "coordinate real general" in (tmp_path / "matrix.mtx").read_text()
    # Both say the same: the plain count times the frozen idf, here to six decimals.
    said = schema.view("tf_idf").comment
    assert "the count times `vocabulary.idf`" in said and "nothing is normalised" in said
    readme = (tmp_path / "README.txt").read_text("utf-8")
    assert "the number of occurrences times vocabulary.idf as frozen with the dataset, to six decimals" in readme


def test_dictionary_features_are_subcategories_without_sums_and_lengths(invented: Layout, tmp_path: Path) -> None:
    write_matrix(invented, Wanted(features="dictionary"), tmp_path)
    with duckdb.connect(str(invented.database), read_only=True) as db:
        theirs = db.execute(
            "SELECT report_id || '.' || section_code, feature, count FROM features "
            "WHERE contains(feature, '.') AND NOT starts_with(feature, 'length.') AND count > 0"
        ).fetchall()
    assert theirs and values(tmp_path) == {(d, t): v for d, t, v in theirs}
    assert all(c["feature"].startswith(c["category"] + ".") for c in rows_of(tmp_path / "columns.csv"))


def test_the_same_options_give_the_same_bytes_and_nothing_old_stays(invented: Layout, tmp_path: Path) -> None:
    def files(wanted: Wanted) -> dict[str, bytes]:
        write_matrix(invented, wanted, tmp_path)
        return {p.name: p.read_bytes() for p in tmp_path.iterdir()}

    market, csvs = Wanted(), Wanted(format="quanteda-csv")
    first, second = files(market), files(csvs)
    assert set(first) == {"README.txt", "matrix.mtx", "rows.csv", "columns.csv"}
    assert set(second) == {"README.txt", "triplets.csv", "wide.csv", "rows.csv", "columns.csv"}
    assert files(market) == first and files(csvs) == second


@pytest.mark.parametrize("name", ["README.txt", "rows.csv", "columns.csv", "matrix.mtx", "triplets.csv", "wide.csv"])
def test_a_folder_with_files_of_the_users_own_is_refused(invented: Layout, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"mine \xff")  # and no UTF-8
    with pytest.raises(NotAnswered, match=f"holds {re.escape(name)}, which ogi dfm did not write there"):
        write_matrix(invented, Wanted(), tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {name: b"mine \xff"}


def test_files_of_the_users_own_beside_a_matrix_of_ours_are_not_taken_for_ours(
    invented: Layout, tmp_path: Path
) -> None:
    write_matrix(invented, Wanted(), tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    write_matrix(invented, Wanted(), tmp_path)
    (tmp_path / "triplets.csv").write_text("mine")
    with pytest.raises(NotAnswered, match=r"holds triplets\.csv"):
        write_matrix(invented, Wanted(format="quanteda-csv"), tmp_path)
    assert (tmp_path / "notes.txt").read_text() == (tmp_path / "triplets.csv").read_text() == "mine"


@pytest.mark.parametrize("name", ["README.txt", "rows.csv", "wide.csv"])
def test_a_folder_in_the_place_of_a_file_is_said_before_anything_is_written(
    invented: Layout, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(NotAnswered, match=f"holds {re.escape(name)}"):
        write_matrix(invented, Wanted(format="quanteda-csv"), tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_matrix_that_cannot_be_finished_leaves_the_earlier_one(
    invented: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_matrix(invented, Wanted(), tmp_path)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    monkeypatch.setattr(matrix, "_TRIPLETS", "SELECT error('no space left') FROM entries")
    with pytest.raises(duckdb.Error):
        write_matrix(invented, Wanted(format="quanteda-csv"), tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_csv_for_quanteda_says_the_same(invented: Layout, tmp_path: Path) -> None:
    write_matrix(invented, Wanted(format="quanteda-csv"), tmp_path)
    triplets = {(r["doc_id"], r["feature"]): int(r["value"]) for r in rows_of(tmp_path / "triplets.csv")}
    wide = {
        (r["doc_id"], feature): int(n)
        for r in rows_of(tmp_path / "wide.csv")
        for feature, n in r.items()
        if feature != "doc_id" and n != "0"
    }
    assert triplets == wide == counted("overview", "problems", "other_matters")


def test_too_wide_a_csv_is_left_out_and_said(invented: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "MOST_WIDE", 10)
    written = write_matrix(invented, Wanted(format="quanteda-csv"), tmp_path)
    assert "wide.csv" not in written.files and not (tmp_path / "wide.csv").exists()
    assert "no wide.csv: it would have more than 10 cells" in (tmp_path / "README.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (Wanted(sections=("applications",)), "choose of overview, problems, other_matters"),
        (Wanted(sections=("remedies",), features="dictionary"), "no report has a section of remedies"),
        (Wanted(where="report_year = 1999"), "no report has a section"),
        (Wanted(where="year = 2024"), 'Referenced column "year" not found'),
        (Wanted(min_reports=99), "lower --min-reports"),
        (Wanted(weight="tfidf", features="dictionary"), "--features terms"),
    ],
)
def test_what_cannot_be_says_why_and_leaves_what_is_there(
    invented: Layout, tmp_path: Path, wanted: Wanted, says: str
) -> None:
    write_matrix(invented, Wanted(), tmp_path)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    with pytest.raises(NotAnswered, match=says):
        write_matrix(invented, wanted, tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


# ---- the README's own lines ------------------------------------------------------------------------------------------
def lines_for(folder: Path, program: str) -> str:
    """The lines that README.txt gives for a program."""

    def block() -> Iterator[str]:
        is_inside = False
        for line in (folder / "README.txt").read_text("utf-8").splitlines():
            if line.startswith(program):
                is_inside = True
            elif is_inside and line.startswith("  "):
                yield line[2:]
            elif is_inside:
                return

    return "\n".join(block())


def inside(folder: Path, code: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    before = Path.cwd()
    os.chdir(folder)
    try:
        exec(code, names)
    finally:
        os.chdir(before)
    return names


@pytest.mark.parametrize("kind", ["matrix-market", "quanteda-csv"])
def test_python_reads_it_by_the_lines_of_the_readme(invented: Layout, tmp_path: Path, kind: str) -> None:
    written = write_matrix(invented, Wanted(format=kind), tmp_path)
    names = inside(tmp_path, lines_for(tmp_path, "Python"))
    if kind == "matrix-market":
        assert names["x"].shape == (len(names["rows"]), len(names["columns"])) == (written.rows, written.columns)
    else:
        assert len(names["triplets"]) == written.entries


@pytest.mark.parametrize("kind", ["matrix-market", "quanteda-csv"])
def test_r_reads_it_by_the_lines_of_the_readme(invented: Layout, tmp_path: Path, kind: str) -> None:
    """quanteda itself may be missing: then what is handed to it is looked at."""
    if not shutil.which("Rscript"):
        pytest.skip("skipped: no Rscript")
    write_matrix(invented, Wanted(format=kind), tmp_path)
    lines = lines_for(tmp_path, "R, with quanteda").splitlines()
    wide = ["w <- as.matrix(read.csv('wide.csv', row.names = 'doc_id', check.names = FALSE, encoding = 'UTF-8'))"]
    check = [
        "stopifnot(identical(dimnames(x), list(rows$doc_id, columns$feature)))",
        *([*wide, "stopifnot(all(w == as.matrix(x)), identical(dimnames(w), dimnames(x)))"] if "csv" in kind else []),
        "i <- which(as.matrix(x) > 0, arr.ind = TRUE)",
        "out <- data.frame(rownames(x)[i[, 1]], colnames(x)[i[, 2]], x[i])",
        "con <- file('out.tsv', 'wb'); writeLines(enc2utf8(do.call(paste, c(out, sep = '\\t'))), con, useBytes = TRUE)",
        "close(con)",
    ]
    script = tmp_path / "load.R"
    script.write_text("\n".join([*(x for x in lines if "quanteda::" not in x), *check]), encoding="utf-8")
    run = subprocess.run(
        ["Rscript", "--vanilla", script.name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    if "there is no package called" in run.stderr and "Matrix" in run.stderr:
        pytest.skip("skipped: no R package Matrix")
    assert run.returncode == 0, run.stderr
    read = [line.split("\t") for line in (tmp_path / "out.tsv").read_text("utf-8").splitlines()]
    assert {(d, f): int(n) for d, f, n in read} == counted("overview", "problems", "other_matters")


def test_terms_that_other_programs_take_for_missing_stay_words(tmp_path: Path) -> None:
    from tests.textdata.invented import invented_dataset

    odd = (Invented("甲局", None, 2024, {"overview": "NA与TRUE与null与inf。"}),)
    layout = invented_dataset(tmp_path / "odd", odd)
    write_matrix(layout, Wanted(), tmp_path / "out")
    names = inside(tmp_path / "out", lines_for(tmp_path / "out", "Python"))
    assert {"na", "true", "null", "inf"} <= set(names["columns"]["feature"])
