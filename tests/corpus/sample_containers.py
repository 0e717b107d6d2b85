"""The containers of data/sample: a ZIP with names in GBK and a ZIP inside, a web archive, JSON Lines with a broken line."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from tests.corpus.formats.containers import Named

DAY = "2024-05-06T02:30:00Z"
TIME = (2024, 5, 6, 10, 30, 0)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a server answered: the address, the status line, the media type, the body, further headers."""

    url: str
    status: str
    media_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


def zip_file(members: Sequence[tuple[str, bytes]], *, named_in_gbk: Sequence[str] = ()) -> bytes:
    """A ZIP with fixed times; names in GBK without a word about it, as old Chinese programs write them, where asked for."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members:
            info = (Named if name in named_in_gbk else zipfile.ZipInfo)(name, TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()


def web_archive(exchanges: Sequence[Exchange]) -> bytes:
    """A WARC (ISO 28500), gzip record by record, with the request before each response."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="WARC/1.1")
    for i, e in enumerate(exchanges):
        asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", e.url.split("/")[2])], is_http_request=True)
        http = [("Content-Type", e.media_type), *e.headers, ("Content-Length", str(len(e.body)))]
        answered = StatusAndHeaders(e.status, http, protocol="HTTP/1.1")
        for n, (kind, headers, body) in enumerate((("request", asked, b""), ("response", answered, e.body))):
            warc = {"WARC-Date": DAY, "WARC-Record-ID": f"<urn:uuid:{uuid.UUID(int=2 * i + n + 1)}>"}
            record = writer.create_warc_record(
                e.url, kind, payload=io.BytesIO(body), http_headers=headers, warc_headers_dict=warc
            )
            writer.write_record(record)
    return out.getvalue()


def json_lines(records: Sequence[dict[str, str]], *, broken: str) -> bytes:
    """A record a line; behind them a line that breaks off."""
    lines = [json.dumps(r, ensure_ascii=False) for r in records]
    return "\n".join((*lines, broken, "")).encode()
