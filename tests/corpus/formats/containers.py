"""Files that hold many reports: ZIP, web archives (WARC, ISO 28500), JSON lines and Parquet of crawled pages."""

from __future__ import annotations

import gzip
import io
import json
import uuid
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tests.corpus.formats.registry import FormatFile, render_format
from tests.corpus.options import Options
from tests.corpus.rendering import render_report
from tests.corpus.truth import Truth

Pair = tuple[Truth, Options]
FORMATS_INSIDE = ("html_site", "docx", "html_gbk", "ofd", "html_word")
UTF8_NAME = 0x800
CONTENT_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".ofd": "application/octet-stream",
}


@dataclass(frozen=True, slots=True)
class Member:
    """A report in a container: the member's name or the page's address, when it was fetched, and the report itself."""

    name: str
    fetched_at: str | None
    file: FormatFile


@dataclass(frozen=True, slots=True)
class Container:
    """A container's bytes; `members` are the reports in it, in order. What else it holds is no report."""

    path: str
    data: bytes
    members: tuple[Member, ...]


def inside(pairs: Sequence[Pair]) -> list[FormatFile]:
    """The reports as files of changing formats."""
    return [render_format(t, FORMATS_INSIDE[i % len(FORMATS_INSIDE)], o) for i, (t, o) in enumerate(pairs)]


def address(truth: Truth, extension: str = ".html") -> str:
    day = truth.published_on
    return f"http://www.gov.example/zwgk/{day:%Y%m}/t{day:%Y%m%d}_{truth.seed}{extension}"


def fetched(truth: Truth) -> str:
    return f"{truth.published_on.isoformat()}T10:20:{truth.seed % 60:02d}Z"


class Named(zipfile.ZipInfo):
    """A member whose name is written in GBK without saying so, as compressing tools on Chinese Windows do."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits & ~UTF8_NAME


def zip_file(pairs: Sequence[Pair]) -> Container:
    """A ZIP file: every other member's name in GBK; beside the reports a folder and a picture cache."""
    members = []
    out = io.BytesIO()
    time = (2024, 3, 1, 8, 0, 0)
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("年报/", time), b"")
        for i, ((truth, _), file) in enumerate(zip(pairs, inside(pairs), strict=True)):
            extension = "." + file.path.rpartition(".")[2]
            name = f"年报/{truth.title}{truth.seed}{extension}"
            info = (Named if i % 2 else zipfile.ZipInfo)(name, time)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, file.data)
            members.append(Member(name, None, file))
        archive.writestr(zipfile.ZipInfo("年报/Thumbs.db", time), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    return Container("reports.zip", out.getvalue(), tuple(members))


def warc(pairs: Sequence[Pair], *, compressed: bool) -> Container:
    """A web archive: requests, a missing page and a style sheet among the responses with reports."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    writer = WARCWriter(out, gzip=compressed, warc_version="WARC/1.1")
    count = 0

    def headers(date: str) -> dict[str, str]:
        nonlocal count
        count += 1
        return {"WARC-Date": date, "WARC-Record-ID": f"<urn:uuid:{uuid.UUID(int=count)}>"}

    def exchange(url: str, date: str, status: str, http: list[tuple[str, str]], payload: bytes) -> None:
        asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "www.gov.example")], is_http_request=True)
        request = writer.create_warc_record(url, "request", http_headers=asked, warc_headers_dict=headers(date))
        writer.write_record(request)
        http = [*http, ("Content-Length", str(len(payload)))]
        answered = StatusAndHeaders(status, http, protocol="HTTP/1.1")
        response = writer.create_warc_record(
            url, "response", payload=io.BytesIO(payload), http_headers=answered, warc_headers_dict=headers(date)
        )
        writer.write_record(response)

    start = "2024-01-01T00:00:00Z"
    about = writer.create_warc_record(
        "",
        "warcinfo",
        payload=io.BytesIO(b"software: crawler/1.0\r\nformat: WARC File Format 1.1\r\n"),
        warc_content_type="application/warc-fields",
        warc_headers_dict=headers(start),
    )
    writer.write_record(about)
    members = []
    css = b".list li{line-height:30px}"
    exchange("http://www.gov.example/css/style.css", start, "200 OK", [("Content-Type", "text/css")], css)
    for i, ((truth, _), file) in enumerate(zip(pairs, inside(pairs), strict=True)):
        extension = "." + file.path.rpartition(".")[2]
        url, payload = address(truth, extension), file.data
        http = [("Content-Type", CONTENT_TYPES[extension])]
        if i % 3 == 0:
            payload = gzip.compress(payload, mtime=0)
            http.append(("Content-Encoding", "gzip"))
        exchange(url, fetched(truth), "200 OK", http, payload)
        members.append(Member(url, fetched(truth), file))
    gone = "<html><body><h1>404</h1>您访问的页面不存在</body></html>".encode()
    missing = [("Content-Type", "text/html; charset=utf-8")]
    exchange("http://www.gov.example/zwgk/nb.html", start, "404 Not Found", missing, gone)
    return Container("crawl.warc.gz" if compressed else "crawl.warc", out.getvalue(), tuple(members))


def crawled(pairs: Sequence[Pair]) -> tuple[list[dict[str, str | None]], tuple[Member, ...]]:
    """Rows of a crawl, with the page's markup or its text, in turns."""
    rows: list[dict[str, str | None]] = []
    members = []
    for i, (truth, options) in enumerate(pairs):
        file = render_format(truth, "html_site", options)
        text, markup = None, None
        if i % 2:
            plain = render_report(truth, "pipes_padded", replace(options, charset="utf-8", newline="\n"))
            text = plain.text
            file = FormatFile(f"{truth.seed}.txt", plain.data, plain.gold, plain.metadata, plain.dates)
        else:
            markup = file.data.decode("utf-8")
        rows.append({"url": address(truth), "fetched_at": fetched(truth), "text": text, "html": markup})
        members.append(Member(address(truth), fetched(truth), file))
    return rows, tuple(members)


def jsonl(pairs: Sequence[Pair]) -> Container:
    """One JSON object a line: url, fetched_at, and text or html."""
    rows, members = crawled(pairs)
    lines = (json.dumps({k: v for k, v in r.items() if v is not None}, ensure_ascii=False) + "\n" for r in rows)
    return Container("crawl.jsonl", "".join(lines).encode("utf-8"), members)


def parquet(pairs: Sequence[Pair]) -> Container:
    """The same columns in Parquet."""
    import polars as pl

    rows, members = crawled(pairs)
    out = io.BytesIO()
    pl.DataFrame(rows, schema=dict.fromkeys(("url", "fetched_at", "text", "html"), pl.String)).write_parquet(out)
    return Container("crawl.parquet", out.getvalue(), members)


CONTAINERS: dict[str, Callable[[Sequence[Pair]], Container]] = {
    "zip": zip_file,
    "warc": lambda pairs: warc(pairs, compressed=False),
    "warc_gz": lambda pairs: warc(pairs, compressed=True),
    "jsonl": jsonl,
    "parquet": parquet,
}


def render_container(pairs: Sequence[Pair], name: str) -> Container:
    """The reports in one container: zip, warc, warc_gz, jsonl, parquet."""
    return CONTAINERS[name](pairs)
