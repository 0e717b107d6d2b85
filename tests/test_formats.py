"""One truth in every file format: the same cells in each, nothing silent or overclaimed or missing; and each generated
file is what it claims to be."""

from __future__ import annotations

import codecs
import io
import json
import pickle
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from filelock import FileLock
from lxml import etree

from pipeline import form
from pipeline.document import parse_document
from pipeline.limits import Limits
from pipeline.model import ParsedReport, SourceFile, Unusable
from pipeline.store import containers, inventory
from tests.corpus import Truth, random_options, random_truth, render
from tests.corpus.formats import (
    CONTAINERS,
    FORMATS,
    FormatFile,
    ProgramMissing,
    render_container,
    render_format,
    render_many,
    sheets,
)
from tests.corpus.formats.blocks import Table, outline
from tests.corpus.formats.html_tables import odd_spans
from tests.corpus.grid import Sheet
from tests.corpus.score import verdicts

SEEDS = range(2000, 2100)
FEW = range(2000, 2004)
BLANKS = re.compile(r"\s+")
PURE = [name for name, fmt in FORMATS.items() if fmt.write]
METADATA = ("title", "report_year", "published_on", "index_number")
SAME_BYTES = {"wps": "doc"}
"""Formats that are another under an extension of their own: what a program converted once is not converted again, and one
in `_EACH` of its reports is read again."""
_EACH = 5
CellKey = tuple[str, str, str]


# ---- reading what was written ----
@dataclass(frozen=True)
class Reading:
    """A file and what the pipeline made of it."""

    seed: int
    file: FormatFile
    parsed: ParsedReport | Unusable


def files_of(name: str, seeds: range) -> list[FormatFile]:
    """The reports of some seeds in a format; skips the test where the format's program is missing."""
    try:
        return render_many([(random_truth(s), random_options(s)) for s in seeds], name)
    except ProgramMissing as missing:
        pytest.skip(f"skipped: no {missing.name}")


def read(data: bytes, path: str) -> ParsedReport | Unusable:
    return parse_document(data, SourceFile(path, "unsorted"))


@pytest.fixture(scope="session")
def readings(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[Reading]]:
    """Every report in a format, written and read once; parallel test processes share the result."""
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if base.name.startswith("popen-") else base
    seen: dict[str, list[Reading]] = {}

    def of(name: str) -> list[Reading]:
        if name in seen:
            return seen[name]
        path = folder / f"readings-{name}.pickle"
        with FileLock(f"{path}.lock"):
            if not path.exists():
                if name in SAME_BYTES:
                    extension = FORMATS[name].extension
                    seeds = SEEDS[::_EACH]
                    files = [replace(r.file, path=f"{r.seed}{extension}") for r in of(SAME_BYTES[name])[::_EACH]]
                else:
                    seeds, files = SEEDS, files_of(name, SEEDS)
                out = [Reading(s, file, read(file.data, file.path)) for s, file in zip(seeds, files, strict=True)]
                path.write_bytes(pickle.dumps(out))
        seen[name] = pickle.loads(path.read_bytes())
        return seen[name]

    return of


@pytest.fixture(scope="session")
def text_cells() -> dict[int, dict[CellKey, tuple[object, ...]]]:
    """The cells of every truth as read from plain text whose layout keeps the places."""
    out = {}
    for seed in SEEDS:
        parsed = read(render(random_truth(seed), "word_tabs", random_options(seed)), "word_tabs.txt")
        out[seed] = cells_of(parsed)
    return out


def cells_of(parsed: ParsedReport | Unusable | None) -> dict[CellKey, tuple[object, ...]]:
    if not isinstance(parsed, ParsedReport):
        return {}
    return {
        (c.table_code, c.row_code, c.column_code): (
            c.value,
            c.obs_status,
            c.missing_reason,
            None if c.printed is None else BLANKS.sub("", c.printed),
        )
        for t in parsed.tables
        for c in t.cells
    }


def faults(truth: Truth, reading: Reading) -> Counter[str]:
    """Verdicts that must not occur where the places of all cells are kept."""
    out: Counter[str] = Counter()
    for v in verdicts(reading.file.gold, reading.parsed):
        is_consistent = truth.tables[v.gold.table].is_consistent
        if v.verdict in ("silent", "overclaimed", "missing"):
            out[v.verdict] += 1
        if v.verdict not in ("exact", "deduced") and is_consistent and not v.gold.is_lenient:
            out["short_of_gold"] += 1
        if v.verdict == "exact" and v.is_doubted and is_consistent:
            out["doubted_consistent"] += 1
    return out


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_every_cell_is_read_as_printed(name: str, readings: Callable[[str], list[Reading]]) -> None:
    wrong = {r.seed: dict(found) for r in readings(name) if (found := faults(random_truth(r.seed), r))}
    assert not wrong, f"{name}: {len(wrong)} of {len(SEEDS)} reports, first {dict(list(wrong.items())[:5])}"


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_the_cells_are_the_same_as_in_plain_text(
    name: str, readings: Callable[[str], list[Reading]], text_cells: dict[int, dict[CellKey, tuple[object, ...]]]
) -> None:
    different = {}
    for r in readings(name):
        got, expected = cells_of(r.parsed), text_cells[r.seed]
        found = [(k, got.get(k), expected.get(k)) for k in got.keys() | expected if got.get(k) != expected.get(k)]
        if found:
            different[r.seed] = sorted(found)[:2]
    assert not different, f"{name}: {len(different)} of {len(SEEDS)} reports, first {list(different.items())[:2]}"


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_the_report_says_the_same_about_itself(name: str, readings: Callable[[str], list[Reading]]) -> None:
    different = {}
    for r in readings(name):
        assert isinstance(r.parsed, ParsedReport), (name, r.seed, r.parsed)
        wanted = {k: r.file.metadata[k] for k in METADATA if k in r.file.metadata}
        got = {k: str(getattr(r.parsed.metadata, k)) for k in wanted}
        if got != wanted:
            different[r.seed] = {k: (got[k], wanted[k]) for k in wanted if got[k] != wanted[k]}
    assert not different, f"{name}: {len(different)} of {len(SEEDS)} reports, first {list(different.items())[:3]}"


@pytest.mark.parametrize("missing", form.TABLES)
@pytest.mark.parametrize("name", PURE)
def test_a_table_that_is_not_there_has_no_values(name: str, missing: str) -> None:
    for seed in FEW:
        options = replace(random_options(seed), missing_tables=(missing,))
        file = render_format(random_truth(seed), name, options)
        parsed = read(file.data, file.path)
        assert isinstance(parsed, ParsedReport)
        values = {
            t.table_code: [c for c in t.cells if c.value is not None or c.obs_status == "A"] for t in parsed.tables
        }
        assert not values[missing]
        assert not faults(random_truth(seed), Reading(seed, file, parsed))


# ---- the generator ----
def numbers_of(sheet: Sheet) -> list[tuple[object, str]]:
    return sorted((c.key, c.text) for c in sheet.cells if c.key)


def tables(seed: int) -> list[Sheet]:
    return [b.sheet for b in outline(random_truth(seed), random_options(seed)).blocks if isinstance(b, Table)]


def places(sheet: Sheet) -> Counter[tuple[int, int]]:
    return Counter(
        (row, column)
        for c in sheet.cells
        for row in range(c.row, c.row + c.row_span)
        for column in range(c.column, c.column + c.column_span)
    )


def bare(text: str) -> str:
    return BLANKS.sub("", text)


@pytest.mark.parametrize("name", PURE)
def test_the_same_seed_gives_the_same_bytes(name: str) -> None:
    assert files_of(name, FEW) == files_of(name, FEW)


@pytest.mark.parametrize("seed", range(40))
def test_odd_tables_hold_the_same_numbers_and_no_place_twice(seed: int) -> None:
    report = outline(random_truth(seed), random_options(seed))
    for sheet in tables(seed):
        odd = odd_spans(sheet, report.rng("spans"))
        assert numbers_of(odd) == numbers_of(sheet)
        assert max(places(odd).values()) == 1
        assert max(c.row + c.row_span for c in odd.cells) == odd.height
        assert max(c.column + c.column_span for c in odd.cells) == odd.width
        for starts in (list(range(sheet.header_rows, sheet.height)), sheets.group_starts(sheet)):
            cut = sheets.pieces(sheet, starts, repeat=True)
            assert sorted(n for piece in cut for n in numbers_of(piece)) == numbers_of(sheet)
            assert sum(piece.height for piece in cut) == sheet.height


@pytest.mark.parametrize("name", [n for n in PURE if n.startswith("html")])
def test_pages_hold_every_number_and_the_prose(name: str) -> None:
    for seed, file in zip(FEW, files_of(name, FEW), strict=True):
        text = next(
            file.data.decode(encoding)
            for encoding in ("utf-16" if file.data[:2] == codecs.BOM_UTF16_LE else "utf-8-sig", "gb18030")
            if decodes(file.data, encoding)
        )
        seen = bare("".join(etree.HTML(re.sub(r"<head.*?</head>", "", text, flags=re.S | re.I)).itertext()))
        for sheet in tables(seed):
            for _, number in numbers_of(sheet):
                assert bare(number) in seen
        assert bare(random_truth(seed).organ.name) in seen


def decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def test_charsets_are_as_the_formats_say() -> None:
    for name in ("html_gbk", "html_undeclared"):
        for file in files_of(name, FEW):
            assert not decodes(file.data, "utf-8") and decodes(file.data, "gb18030")
    assert all(b"charset=gb2312" in f.data for f in files_of("html_gbk", FEW))
    assert all(b"charset" not in f.data for f in files_of("html_undeclared", FEW))
    for file in files_of("html_wrong_charset", FEW):
        assert (b'charset="utf-8"' in file.data) != decodes(file.data, "utf-8")
    marks = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE)
    assert {f.data.startswith(marks) for f in files_of("html_bom", FEW)} == {True}


def test_word_splits_numbers_over_runs() -> None:
    text = files_of("html_word", range(2000, 2001))[0].data.decode("utf-8")
    assert re.search(r">\d+<o:p></o:p></span><span[^>]*>\d+<", text)


def test_word_documents_are_packages_of_well_formed_parts() -> None:
    seen = set()
    for file in files_of("docx", range(2000, 2030)):
        with zipfile.ZipFile(io.BytesIO(file.data)) as package:
            assert package.testzip() is None
            body = package.read("word/document.xml")
            for name in package.namelist():
                etree.fromstring(package.read(name))
        seen |= set(re.findall(rb"<w:(vMerge|gridSpan|ins|del|txbxContent|numPr|sdt|footnoteReference|vanish)\b", body))
    assert len(seen) == 9


def test_old_word_documents_are_compound_files() -> None:
    for name in ("doc", "wps"):
        file = files_of(name, range(2000, 2001))[0]
        assert file.data.startswith(bytes.fromhex("d0cf11e0a1b11ae1"))
        assert file.path == f"2000.{name}"
        assert "WordDocument".encode("utf-16-le") in file.data


@pytest.mark.parametrize("name", [n for n in FORMATS if n.startswith("pdf")])
def test_pdf_text_holds_the_title_and_the_pages_are_several(name: str) -> None:
    import pypdfium2

    for seed, file in zip(FEW, files_of(name, FEW), strict=True):
        pages = [p.get_textpage().get_text_bounded() for p in pypdfium2.PdfDocument(file.data)]
        assert bare(random_truth(seed).title) in bare("".join(pages))
        assert len(pages) > 1


def test_ofd_pages_place_every_character() -> None:
    names = {"o": "http://www.ofdspec.org/2016"}
    for seed, file in zip(FEW, files_of("ofd", FEW), strict=True):
        with zipfile.ZipFile(io.BytesIO(file.data)) as package:
            pages = [etree.fromstring(package.read(n)) for n in package.namelist() if n.endswith("Content.xml")]
        codes = [code for page in pages for code in page.iterfind(".//o:TextCode", names)]
        for code in codes:
            assert advances(code.get("DeltaX", "")) == len(code.text) - 1
        text = bare("".join(code.text for code in codes))
        assert bare(random_truth(seed).organ.name) in text
        assert len(pages) > 1


def advances(delta: str) -> int:
    """How many advances a DeltaX holds: "g 3 2.5" stands for three."""
    parts, n, at = delta.split(), 0, 0
    while at < len(parts):
        n, at = (n + int(parts[at + 1]), at + 3) if parts[at] == "g" else (n + 1, at + 1)
    return n


# ---- containers ----
@pytest.mark.parametrize("name", CONTAINERS)
def test_containers_hold_their_reports(name: str) -> None:
    container = render_container([(random_truth(s), random_options(s)) for s in range(2000, 2008)], name)
    held = unpacked(name, container.data)
    for member in container.members:
        assert held[member.name] == member.file.data
    assert container == render_container([(random_truth(s), random_options(s)) for s in range(2000, 2008)], name)


def unpacked(name: str, data: bytes) -> dict[str, bytes]:
    """Names or addresses and contents, by the ordinary library of each container."""
    if name == "zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {
                i.filename if i.flag_bits & 0x800 else i.filename.encode("cp437").decode("gbk"): archive.read(i)
                for i in archive.infolist()
            }
    if name == "jsonl":
        rows = [json.loads(line) for line in data.decode().splitlines()]
        return {r["url"]: (r.get("html") or r["text"]).encode() for r in rows}
    if name == "parquet":
        import polars as pl

        return {r["url"]: (r["html"] or r["text"]).encode() for r in pl.read_parquet(io.BytesIO(data)).to_dicts()}
    from warcio.archiveiterator import ArchiveIterator

    return {
        record.rec_headers.get_header("WARC-Target-URI"): record.content_stream().read()
        for record in ArchiveIterator(io.BytesIO(data))
        if record.rec_type == "response"
    }


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_report_in_a_container_is_read_as_it_is_outside(name: str, tmp_path: Path) -> None:
    container = render_container([(random_truth(s), random_options(s)) for s in range(2000, 2012)], name)
    (tmp_path / container.path).write_bytes(container.data)
    members = {m.name: m for m in container.members}
    found = set()
    for source in inventory.take(tmp_path).files:
        content = containers.fetch(tmp_path / source.path, source, Limits())
        parsed = parse_document(content.data, source) if content.data is not None else None
        member = members.get(source.url or source.member or "")
        if member is None:
            assert not isinstance(parsed, ParsedReport), source
            continue
        found.add(member.name)
        assert source.fetched_at == member.fetched_at
        assert cells_of(parsed) == cells_of(read(member.file.data, member.file.path)) != {}
    assert found == members.keys()


def test_the_command_writes_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.corpus.formats import show

    monkeypatch.setattr("sys.argv", ["show", "--format", "html_site", "--seed", "3", "--out", str(tmp_path)])
    show.main()
    assert "政府信息公开" in (tmp_path / "html_site" / "3.html").read_text(encoding="utf-8")
