"""The quality folder of a release: numbers that equal the tables, a page for any browser, deaf to what documents say."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import polars as pl
import pytest

from expectations.gx import Verdict
from expectations.quality import release as quality
from expectations.suites import CRITICAL
from pipeline.release.accuracy import GoldWrong, judged, summary
from pipeline.release.folder import Folder
from pipeline.store.layout import Layout
from pipeline.store.query import QueryFailed
from tests.conftest import ROOT
from tests.corpus.formats.browser import Browser
from tests.expectations.published import HOLDS, Edit, publish_copy
from tests.pages import CONTRAST, FORMULA, INTRUDERS, asked
from tests.release.folders import edition

pytestmark = pytest.mark.xdist_group("quality")
GOLD = ROOT / "data" / "sample_gold"
BROKEN = Verdict("numbers_honest", "cells", "no blank is a number", "e", CRITICAL, False, 3, None)
RULE = Verdict("findings", "flags", "balance_mismatch", "e", "warning", False, 3, None)


def released(build: Path, root: Path) -> Folder:
    """The data of a release, nothing else."""
    folder = Folder(root)
    shutil.copytree(build / "parquet", folder.data / "parquet")
    shutil.copy(build / "ogi.duckdb", folder.database)
    return folder


@pytest.fixture(scope="module")
def folder(sample_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    made = released(sample_build, tmp_path_factory.mktemp("release") / "1.2.0")
    quality.write(made, edition("1.2.0"), [GOLD], [HOLDS, BROKEN, RULE])
    return made


@pytest.fixture(scope="module")
def page(hostile_build: Layout, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a release with hostile reports, about which there is a gold file with a hostile name."""
    base = tmp_path_factory.mktemp("hostile")
    (base / "gold").mkdir()
    text = "table,row,column,value,printed\napplications,received_new,total,123456,printed\n"
    (base / "gold" / f"{FORMULA}.csv").write_text(text, encoding="utf-8")
    made = released(hostile_build.out, base / "1.2.0")
    quality.write(made, edition("1.2.0"), [base / "gold"], [HOLDS])
    return made.quality / "index.html"


def rows(folder: Folder, table: str) -> list[dict[str, str]]:
    with (folder.quality / f"{table}.csv").open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def table(folder: Folder, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder.parquet(name))


def test_every_table_has_the_columns_that_are_described(folder: Folder) -> None:
    files = {p.stem for p in folder.quality.glob("*.csv")}
    assert files == set(quality.columns())
    for name, described in quality.columns().items():
        data = (folder.quality / f"{name}.csv").read_bytes()
        assert data.decode("utf-8").splitlines()[0].split(",") == [c for c in described if c]
        assert b"\r" not in data and all(en and zh for en, zh in described.values())


def test_coverage_adds_up_to_the_tables(folder: Folder) -> None:
    reports, cells = table(folder, "reports"), table(folder, "cells")
    found = rows(folder, "coverage")
    assert sum(int(r["reports"]) for r in found) == reports.height
    by_status = dict(cells["obs_status"].value_counts().iter_rows())
    names = {"A": "certain", "U": "doubted", "I": "deduced", "O": "open", "M": "not_applicable", "K": "in_other_row"}
    for status, name in names.items():
        assert sum(int(r[f"cells_{name}"]) for r in found) == by_status.get(status, 0)
    for r in found:
        assert int(r["cells"]) == sum(int(r[f"cells_{n}"]) for n in names.values())
    assert sum(int(r["with_remedies"]) for r in found) == (reports["table_remedies"] == "present").sum()
    kinds = Counter((str(y), k or "") for y, k in reports.select("report_year", "issuer_kind").iter_rows())
    counted: Counter[tuple[str, str]] = Counter()
    for r in found:
        counted[r["report_year"], r["issuer_kind"]] += int(r["reports"])
    assert counted == kinds
    assert {(r["province_code"], r["province"]) for r in found} == {("", ""), ("32", "江苏省"), ("33", "浙江省")}


def test_the_page_shows_the_coverage_of_each_year_as_it_is(folder: Folder) -> None:
    """Held against another program than the one that counts (see expectations/quality/database.py)."""
    text = (folder.quality / "index.html").read_text(encoding="utf-8")
    section = text[text.index("By report year") : text.index("By level of the division")]
    joined = table(folder, "reports").join(table(folder, "cells"), on="report_id", how="left")
    for (year,), group in joined.group_by("report_year"):
        cells = group["table_code"].drop_nulls().len()
        row = section[section.index(f'<span class="en" lang="en">{year}</span>') :].split("</tr>")[0]
        numbers = re.findall(r'<td class="num">([^<]*)</td>', row)
        assert (numbers[0], numbers[5]) == (f"{group['report_id'].n_unique():,}", f"{cells:,}")
        shares = [f"{(group['obs_status'] == s).sum() / cells * 100:.1f} %" for s in "AUIOMK"] if cells else ["–"] * 6
        assert [a for a, b in zip(numbers[6:], shares, strict=True) if a != b] == [n for n in numbers if "&" in n]


def test_series_count_organs(folder: Folder) -> None:
    years: dict[str, set[int]] = {}
    for organ, year in table(folder, "reports").select("issuer_id", "report_year").drop_nulls().iter_rows():
        years.setdefault(organ, set()).add(year)
    found = rows(folder, "coverage_panel")
    pairs = {(int(r["year"]), int(r["other_year"])): int(r["organs"]) for r in found if r["measure"] == "in_both_years"}
    expected = Counter((a, b) for ys in years.values() for a in ys for b in ys if a <= b)
    assert pairs == expected
    lengths = {int(r["years"]): int(r["organs"]) for r in found if r["measure"] == "years_reported"}
    assert lengths == Counter(map(len, years.values()))
    runs = {int(r["years"]): int(r["organs"]) for r in found if r["measure"] == "longest_run"}
    assert runs == Counter(max(len(run(y, ys)) for y in ys) for ys in years.values())
    for r in found:
        of = pairs[int(r["year"]), int(r["year"])] if r["year"] else len(years)
        assert float(r["share"]) == round(int(r["organs"]) / of, 6)


def run(first: int, years: set[int]) -> list[int]:
    out = []
    while first + len(out) in years:
        out.append(first + len(out))
    return out


def test_documents_in_are_documents_out(folder: Folder) -> None:
    documents = table(folder, "documents")
    found = {(r["outcome"], r["reason"]): int(r["documents"]) for r in rows(folder, "documents")}
    assert found == Counter((o, r or "") for o, r in documents.select("outcome", "reason_code").iter_rows())
    assert sum(found.values()) == documents.height


def test_findings_are_those_of_the_flags(folder: Folder) -> None:
    with duckdb.connect(str(folder.database), read_only=True) as db:
        counted = db.execute(
            "SELECT rule_code, count(f.flag_id), count(DISTINCT f.report_id) FROM rules LEFT JOIN flags f USING (rule_code) "
            "GROUP BY ALL"
        ).fetchall()
    found = rows(folder, "findings_by_rule")
    assert {(r["rule"], int(r["findings"]), int(r["reports"])) for r in found} == set(counted)
    reports = table(folder, "reports").height
    assert all(float(r["share_of_reports"]) == round(int(r["reports"]) / reports, 6) for r in found)
    errors = sum(int(r["findings"]) - int(r["findings_in_doubt"]) for r in found if r["severity"] == "error")
    assert errors == (table(folder, "flags")["severity"] == "error").sum()
    assert "experimental" in {r["status"] for r in found}


def test_accuracy_adds_up_at_every_level(folder: Folder) -> None:
    found = rows(folder, "accuracy")
    whole = summary(judged(folder, [GOLD])).row(0, named=True)
    for level in ("all", "table", "kind", "file", "file_table"):
        for column, number in whole.items():
            assert sum(int(r[column]) for r in found if r["level"] == level) == number
    assert len({r["gold"] for r in found if r["level"] == "file"}) == 67
    text = (folder.quality / "index.html").read_text(encoding="utf-8")
    assert f"<strong>{whole['silent']}</strong>" in text and f"<strong>{whole['unfilled']}</strong>" in text


def test_invariants_are_listed_and_rules_are_none(folder: Folder) -> None:
    assert [(r["name"], r["holds"], r["rows_breaking"]) for r in rows(folder, "invariants")] == [
        ("documents in = documents out", "true", "0"),
        ("no blank is a number", "false", "3"),
    ]
    text = (folder.quality / "index.html").read_text(encoding="utf-8")
    assert "1 / 2" in text and "✗ 1" in text


@pytest.mark.parametrize("has_gold", [False, True])
def test_what_was_not_measured_is_said_and_not_counted(folder: Folder, tmp_path: Path, has_gold: bool) -> None:
    made = Folder(tmp_path / "1.2.0")
    shutil.copytree(folder.root, made.root)
    gold = tmp_path / "gold"
    gold.mkdir()
    (gold / "of_nothing_here.csv").write_text("table,row,column,value,printed\nremedies,x,total,1,printed\n")
    quality.write(made, edition("1.2.0"), [gold] if has_gold else [], [])
    text = (made.quality / "index.html").read_text(encoding="utf-8")
    assert "Accuracy was not measured on these documents" in text and "未在这些文档上测量准确度" in text
    assert ("none of the gold files" in text) == has_gold
    section = text[text.index('<section id="accuracy">') : text.index('<section id="coverage">')]
    assert "<table" not in section and "0" not in re.sub(r"<[^>]*>", "", section)
    assert {p.name for p in made.quality.iterdir()} == {
        "index.html",
        *(f"{t}.csv" for t in quality.columns() if t not in ("accuracy", "invariants")),
    }, "what was there before and says more is gone"
    assert "Invariants of this project" not in text and "invariants.csv" not in text


def test_the_same_release_gives_the_same_bytes(folder: Folder, tmp_path: Path) -> None:
    again = Folder(tmp_path / "elsewhere")
    shutil.copytree(folder.data, again.data)
    quality.write(again, edition("1.2.0"), [GOLD], [HOLDS, BROKEN, RULE])
    quality.write(again, edition("1.2.0"), [GOLD], [HOLDS, BROKEN, RULE])
    ours = {p.name: p.read_bytes() for p in folder.quality.iterdir()}
    assert ours == {p.name: p.read_bytes() for p in again.quality.iterdir()}
    assert not any(str(folder.root.parent).encode() in data for data in ours.values())
    assert {p.name for p in again.data.iterdir()} == {"parquet", "ogi.duckdb"}, "nothing is left beside the data"


def test_a_release_without_reports_has_a_page(sample_build: Path, tmp_path: Path) -> None:
    layout = Layout(tmp_path / "out")
    names = [p.stem for p in (sample_build / "parquet").iterdir() if p.stem not in ("codes", "rules")]
    empty: dict[str, Edit] = {n: lambda frame: frame.clear() for n in names}
    publish_copy(layout, sample_build, empty)
    made = released(layout.out, tmp_path / "1.0.0")
    quality.write(made, edition("1.0.0"), [GOLD], [])
    assert "There are no reports in this release." in (made.quality / "index.html").read_text(encoding="utf-8")
    assert rows(made, "coverage") == rows(made, "coverage_panel") == rows(made, "documents") == []
    assert {r["share_of_reports"] for r in rows(made, "findings_by_rule")} == {""}, "no share of nothing"


def test_bad_input_is_told_of_and_nothing_is_written(folder: Folder, tmp_path: Path) -> None:
    made = Folder(tmp_path / "1.2.0")
    shutil.copytree(folder.data, made.data)
    with pytest.raises(GoldWrong, match="no gold file"):
        quality.write(made, edition("1.2.0"), [tmp_path], [])
    made.database.write_bytes(b"no database")
    with pytest.raises(QueryFailed):
        quality.write(made, edition("1.2.0"), [], [])
    assert not made.quality.exists()


# ---- in a real browser ----
def test_nothing_that_a_document_says_runs_or_loads(
    open_browser: Browser, page: Path, listener: tuple[str, list[str]]
) -> None:
    found = asked(open_browser, page, INTRUDERS)
    assert found["marker"] == "undefined"
    assert (found["scripts"], found["images"], found["styles"], found["loaded"]) == (0, 0, 1, 0)
    assert listener[1] == [], "no request goes out"
    assert "<script>window.marker=1" in found["text"] and "⟨U+202E⟩" in found["text"], "it is shown as it is written"
    assert FORMULA in found["text"], "the name of the gold file too"


def test_a_name_that_would_be_a_formula_is_none_in_the_table(page: Path) -> None:
    lines = page.with_name("accuracy.csv").read_text(encoding="utf-8").splitlines()
    assert any(line.startswith("file,\"'=cmd") for line in lines) and not any(",=" in line for line in lines)


def test_both_languages_are_there(open_browser: Browser, page: Path) -> None:
    script = """(() => { const shown = () => ['en', 'zh'].map(c => document.querySelector('h1 .' + c).offsetWidth > 0);
      const first = shown(); document.querySelector('label[for=choose-zh]').click(); return [first, shown(),
      document.querySelectorAll('.en').length - document.querySelectorAll('.zh').length]; })()"""
    assert asked(open_browser, page, script) == [[True, False], [False, True], 0]


@pytest.mark.parametrize("width", [1280, 480])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_cut_off(open_browser: Browser, folder: Folder, page: Path, width: int, language: str) -> None:
    """Wide tables scroll within the page, not the page with them; nothing else is wider than its place."""
    script = f"""(() => {{ document.querySelector('label[for=choose-{language}]').click();
      const cut = [...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll, svg') && e.offsetWidth
        && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80));
      return [document.documentElement.scrollWidth <= innerWidth, cut]; }})()"""
    for which in (page, folder.quality / "index.html"):
        assert asked(open_browser, which, script, width) == [True, []]


def test_text_has_contrast_and_numbers_stand_to_the_right(open_browser: Browser, folder: Folder, page: Path) -> None:
    for which in (page, folder.quality / "index.html"):
        assert asked(open_browser, which, CONTRAST) == [[], []]


def test_it_fits_on_paper(open_browser: Browser, folder: Folder) -> None:
    """A4 without its margins is 182 mm wide; in print nothing scrolls, so that tables must fit."""
    open_browser.call("Emulation.setEmulatedMedia", {"media": "print"}, open_browser.session)
    try:
        script = """[...document.querySelectorAll('table, svg, p, dl')].filter(e => e.getBoundingClientRect().right
          > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"""
        assert asked(open_browser, folder.quality / "index.html", script, width=round(182 / 25.4 * 96)) == []
    finally:
        open_browser.call("Emulation.setEmulatedMedia", {"media": ""}, open_browser.session)


def test_every_link_leads_to_a_table_beside_the_page(folder: Folder) -> None:
    links = re.findall(r'href="([^"]*)"', (folder.quality / "index.html").read_text(encoding="utf-8"))
    assert sorted(links) == sorted(p.name for p in folder.quality.glob("*.csv"))
