"""Every member of a container is a document: listed before anything is read, told by content, read without unpacking."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
import zlib
from pathlib import Path

import polars as pl
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.limits import Limits
from pipeline.store import containers, corpus, inventory, ledger
from pipeline.store.layout import Layout
from tests.corpus.rendering import render_report
from tests.corpus.truth import random_truth
from tests.store.fakes import PARSER as FAKE

LAYOUT = "word_tabs"
URL = "http://www.example.gov.cn/report.html"


def take(root: Path, limits: Limits | None = None) -> list[tuple[str, str | None, bytes | str]]:
    """What a folder yields: path, member, and the bytes that a reader would get, or the reason code."""
    out: list[tuple[str, str | None, bytes | str]] = []
    for f in inventory.take(root, limits).files:
        content = containers.fetch(root / f.path, f, limits or Limits())
        if content.data is None:
            assert content.fault is not None
            out.append((f.path, f.member, content.fault.reason_code))
        else:
            out.append((f.path, f.member, content.data))
    return out


def zipped(*members: tuple[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in members:
            z.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def warc(*records: tuple[str, str, list[tuple[str, str]], bytes], per_record: bool = True, url: str = URL) -> bytes:
    """A WARC file; records are (type, status line, HTTP headers, body as sent)."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=per_record)
    writer.write_record(writer.create_warcinfo_record("crawl", {"software": "a crawler"}))
    for n, (kind, status, headers, body) in enumerate(records):
        http = StatusAndHeaders(status, headers, protocol="HTTP/1.1") if status else None
        record = writer.create_warc_record(
            f"{url}?{n}",
            kind,
            payload=io.BytesIO(body),
            http_headers=http,
            warc_content_type="" if status else "text/html",
            warc_headers_dict={"WARC-Date": f"2024-03-0{n % 9 + 1}T08:00:00Z"},
        )
        writer.write_record(record)
    return out.getvalue()


HTML = [("Content-Type", "text/html; charset=GBK")]


def page(body: bytes, *headers: tuple[str, str]) -> tuple[str, str, list[tuple[str, str]], bytes]:
    return "response", "200 OK", [*HTML, *headers], body


# ---- the same report in every container ---------------------------------------------------------------------------
def test_reports_give_the_same_cells_from_files_and_from_every_container(tmp_path: Path) -> None:
    reports = [render_report(random_truth(seed), LAYOUT).data for seed in (1, 2)]
    texts = [r.decode("utf-8") for r in reports]
    root = tmp_path / "in"
    root.mkdir()
    for n, data in enumerate(reports):
        (root / f"{n}.txt").write_bytes(data)
        (root / f"{n}.txt.gz").write_bytes(gzip.compress(data))
    (root / "a.zip").write_bytes(zipped(*((f"{n}.txt", r) for n, r in enumerate(reports))))
    (root / "b.warc.gz").write_bytes(warc(*(page(r) for r in reports)))
    (root / "c.warc.gz").write_bytes(gzip.compress(warc(*(page(r) for r in reports), per_record=False)))
    lines = "".join(json.dumps({"text": t, "url": f"{URL}?line{n}"}) + "\n" for n, t in enumerate(texts))
    (root / "d.jsonl").write_text(lines, encoding="utf-8")
    (root / "e.ndjson.gz").write_bytes(gzip.compress(lines.encode()))
    pl.DataFrame({"text": texts}).write_parquet(root / "f.parquet")
    layout = Layout(tmp_path / "out")
    taken = inventory.take(root)
    corpus.write_inventory(layout, taken, taken.intakes)
    sources = corpus.read_inventory(layout)
    assert set(sources) == set(taken.files)
    ledger.bring_up_to_date(layout, taken.root, sources, limits=Limits())
    documents = corpus.rows(layout, "documents").collect()
    assert documents.height == 4 + 6 * 2 and set(documents["outcome"]) == {"parsed"}
    assert documents["report_id"].n_unique() == documents.height
    assert documents["content_sha256"].n_unique() == 2, "the same bytes, however they were packed"
    cells = corpus.rows(layout, "cells").collect().join(documents.select("report_id", "content_sha256"), on="report_id")
    of_each = (
        cells.sort("table_code", "row_code", "column_code")
        .group_by("content_sha256", "report_id")
        .agg(
            pl.struct("table_code", "row_code", "column_code", "printed", "value", "obs_status", "locator").alias(
                "cells"
            )
        )
    )
    for _, group in of_each.group_by("content_sha256"):
        assert group.height == 8 and group["cells"].n_unique() == 1
    assert documents.filter(source_path="d.jsonl").sort("member").select(
        "container_path", "member", "source_url", "intake"
    ).rows() == [("d.jsonl", "line 1", f"{URL}?line0", "unsorted"), ("d.jsonl", "line 2", f"{URL}?line1", "unsorted")]
    assert documents.filter(source_path="b.warc.gz").sort("member")["fetched_at"].to_list() == [
        "2024-03-01T08:00:00Z",
        "2024-03-02T08:00:00Z",
    ]
    kept = corpus.tell_duplicates(documents).filter(outcome="parsed")
    assert list(kept["source_path"]) == ["b.warc.gz"] * 2, "the copies that have an address, the smallest path of them"


# ---- ZIP ----------------------------------------------------------------------------------------------------------
def test_names_in_a_zip_are_names_whatever_they_say(tmp_path: Path) -> None:
    names = (
        "年报/甲局.txt",
        "../../up.txt",
        "/etc/absolute.txt",
        r"c:\folder\back.txt",
        "twice.txt",
        "twice.txt",
        "twice.txt#2",
    )
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped(*((n, f"{i}") for i, n in enumerate(names)))
    (tmp_path / "a.zip").write_bytes(data)
    assert [(m, d) for _, m, d in take(tmp_path)] == [
        ("年报/甲局.txt", b"0"),
        ("../../up.txt", b"1"),
        ("/etc/absolute.txt", b"2"),
        (r"c:\folder\back.txt", b"3"),
        ("twice.txt", b"4"),
        ("twice.txt#2", b"5"),
        ("twice.txt#2#2", b"6"),
    ]
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_without_the_utf_8_flag_are_read_in_the_encoding_that_fits(tmp_path: Path, encoding: str) -> None:
    raw = "某市年报.txt".encode(encoding)
    stand_in = "x" * len(raw)
    data = zipped((stand_in, "text")).replace(stand_in.encode(), raw)
    (tmp_path / "a.zip").write_bytes(data)
    assert take(tmp_path) == [("a.zip", "某市年报.txt", b"text")]


def test_folders_and_hidden_files_in_a_zip_are_no_documents_and_are_said(tmp_path: Path) -> None:
    names = ("a/", "a/b.txt", "__MACOSX/a/._b.txt", "a/.DS_Store", ".git/config")
    (tmp_path / "a.zip").write_bytes(zipped(*((n, "") if n.endswith("/") else (n, "text") for n in names)))
    assert [m for _, m, _ in take(tmp_path)] == ["a/b.txt"]
    assert inventory.take(tmp_path).skipped == (("a.zip", "3 hidden members left out (names with a dot, __MACOSX)"),)


@pytest.mark.parametrize("mark", ["word/document.xml", "OFD.xml", "[Content_Types].xml", "mimetype"])
def test_a_zip_that_is_one_document_is_no_container(tmp_path: Path, mark: str) -> None:
    data = zipped(("docProps/app.xml", "x"), (mark, "x"))
    (tmp_path / "a.docx").write_bytes(data)
    (tmp_path / "b.zip").write_bytes(zipped(("report.docx", data)))
    (tmp_path / "c.docx").write_bytes(data[:60])
    assert take(tmp_path) == [("a.docx", None, data), ("b.zip", "report.docx", data), ("c.docx", None, data[:60])]


def test_what_a_file_is_its_content_tells(tmp_path: Path) -> None:
    (tmp_path / "a zip.txt").write_bytes(zipped(("x.txt", "x")))
    (tmp_path / "b text.zip").write_text("a text")
    (tmp_path / "c lines.txt").write_text('{"text": "x"}\n')
    (tmp_path / "d text.jsonl").write_text("a text")
    (tmp_path / "e warc").write_bytes(warc(page(b"x")))
    (tmp_path / "f").write_bytes(gzip.compress(b"a text") + gzip.compress(b" in two members") + b"\0" * 512)
    (tmp_path / "g.jsonl").touch()
    assert take(tmp_path) == [
        ("a zip.txt", "x.txt", b"x"),
        ("b text.zip", None, b"a text"),
        ("c lines.txt", None, b'{"text": "x"}\n'),
        ("d text.jsonl", None, b"a text"),
        ("e warc", f"{URL}?0", b"x"),
        ("f", None, b"a text in two members"),
        ("g.jsonl", None, b""),
    ]


def test_a_container_inside_another_is_not_opened(tmp_path: Path) -> None:
    inner = zipped(("x.txt", "x"))
    lines = '{"text": "x"}\n'
    members = {
        "a.zip": inner,
        "b.warc": warc(page(b"x"), per_record=False),
        "c.jsonl": lines.encode(),
        "d.zip.gz": gzip.compress(inner),
        "e.gz": gzip.compress(gzip.compress(b"text")),
        "f.txt.gz": gzip.compress(b"text"),
    }
    (tmp_path / "outer.zip").write_bytes(zipped(*members.items()))
    (tmp_path / "outer.zip.gz").write_bytes(gzip.compress(inner))
    nested = "nested_container"
    assert [(m, d) for _, m, d in take(tmp_path)] == [
        *((name, nested) for name in ("a.zip", "b.warc", "c.jsonl", "d.zip.gz", "e.gz")),
        ("f.txt.gz", b"text"),
        (None, nested),
    ]


# ---- WARC ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("packing", ["plain", "per record", "whole"])
def test_documents_of_a_warc_with_their_encodings_undone(tmp_path: Path, packing: str) -> None:
    body = "某局年报".encode("gbk") * 50
    bare = zlib.compressobj(wbits=-15)
    chunks = b"5;x=1\r\n" + body[:5] + b"\r\n" + f"{len(body) - 5:x}\r\n".encode() + body[5:] + b"\r\n0\r\n\r\n"
    data = warc(
        page(body),
        page(gzip.compress(body), ("Content-Encoding", "gzip")),
        page(zlib.compress(body), ("Content-Encoding", "deflate")),
        page(bare.compress(body) + bare.flush(), ("Content-Encoding", "deflate")),
        page(chunks, ("Transfer-Encoding", "chunked")),
        page(body, ("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")),
        ("resource", "", [], body),
        page(b"\x1b\x03\x00\xf8\x8d\x94\x06", ("Content-Encoding", "br")),
        page(gzip.compress(body)[:-20], ("Content-Encoding", "gzip")),
        per_record=packing == "per record",
    )
    (tmp_path / "a.warc").write_bytes(gzip.compress(data) if packing == "whole" else data)
    taken = inventory.take(tmp_path).files
    assert [d for _, _, d in take(tmp_path)] == [body] * 7 + ["unsupported_format", "damaged"]
    assert [(f.member, f.url, f.fetched_at, f.charset) for f in taken[:2]] == [
        (f"{URL}?0", f"{URL}?0", "2024-03-01T08:00:00Z", "gbk"),
        (f"{URL}?1", f"{URL}?1", "2024-03-02T08:00:00Z", "gbk"),
    ]
    backward = [containers.fetch(tmp_path / "a.warc", f, Limits()).data for f in reversed(taken[:7])]
    assert backward == [body] * 7


def test_what_is_no_document_in_a_warc_is_left_out_and_said(tmp_path: Path) -> None:
    data = warc(
        ("request", "GET / HTTP/1.1", [("Host", "x")], b""),
        ("response", "302 Found", [("Location", "/")], b""),
        ("response", "404 Not Found", HTML, b"nothing"),
        ("revisit", "200 OK", HTML, b""),
        ("response", "200 OK", [("Content-Type", "image/png")], b"\x89PNG"),
        ("metadata", "", [], b"fetchTimeMs: 1"),
        ("response", "200 OK", [], b"no type"),
        ("conversion", "", [], b"text of a page"),
    )
    (tmp_path / "a.warc.gz").write_bytes(data)
    assert [d for _, _, d in take(tmp_path)] == [b"no type"]
    assert inventory.take(tmp_path).skipped == (
        (
            "a.warc.gz",
            "records left out: 1 of type 'conversion', 1 pictures, style sheets, scripts and the like, "
            "2 responses without status 200",
        ),
    )


def test_a_page_fetched_twice_is_two_documents(tmp_path: Path) -> None:
    data = warc(page(b"first"), url=URL) + warc(page(b"second"), url=URL)
    (tmp_path / "a.warc.gz").write_bytes(data)
    assert [(m, d) for _, m, d in take(tmp_path)] == [(f"{URL}?0", b"first"), (f"{URL}?0#2", b"second")]


@pytest.mark.parametrize("per_record", [True, False])
def test_a_warc_that_breaks_off_keeps_what_came_before(tmp_path: Path, per_record: bool) -> None:
    bodies = [bytes([65 + i]) * 3000 for i in range(3)]
    data = warc(*(page(b) for b in bodies), per_record=per_record)
    (tmp_path / "a.warc.gz").write_bytes(data[:-40])
    assert take(tmp_path) == [
        ("a.warc.gz", f"{URL}?0", bodies[0]),
        ("a.warc.gz", f"{URL}?1", bodies[1]),
        ("a.warc.gz", "record 4", "damaged"),
    ]


# ---- JSON Lines and Parquet ---------------------------------------------------------------------------------------
def test_records_of_json_lines_and_broken_ones(tmp_path: Path) -> None:
    lines = (
        b'\xef\xbb\xbf{"id": "r-1", "html": "<p>x</p>", "text": "y", "fetched_at": "2024-03-01T10:00:00+08:00"}',
        b'{"text": "breaks o',
        b"",
        b'{"content": "\\u653f\\ud83d", "html": " "}',
        b'{"url": "http://x.cn"}',
        b"[1]",
        b"[" * 100_000,
        b'{"a": [' + b"[]," * 1_000_000 + b'0], "text": "x"}',
        '{"id": 7, "text": "国标"}'.encode("gb18030"),
        b'{"id": "r-1", "text": "last"}',
    )
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines))
    assert [(m, d) for _, m, d in take(tmp_path)] == [
        ("r-1", b"<p>x</p>"),
        ("line 2", "damaged"),
        ("line 4", "政?".encode()),
        ("line 5", "damaged"),
        ("line 6", "damaged"),
        ("line 7", "damaged"),
        ("line 8", "too_complex"),
        ("7", "国标".encode()),
        ("r-1#2", b"last"),
    ]
    assert inventory.take(tmp_path).files[0].fetched_at == "2024-03-01T02:00:00Z"


def test_rows_of_parquet_over_several_row_groups(tmp_path: Path) -> None:
    pl.DataFrame(
        {
            "id": [None, "b", "b", None],
            "url": ["HTTP://X.cn/1#top", None, None, "no address"],
            "fetched_at": pl.Series(["2024-03-01 10:00", None, None, None]).str.to_datetime("%Y-%m-%d %H:%M"),
            "html": [b"<p>\xd5\xfe</p>", None, None, b"x" * 200],
            "text": ["", "乙", None, "too long"],
        }
    ).write_parquet(tmp_path / "a.parquet", row_group_size=2)
    assert [(m, d) for _, m, d in take(tmp_path, Limits(max_bytes=100))] == [
        ("row 1", b"<p>\xd5\xfe</p>"),
        ("b", "乙".encode()),
        ("b#2", "damaged"),
        ("row 4", "too_large"),
    ]
    taken = inventory.take(tmp_path)
    assert [(f.url, f.fetched_at) for f in taken.files] == [
        ("HTTP://X.cn/1#top", "2024-03-01T10:00:00Z"),
        (None, None),
        (None, None),
        (None, None),
    ]
    assert taken.skipped == (("a.parquet", "1 members with a url or fetched_at that is none: they stay empty"),)


# ---- hostile ------------------------------------------------------------------------------------------------------
def encrypted_zip() -> bytes:
    data = bytearray(zipped(("secret.txt", "x" * 100), ("open.txt", "y")))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    return bytes(data)


def test_protected_members_are_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(encrypted_zip())
    assert take(tmp_path) == [("a.zip", "secret.txt", "encrypted"), ("a.zip", "open.txt", b"y")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.zip", zipped(("a.txt", "x" * 100))[:80]),
        ("a.zip", zipped()),
        ("a.zip", zipped((".hidden", "x"))),
        ("a.parquet", b"PAR1 and nothing else"),
        ("a.warc", b"WARC/1.0\r\nWARC-Type: response\r\n"),
        ("a.warc", warc(per_record=False)),
        ("a.jsonl", b'{"name": "x"}\n{"name": "y"}\n'),
    ],
    ids=["cut", "empty", "hidden only", "no parquet", "cut header", "no response", "other records"],
)
def test_a_container_without_documents_is_one_document_that_cannot_be_read(
    tmp_path: Path, name: str, data: bytes
) -> None:
    (tmp_path / name).write_bytes(data)
    if name == "a.warc" and b"\r\n\r\n" not in data:
        assert take(tmp_path) == [(name, "record 1", "damaged")]
        return
    assert take(tmp_path) == [(name, None, "unreadable_container")]


def test_parquet_without_a_text_is_refused_with_what_it_needs(tmp_path: Path) -> None:
    pl.DataFrame({"url": [URL], "text": [1]}).write_parquet(tmp_path / "a.parquet")
    (found,) = inventory.take(tmp_path).files
    assert found.reason_code == "unreadable_container" and "html, text, content" in (found.reason or "")


@pytest.mark.parametrize("kind", ["zip", "jsonl", "warc", "parquet"])
def test_a_container_with_too_many_members_is_refused(tmp_path: Path, kind: str) -> None:
    if kind == "zip":
        (tmp_path / "a.zip").write_bytes(zipped(*((f"{i}.txt", "x") for i in range(6))))
    elif kind == "jsonl":
        (tmp_path / "a.jsonl").write_text('{"text": "x"}\n' * 6)
    elif kind == "warc":
        (tmp_path / "a.warc").write_bytes(warc(*[page(b"x")] * 6))
    else:
        pl.DataFrame({"text": ["x"] * 6}).write_parquet(tmp_path / "a.parquet")
    (found,) = inventory.take(tmp_path, Limits(max_members=5)).files
    assert found.reason_code == "unreadable_container" and "limit" in (found.reason or "")
    assert len(inventory.take(tmp_path, Limits(max_members=6)).files) == 6


def test_members_that_overlap_are_refused(tmp_path: Path) -> None:
    """The bomb that quotes the same packed bytes again and again."""
    data = zipped(("a.txt", "x" * 5000), method=zipfile.ZIP_STORED)
    directory = data[data.index(b"PK\x01\x02") : data.index(b"PK\x05\x06")]
    start = data.index(b"PK\x01\x02")
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 50, 50, 50 * len(directory), start, 0)
    (tmp_path / "a.zip").write_bytes(data[:start] + directory * 50 + end)
    (found,) = inventory.take(tmp_path).files
    assert found.reason_code == "unreadable_container" and "overlap" in (found.reason or "")


def test_a_member_that_lies_about_its_size_is_not_unpacked_beyond_the_limit(tmp_path: Path) -> None:
    bomb = bytearray(zipped(("a.txt", b"\0" * 5_000_000), ("b.txt", "good")))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        where = bomb.index(mark) + at
        bomb[where : where + 4] = (50).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(bomb)
    (tmp_path / "b.zip").write_bytes(zipped(("a.txt", b"\0" * 5_000_000), ("b.txt", "good")))
    assert take(tmp_path, Limits(max_bytes=1_000_000)) == [
        ("a.zip", "a.txt", "damaged"),
        ("a.zip", "b.txt", b"good"),
        ("b.zip", "a.txt", "too_large"),
        ("b.zip", "b.txt", b"good"),
    ]


def test_gzip_that_unpacks_to_too_much_ends_as_too_large_or_damaged(tmp_path: Path) -> None:
    zeros = gzip.compress(b"\0" * 30_000_000)
    (tmp_path / "a.txt.gz").write_bytes(zeros)
    (tmp_path / "b.warc").write_bytes(warc(page(zeros, ("Content-Encoding", "gzip")), page(b"good")))
    line = gzip.compress(b'{"text": "' + b"a" * 9_000_000 + b'"}\n{"text": "good"}\n')
    (tmp_path / "c.jsonl.gz").write_bytes(line)
    (tmp_path / "d.txt.gz").write_bytes(gzip.compress(b"text" * 100)[:-10])
    assert take(tmp_path, Limits(max_bytes=1_000_000)) == [
        ("a.txt.gz", None, "too_large"),
        ("b.warc", f"{URL}?0", "too_large"),
        ("b.warc", f"{URL}?1", b"good"),
        ("c.jsonl.gz", "line 1", "too_large"),
        ("c.jsonl.gz", "line 2", b"good"),
        ("d.txt.gz", None, "damaged"),
    ]


def test_blank_lines_without_end_are_no_work_without_end(tmp_path: Path) -> None:
    """Packed, gigabytes of them take no room."""
    blank = b"\r\n" * 200
    spaces = b" " * 3_000_000 + b"\n"
    jsonl = b'{"text": "good"}\n' + blank + b'{"text": "behind"}\n'
    crawl = warc(page(b"good"), per_record=False) + blank + warc(page(b"behind"), per_record=False)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(jsonl))
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(b'{"text": "good"}\n' + spaces + b'{"text": "behind"}\n'))
    (tmp_path / "b.warc.gz").write_bytes(gzip.compress(crawl))
    assert [what for *_, what in take(tmp_path, Limits(max_members=10, max_unpacked=2_000_000))] == [
        b"good",
        "too_complex",
    ] * 3
    assert [what for *_, what in take(tmp_path, Limits(max_members=50))] == [b"good", b"behind"] * 3


def test_a_member_that_kills_or_hangs_its_reader_is_one_row_and_the_rest_is_read(tmp_path: Path) -> None:
    members = {"a.txt": "甲局", "b.txt": "die", "c.txt": "hang", "d.txt": "乙局"}
    root = tmp_path / "in"
    root.mkdir()
    (root / "a.zip").write_bytes(zipped(*members.items()))
    taken = inventory.take(root)
    layout = Layout(tmp_path / "out")
    corpus.write_inventory(layout, taken, taken.intakes)
    ledger.bring_up_to_date(layout, taken.root, taken.files, parser=FAKE, limits=Limits(max_seconds=3))
    documents = corpus.rows(layout, "documents").collect().sort("member")
    assert documents.select("member", "outcome", "reason_code").rows() == [
        ("a.txt", "parsed", None),
        ("b.txt", "unreadable", "reader_failed"),
        ("c.txt", "unreadable", "timed_out"),
        ("d.txt", "parsed", None),
    ]
    assert documents["content_sha256"].null_count() == 0


def test_a_member_that_is_gone_when_it_is_read_is_damaged_not_another(tmp_path: Path) -> None:
    for name, data, other in (
        ("a.zip", zipped(("a.txt", "x"), ("b.txt", "y")), zipped(("c.txt", "z"))),
        ("b.jsonl", b'{"text": "x"}\n{"text": "y"}\n', b'{"text": "z"}\n'),
        ("c.warc.gz", warc(page(b"x"), page(b"y")), warc()),
    ):
        (tmp_path / name).write_bytes(data)
        last = inventory.take(tmp_path).files[-1]
        (tmp_path / name).write_bytes(other)
        fault = containers.fetch(tmp_path / name, last, Limits()).fault
        assert fault is not None and fault.reason_code == "damaged", name
