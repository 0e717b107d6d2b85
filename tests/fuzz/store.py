"""Targets of `pipeline/store` and of the tables that people edit: containers, manifests, corrections, dictionaries."""

from __future__ import annotations

import gzip
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from pathlib import Path

from pipeline.model import SourceFile
from pipeline.narrate.dictionary import FILES, dictionary_folder
from pipeline.narrate.practice_rows import practice_of
from pipeline.narrate.practice_tables import DictionaryError, Row, read_table
from pipeline.narrate.segmentation import SEGMENTATION_FILE, STOP_WORDS_FILE, segmentation_of, stop_words_of
from pipeline.read.fault import Fault
from pipeline.store import containers, manifest
from pipeline.store.addresses import normalised_time, normalised_url
from pipeline.store.corrections_file import CorrectionsWrong, read_corrections
from tests.conftest import ROOT, SAMPLE
from tests.corpus.sample_containers import Exchange, web_archive, zip_file
from tests.fuzz.target import LIMITS, Target, must

_MOST_READ = 20
"""Members of a container that are read, each."""
_numbers = count()


def _written(folder: str, name: str, data: bytes) -> Path:
    """The bytes as a file; each has a name of its own, for what is open is kept by its name."""
    path = Path(folder, f"{next(_numbers)}-{name}")
    path.write_bytes(data)
    return path


def _container(name: str) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        with tempfile.TemporaryDirectory(prefix="ogi-fuzz-") as folder:
            path = _written(folder, name, data)
            packing = containers.packing_of(path, name)
            if packing is None or packing == containers.GZIPPED:
                _fetched(path, SourceFile(name, "fuzz", packing=packing))
                return
            try:
                listed = containers.listing(path, packing, LIMITS)
            except (Fault, OSError):  # the second ends as "not accessible" of the inventory
                return
            names = [m.name for m in listed.members]
            must(len(set(names)) == len(names), "two members of one name")
            must(len(names) <= LIMITS.max_members, "more members than the limit", len(names))
            for m in listed.members[:_MOST_READ]:
                for said in (m.name, m.url, m.fetched_at, m.charset, m.reason, *listed.notes):
                    (said or "").encode("utf-8")
                source = SourceFile(name, "fuzz", name, m.name, m.url, m.fetched_at, packing, m.offset, m.within)
                _fetched(path, source)

    return run


def _fetched(path: Path, source: SourceFile) -> None:
    content = containers.fetch(path, source, LIMITS)
    must((content.data is None) == (content.fault is not None), "neither bytes nor a fault, or both")
    must(len(content.data or b"") <= LIMITS.max_bytes, "a document above the limit", len(content.data or b""))


def manifests(data: bytes) -> None:
    """The same bytes as a manifest in CSV, one in JSON Lines, and a sidecar."""
    files = tuple(SourceFile(f"2024/{x}.txt", "2024") for x in "ab")
    files += (SourceFile("2024/c.zip", "2024", "2024/c.zip", "d.txt", packing="zip"),)
    with tempfile.TemporaryDirectory(prefix="ogi-fuzz-") as folder:
        path = _written(folder, "manifest", data)
        for name in ("2024/manifest.csv", "2024/manifest.jsonl", "2024/a.txt.meta.json"):
            out, notes = manifest.apply([(name, path)], files, LIMITS)
            must([(f.path, f.member) for f in out] == [(f.path, f.member) for f in files], "documents changed")
            for f in out:
                must(f.url is None or normalised_url(f.url), "an address that is none", f.url)
                must(f.fetched_at is None or normalised_time(f.fetched_at) == f.fetched_at, "a time that is none")
            for place, said in notes:
                must(place and said, "a note that says nothing")
                f"{place}{said}".encode()


def corrections(data: bytes) -> None:
    with tempfile.TemporaryDirectory(prefix="ogi-fuzz-") as folder:
        try:
            found = read_corrections(_written(folder, "corrections.yml", data))
        except CorrectionsWrong as wrong:
            must(str(wrong), "a fault without words")
            return
    names = [c.correction_id for c in found]
    must(len(set(names)) == len(names), "two corrections of one name", names)
    must(all(0 <= c.new < 10**12 for c in found), "a correction that no cell can hold")


@cache
def _as_they_are() -> dict[str, tuple[Row, ...]]:
    return {name: tuple(read_table(dictionary_folder(), name, columns)) for name, columns in FILES.items()}


def dictionaries(data: bytes) -> None:
    """One table of the dictionaries, which the first byte chooses, beside the others as they are."""
    names = sorted(FILES)
    chosen = names[data[0] % len(names)] if data else names[0]
    folder = dictionary_folder()
    rows = dict(_as_they_are())
    try:
        with tempfile.TemporaryDirectory(prefix="ogi-fuzz-") as own:
            Path(own, chosen).write_bytes(data[1:])
            rows[chosen] = tuple(read_table(Path(own), chosen, FILES[chosen]))
        segmentation_of(folder, rows[SEGMENTATION_FILE])
        stop_words_of(folder, rows[STOP_WORDS_FILE])
        practice_of(folder, rows)
    except DictionaryError as wrong:
        must("line" in str(wrong) or "column" in str(wrong), "a fault without its place", str(wrong))


# ---- seeds -----------------------------------------------------------------------------------------------------------
def _zips() -> Iterator[bytes]:
    yield zip_file(
        [("报告.txt", "一、总体情况".encode()), ("b/c.html", b"<p>1</p>"), (".hidden", b"x")], named_in_gbk=["报告.txt"]
    )
    yield zip_file(
        [("a.txt", b"1"), ("a.txt", b"2"), ("in.zip", zip_file([("x", b"y")])), ("g.gz", gzip.compress(b"z"))]
    )
    yield zip_file([("word/document.xml", b"<a/>"), ("[Content_Types].xml", b"<a/>")])


def _warcs() -> Iterator[bytes]:
    packed = gzip.compress("<p>公开</p>".encode(), mtime=0)
    url = "http://example.invalid/"
    whole = web_archive(
        [
            Exchange(url + "a", "200 OK", "text/html; charset=gbk", "公开".encode("gbk")),
            Exchange(url + "b", "200 OK", "text/html", packed, (("Content-Encoding", "gzip"),)),
            Exchange(url + "c", "404 Not Found", "text/html", b"no"),
            Exchange(url + "d", "200 OK", "text/html", b"3\r\nabc\r\n0\r\n\r\n", (("Transfer-Encoding", "chunked"),)),
        ]
    )
    yield whole
    yield gzip.decompress(whole)


def _jsonl() -> Iterator[bytes]:
    records = [
        {"id": "1", "html": "<p>公开</p>", "url": "http://example.invalid/1"},
        {"text": "报告"},
        {"content": "\ud800"},
    ]
    plain = "\n".join(json.dumps(r) for r in records).encode() + b"\n{broken\n[1]\n\n"
    yield plain
    yield gzip.compress(plain, mtime=0)


def _parquets() -> Iterator[bytes]:
    import polars as pl

    for frame in (
        pl.DataFrame({"html": ["<p>公开</p>", None], "url": ["http://example.invalid/1", ""], "id": ["a", "a"]}),
        pl.DataFrame({"content": [b"\xff\xfe1", b""], "fetched_at": ["2024-01-01", "x"]}),
    ):
        out = io.BytesIO()
        frame.write_parquet(out, compression="uncompressed")
        yield out.getvalue()


def _manifests() -> Iterator[bytes]:
    yield (SAMPLE / "manifest.csv").read_bytes()
    yield b'path,url,fetched_at\na.txt,http://example.invalid/1,2024-05-06T10:30:00+08:00\n"c.zip!d.txt",x,y\n../a.txt,,\n'
    yield b'{"path": "a.txt", "url": "http://example.invalid/1"}\n{"path": "c.zip", "member": "d.txt", "fetched_at": 1}\n'
    yield b'{"url": "http://example.invalid/1", "fetched_at": "2024-05-06"}'


def _dictionaries() -> Iterator[bytes]:
    for number, name in enumerate(sorted(FILES)):
        lines = (dictionary_folder() / name).read_bytes().split(b"\n")
        yield bytes([number]) + b"\n".join(lines[:6]) + b"\n"


TARGETS = (
    Target("zip", _container("a.zip"), _zips),
    Target(
        "warc",
        _container("a.warc.gz"),
        _warcs,
        (
            "WARC/1.1\r\n",
            "Content-Length: ",
            "HTTP/1.1 200 OK\r\n",
            "WARC-Type: response\r\n",
            "WARC-Target-URI: ",
            "Content-Encoding: deflate\r\n",
            "Transfer-Encoding: chunked\r\n",
        ),
        is_text=True,
    ),
    Target(
        "jsonl",
        _container("a.jsonl"),
        _jsonl,
        ('{"html": "', '"url": ', '"id": ', '"fetched_at": ', "\\ud800", "null", "1e999"),
        is_text=True,
    ),
    Target("parquet", _container("a.parquet"), _parquets),
    Target(
        "manifest",
        manifests,
        _manifests,
        ("path,url,fetched_at\n", "http://", "2024-05-06T10:30:00+08:00", "!", "..", '"', "\\"),
        is_text=True,
    ),
    Target(
        "corrections",
        corrections,
        lambda: [(ROOT / "data" / "corrections.yml").read_bytes()],
        (
            "- id: ",
            "report: ",
            "cell: {table: applications, row: granted, column: total}",
            "old: ",
            "new: ",
            "&a ",
            "*a",
            "!!python/object:os.system ",
            "? ",
            "|\n",
            ">\n",
            "[",
            "{",
            "url: http://",
            "when: 2025-03-31",
        ),
        is_text=True,
    ),
    Target(
        "dictionaries",
        dictionaries,
        _dictionaries,
        ("[", "]", "|", "…", "^", "$", ":", '"', ",", "unless", "heading"),
        is_text=True,
    ),
)
