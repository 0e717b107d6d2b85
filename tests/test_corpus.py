"""The corpus generator: deterministic, consistent, readable back, with answers that follow the gold files' conventions."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline import form
from pipeline.model import Cell, Issuer, Metadata, ParsedReport, SourceFile, StatutoryTable
from tests.corpus import (
    LAYOUTS,
    Options,
    random_options,
    random_truth,
    render,
    render_report,
    sample_formats,
    table_truth,
)
from tests.corpus import numbers as true_numbers
from tests.corpus.formats import FORMATS
from tests.corpus.gold import answer, splits, table_gold, to_csv
from tests.corpus.grid import build
from tests.corpus.layouts.columns import edges, pdf_columns, width
from tests.corpus.make_files import MADE, made, made_samples, name_of, traces
from tests.corpus.printing import CellTruth
from tests.corpus.sample import samples
from tests.corpus.score import judged, score
from tests.corpus.truth import TableTruth
from tests.corpus.write_sample import documents, write

DATA = Path(__file__).parents[1] / "data"


def applications(rows: dict[str, str]) -> TableTruth:
    """An applications table as a human would write it: seven cells a row, _ for a blank; rows not given are blank."""
    columns = form.column_codes("2021", form.APPLICATIONS)
    cells = {}
    for row in form.row_codes("2021", form.APPLICATIONS):
        for column, text in zip(columns, rows.get(row, "_ _ _ _ _ _ _").split(), strict=True):
            number = None if text in "_/" else Decimal(text)
            cells[row, column] = CellTruth("" if text == "_" else text, number, number)
    return TableTruth(form.APPLICATIONS, "2021", cells)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_seed_gives_the_same_bytes(layout: str) -> None:
    for seed in range(3):
        first = render(random_truth(seed), layout, random_options(seed))
        assert first == render(random_truth(seed), layout, random_options(seed))


@pytest.mark.parametrize("seed", range(60))
def test_true_numbers_satisfy_every_identity(seed: int) -> None:
    rng = random.Random(seed)
    tables = [
        *((f, form.APPLICATIONS, true_numbers.applications(rng, f)) for f in form.FORMS),
        ("2021", form.REMEDIES, true_numbers.remedies(rng)),
    ]
    before, after = true_numbers.applications(rng, "2021"), true_numbers.applications(rng, "2021")
    tables.append(("2021", form.APPLICATIONS, true_numbers.follow(before, after)))
    for form_code, table, numbers in tables:
        assert min(numbers.values()) >= 0
        for instance in form.identity_instances(form_code, table):
            assert sum(numbers[r, c] * s for r, c, s in instance.terms) == 0, instance.name


def test_a_year_takes_over_what_the_year_before_left() -> None:
    rng = random.Random(5)
    before, after = true_numbers.applications(rng, "2021", "large"), true_numbers.applications(rng, "2021", "small")
    joined = true_numbers.follow(before, after)
    assert joined["carried_in", "total"] == before["carried_out", "total"]


def test_gold_has_a_line_for_every_cell_of_the_form() -> None:
    truth = next(t for t in map(random_truth, range(50)) if {x.form for x in t.tables.values()} == {"2021"})
    lines = to_csv(render_report(truth, "word_tabs").gold).splitlines()
    assert len(lines) == 201
    assert lines[0] == "table,row,column,value,printed"
    assert {line.rsplit(",", 1)[1] for line in lines[1:]} <= {"printed", "blank", "open", "absent", "undecidable"}


def test_an_identity_that_balances_makes_its_blanks_zero_even_beside_a_failing_one() -> None:
    # 29 + 2 against 34 + 2: the balance fails, the rows and the results hold.
    table = applications(
        {
            "received_new": "29 _ _ _ _ _ 29",
            "carried_in": "2 _ _ _ _ _ 2",
            "granted": "34 _ _ _ _ _ 34",
            "handled_total": "34 _ _ _ _ _ 34",
            "carried_out": "2 _ _ _ _ _ 2",
        }
    )
    found = answer(table, frozenset())
    assert [(e.axis, e.at) for e in found.failing] == [("column", "natural_person"), ("column", "total")]
    assert {c.kind for c in table_gold(table, LAYOUTS["word_tabs"], frozenset())} == {"printed", "blank"}
    assert set(found.fixed.values()) == {0}


def test_a_blank_table_stays_open() -> None:
    table = applications({})
    assert {c.kind for c in table_gold(table, LAYOUTS["word_tabs"], frozenset())} == {"open"}
    assert {c.kind for c in table_gold(table, LAYOUTS["web_lines"], frozenset())} == {"open"}


def test_a_lost_number_comes_back_from_its_row() -> None:
    table = applications(
        {
            r: "3 0 0 0 0 0 3" if r in ("received_new", "granted", "handled_total") else "0 0 0 0 0 0 0"
            for r in form.row_codes("2021", form.APPLICATIONS)
        }
    )
    key = ("received_new", "natural_person")
    (lost,) = (c for c in table_gold(table, LAYOUTS["pdf_tabs"], frozenset({key})) if c.kind != "printed")
    assert (lost.row, lost.column, lost.kind, lost.value) == (*key, "absent", 3)


def test_two_blanks_in_a_row_that_nothing_joins_stay_open() -> None:
    table = applications({"received_new": "5 _ _ 0 0 0 9"})
    kinds = {c.column: c.kind for c in table_gold(table, LAYOUTS["word_tabs"], frozenset()) if c.row == "received_new"}
    assert (kinds["enterprise"], kinds["research_institution"]) == ("open", "open")


def test_a_short_row_of_a_text_that_lost_blanks_is_undecidable() -> None:
    table = applications({"received_new": "3 _ _ _ _ _ 3", "granted": "3 0 0 0 0 0 3"})
    gold = table_gold(table, LAYOUTS["web_lines"], frozenset())
    assert {c.kind for c in gold if c.row == "received_new"} == {"undecidable"}
    assert {c.kind for c in gold if c.row == "granted"} == {"printed"}


@pytest.mark.parametrize(("printed", "ways"), [("000", 1), ("012", 2), ("100", 3), ("123", 4)])
def test_glued_numbers_are_certain_only_where_they_can_be_cut_in_one_way(printed: str, ways: int) -> None:
    cells = {
        ("regulations", c): CellTruth(t, Decimal(t), Decimal(t))
        for c, t in zip(("issued", "repealed", "in_force"), printed, strict=True)
    }
    assert splits(TableTruth(form.PROACTIVE, "2021", cells), "regulations") == ways


def printed_rows(table: TableTruth) -> list[list[str]]:
    rows: dict[str, list[str]] = {}
    for (row, _), cell in table.cells.items():
        rows.setdefault("" if table.table_code == form.REMEDIES else row, []).append(cell.printed)
    return list(rows.values())


def read_back(layout: str, table: TableTruth, lines: list[str]) -> list[list[str]]:
    """Numbers by row, read by the trivial reader of a layout: what follows the last label of each row."""
    n = len(next(iter(printed_rows(table))))
    if layout == "word_tabs":
        rows = "\n".join(lines[:-1]).split("\n\n")
        cells = [[x.strip("\t ") for x in r.split("\n")] for r in rows if r]
        return [r[-n:] for r in cells[3:]]
    if layout in ("pipes_padded", "pipes_markdown"):
        return [[x.strip() for x in line.strip("|").split("|")][-n:] for line in lines[-len(printed_rows(table)) :]]
    skip = 3 if table.table_code == form.APPLICATIONS else 0
    return [line.split("\t")[skip : skip + n] for line in lines[-len(printed_rows(table)) :]]


@pytest.mark.parametrize("layout", ["word_tabs", "pipes_padded", "pipes_markdown", "pdf_tabs"])
@pytest.mark.parametrize("code", [form.APPLICATIONS, form.REMEDIES])
def test_cells_read_back_where_positions_are_kept(layout: str, code: str) -> None:
    for seed in range(20):
        table = table_truth(random.Random(seed), code, "2021", marks="/" if seed % 3 == 0 else None)
        options = Options(seed=seed, blank_text=" " if seed % 2 else "")
        lines = LAYOUTS[layout].render(build(table, options, delimited=True), options, random.Random(seed)).lines
        assert read_back(layout, table, lines) == printed_rows(table)


def test_columns_of_spaces_read_back_by_their_edges() -> None:
    for seed in range(20):
        table = table_truth(random.Random(seed), form.APPLICATIONS, "2021")
        options = Options(seed=seed, value_line=("middle", "first")[seed % 2])
        sheet = build(table, options, delimited=True)
        at = edges(sheet)
        found = []
        for line in pdf_columns(sheet, options, random.Random(seed)).lines:
            cells = [""] * sheet.width
            x = 0
            for c in line:
                cells[max(i for i in range(sheet.width) if at[i] <= x)] += c
                x += width(c)
            found.append([c.strip() for c in cells][3:])
        numbers = [r for r in found if any(r) and all(not x or x.replace(",", "").isdigit() for x in r)]
        assert numbers == [r for r in printed_rows(table) if any(r)]


def test_charsets_round_trip() -> None:
    truth = random_truth(3)
    text = render_report(truth, "word_tabs").text
    for charset in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        assert render(truth, "word_tabs", Options(charset=charset)).decode(charset) == text


def ideal(data: bytes, source: SourceFile, change: dict[tuple[str, str, str], Cell] | None = None) -> ParsedReport:
    """A parser that knows the answers to truth 9."""
    tables = []
    for table in random_truth(9, consistent=True).tables.values():
        fixed = answer(table, frozenset()).fixed
        cells = []
        for key, c in table.cells.items():
            value, status = (
                (c.number, "A")
                if c.number is not None
                else (fixed.get(key), "I" if key in fixed else "M" if c.is_mark else "O")
            )
            cell = Cell(table.table_code, *key, c.printed or None, value, obs_status=status)
            cells.append((change or {}).get((table.table_code, *key), cell))
        tables.append(StatutoryTable(table.table_code, table.form, None, tuple(cells), (), ()))
    return ParsedReport(Metadata(), Issuer(""), tuple(tables), (), (), (), (), "test", "utf-8")


def test_a_parser_that_knows_the_answers_scores_full_marks() -> None:
    n = score(random_truth(9, consistent=True), "word_tabs", Options(), ideal)
    assert n["exact"] + n["deduced"] == n["cells"]
    assert n["doubted"] == n["short_of_gold"] == 0


def test_a_wrong_number_is_silent_and_a_doubted_one_is_flagged() -> None:
    key = ("applications", "received_new", "total")
    for status, verdict in (("A", "silent"), ("U", "flagged"), ("I", "silent")):
        wrong = Cell(*key, "77777", Decimal(77777), obs_status=status)
        _, out = judged(
            random_truth(9, consistent=True), "word_tabs", Options(), lambda d, s, w=wrong: ideal(d, s, {key: w})
        )
        assert next(v.verdict for v in out if v.gold.key == key) == verdict


def contents(data: bytes) -> object:
    """What a file holds: of packed ones the members, for another zlib packs the same bytes into others."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [(i.orig_filename, i.flag_bits, contents(archive.read(i))) for i in archive.infolist()]
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def test_the_sample_is_what_the_generator_writes(tmp_path: Path) -> None:
    write(tmp_path)
    for folder in ("sample", "sample_gold"):
        new = {p.relative_to(tmp_path): p.read_bytes() for p in (tmp_path / folder).rglob("*") if p.is_file()}
        old = {p.relative_to(DATA): p.read_bytes() for p in (DATA / folder).rglob("*") if p.is_file()}
        assert new.keys() == old.keys(), "run python -m tests.corpus.write_sample"
        different = [p for p in new if new[p] != old[p] and contents(new[p]) != contents(old[p])]
        assert different == [], "run python -m tests.corpus.write_sample"


def test_every_made_file_belongs_to_a_sample_and_names_no_machine() -> None:
    samples = {name_of(s): s for s in made_samples()}
    assert {p.name for p in MADE.iterdir()} == samples.keys(), "run python -m tests.corpus.make_files"
    for name, sample in samples.items():
        assert traces(made(sample)) == [], name
        assert (DATA / "sample" / sample.path).read_bytes() == made(sample)


def test_the_sample_is_small() -> None:
    assert sum(p.stat().st_size for p in (DATA / "sample").rglob("*") if p.is_file()) < 2_000_000


def test_the_sample_shows_every_layout_format_and_trouble() -> None:
    assert {s.layout for s in samples()} == set(LAYOUTS)
    shown = {s.format for s in sample_formats.files()}
    variants = {"html_undeclared", "html_wrong_charset", "html_bom", "html_spans", "pdf_drawn", "pdf_placed"}
    assert shown >= FORMATS.keys() - variants
    reasons = {w.reason_code for w in documents()}
    assert {
        "empty_file",
        "binary_content",
        "undecodable_text",
        "mojibake",
        "explains_a_report",
        "blank_form",
        "notice_about_reports",
        "truncated",
        "same_content",
        "same_report",
        "damaged",
        "encrypted",
        "needs_ocr",
        "nested_container",
        "only_images",
        "only_links_attachment",
        "unfilled_template",
        "unsupported_format",
    } <= reasons
