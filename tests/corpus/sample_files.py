"""The documents of data/sample that are files of a format, members of a container or troubles of a format, with answers."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from tests.corpus import expected_flags, gold, odd_files, sample_containers, sample_formats
from tests.corpus.dates import Mention
from tests.corpus.formats import FORMATS, FormatFile
from tests.corpus.formats.blocks import outline
from tests.corpus.layouts import LAYOUTS
from tests.corpus.make_files import is_made, made, name_of
from tests.corpus.rendering import render_report
from tests.corpus.sample_containers import Exchange
from tests.corpus.sample_formats import FormatSample

SITE = "http://www.gov.example/zwgk/"
ADDRESSES = {
    "2023/subdistrict_2022.html": (f"{SITE}t20230118_52.html", "2024-05-06T10:20:00+08:00", "2024-05-06T02:20:00Z"),
    "2024/subdistrict_2023.pdf": (f"{SITE}P20240122_53.pdf", "2024-05-06", "2024-05-06"),
    "2024/same_page_2023.html": (f"{SITE}t20240119_61.html", "2024-05-06T02:21:00Z", "2024-05-06T02:21:00Z"),
    "2024/same_attachment_2023.docx": (f"{SITE}P20240119_61.docx", "2024-05-06T02:21:05Z", "2024-05-06T02:21:05Z"),
    "2024/address_one_2023.html": (f"{SITE}nb/t20240126_62.html", "2024-05-06T02:22:00Z", "2024-05-06T02:22:00Z"),
    "2024/address_two_2023.html": ("http://fgw.gov.example/t20240126_62.html", "2024-05-07", "2024-05-07"),
    "batch.zip!年报/卫健委_2023.html": (f"{SITE}t20240201_63.html", "", ""),
}
"""Address and time as the manifest tells them, and the time as it comes out (UTC)."""
SIDECAR = ("2024/town_2024.ofd", "http://www.gov.example/by/P20250117_52.ofd", "2025-02-03T01:00:00Z")


@dataclass(frozen=True, slots=True)
class Written:
    """A document of the sample with its answers; `cells` None where it yields no report.

    `data` are the file's bytes, of a `member` those of its container. `kept` is the document that stands for a duplicate.
    """

    path: str
    data: bytes
    outcome: str = "parsed"
    reason_code: str = ""
    cells: tuple[gold.GoldCell, ...] | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    dates: tuple[Mention, ...] = ()
    flags: tuple[tuple[str, ...], ...] = ()
    member: str = ""
    kept: str = ""
    source_url: str = ""
    fetched_at: str = ""

    @property
    def stem(self) -> str:
        """The name of the document's gold: the last part of its path or of its member's name, without the extension."""
        return PurePosixPath(self.member or self.path).stem

    @property
    def name(self) -> str:
        return f"{self.path}!{self.member}" if self.member else self.path


def file_of(s: FormatSample) -> FormatFile:
    """A sample's file and its answers."""
    if s.format in LAYOUTS:
        text = render_report(s.truth, s.format, s.options)
        return FormatFile(s.path, text.data, text.gold, text.metadata, text.dates)
    report, facts = outline(s.truth, s.options), dict[str, str]()
    write = None if is_made(s) else FORMATS[s.format].write
    if write is None:
        data = made(s)
    else:
        done = write(report)
        data, facts = done.data, done.facts
    return FormatFile(s.path, data, report.gold, report.metadata | facts, report.dates)


def answered(s: FormatSample, file: FormatFile, path: str, data: bytes, member: str = "") -> Written:
    """A report that is read."""
    metadata = tuple((file.metadata | {"division_code": s.division}).items())
    flags = tuple(expected_flags.rows(s, file))
    return Written(path, data, "parsed", "", file.gold, metadata, file.dates, flags, member=member)


def reports() -> list[Written]:
    """Files of their own. What only a recogniser can read has its cells, but is not read without one."""
    out = []
    left_out = {worse.path: better.path for better, worse in sample_formats.twice()}
    for s in sample_formats.files():
        file = file_of(s)
        if s.path in left_out:
            out.append(Written(s.path, file.data, "duplicate", "same_report", kept=left_out[s.path]))
        elif s.format in ("scan", "picture"):
            cells = file.gold if s.format == "scan" else None
            out.append(Written(s.path, file.data, "unreadable", "needs_ocr", cells))
        else:
            out.append(answered(s, file, s.path, file.data))
    return out


def troubles() -> list[Written]:
    """One of each kind of trouble that only a format can have."""
    locked = sample_formats.encrypted()
    whole = next(made(s) for s in sample_formats.files() if name_of(s) == "zone_2022.pdf")
    organ, bad, none = sample_formats.VILLAGE.name, "unreadable", "not_a_report"
    return [
        Written(locked.path, made(locked), bad, "encrypted"),
        Written("2024/cut_off_2022.pdf", whole[:40_000], bad, "damaged"),
        Written("2024/pictures_2024.html", odd_files.pictures(organ, 2024), bad, "only_images"),
        Written("2024/template_2024.html", odd_files.template(), bad, "unfilled_template"),
        Written("2024/workbook_2024.xlsx", odd_files.workbook((2024, 12, 0, 3)), bad, "unsupported_format"),
        Written(
            "2024/attachment_page_2022.html", odd_files.attachment_only(organ, 2022), none, "only_links_attachment"
        ),
    ]


def members() -> list[Written]:
    """What lies in the containers, reports or not."""
    within = {path: [(s, file_of(s)) for s in of] for path, of in sample_formats.members().items()}
    packed = {
        "batch.zip": zipped(within["batch.zip"]),
        "crawl.warc.gz": crawled(within["crawl.warc.gz"]),
        "records.jsonl": recorded(within["records.jsonl"]),
    }
    out = [answered(s, f, path, packed[path], s.path) for path, of in within.items() for s, f in of]
    day = sample_containers.DAY
    out = [
        replace(w, source_url=w.member if "//" in w.member else f"{SITE}{w.member}.html", fetched_at=day)
        if w.path != "batch.zip"
        else w
        for w in out
    ]
    return [
        *out,
        Written("batch.zip", packed["batch.zip"], "unreadable", "nested_container", member=OLDER),
        Written(
            "crawl.warc.gz",
            packed["crawl.warc.gz"],
            "not_a_report",
            "only_links_attachment",
            member=LINK,
            source_url=LINK,
            fetched_at=day,
        ),
        Written("records.jsonl", packed["records.jsonl"], "unreadable", "damaged", member="line 3"),
    ]


OLDER = "年报/2021年及以前.zip"
LINK = f"{SITE}crawled_link_2024.html"
Packed = list[tuple[FormatSample, FormatFile]]


def zipped(reports: Packed) -> bytes:
    older = sample_containers.zip_file([("2021.html", odd_files.attachment_only(sample_formats.HEALTH.name, 2021))])
    files = [(s.path, f.data) for s, f in reports]
    gbk = [name for name, _ in files if name.endswith(".docx")]
    hidden = ("__MACOSX/._2022.docx", b"\0\5\x16\7")
    return sample_containers.zip_file([*files, (OLDER, older), hidden], named_in_gbk=gbk)


def crawled(reports: Packed) -> bytes:
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    page = "text/html; charset=utf-8"
    gone = odd_files.page("404", "<h1>您访问的页面不存在</h1>")
    moved = (("Location", f"{SITE}crawled_page_2022.html"),)
    link = odd_files.attachment_only(sample_formats.SCHOOLS.name, 2024)
    return sample_containers.web_archive(
        [
            Exchange(f"{SITE}nb.html", "302 Found", page, b"", moved),
            *(Exchange(s.path, "200 OK", word if s.format == "docx" else page, f.data) for s, f in reports),
            Exchange(f"{SITE}style.css", "200 OK", "text/css", b".list li{line-height:30px}"),
            Exchange(LINK, "200 OK", page, link),
            Exchange(f"{SITE}nb_2021.html", "404 Not Found", page, gone),
        ]
    )


def recorded(reports: Packed) -> bytes:
    records = [
        {
            "id": s.path,
            "url": f"{SITE}{s.path}.html",
            "fetched_at": sample_containers.DAY,
            "text" if s.format in LAYOUTS else "html": f.data.decode(),
        }
        for s, f in reports
    ]
    return sample_containers.json_lines(records, broken='{"id": "record_broken", "html": "<html><body><p>年度')


def documents() -> list[Written]:
    """All of them, with the addresses that the manifest and the sidecar tell."""
    told = {name: (url, time) for name, (url, _, time) in ADDRESSES.items()} | {SIDECAR[0]: SIDECAR[1:]}
    found = [*reports(), *troubles(), *members()]
    return [replace(w, source_url=told[w.name][0], fetched_at=told[w.name][1]) if w.name in told else w for w in found]


def manifests() -> Mapping[str, bytes]:
    """What is no document: the manifest and a sidecar, by path."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("path", "url", "fetched_at"))
    writer.writerows((name, url, time) for name, (url, time, _) in ADDRESSES.items())
    sidecar = {"url": SIDECAR[1], "fetched_at": SIDECAR[2]}
    return {
        "manifest.csv": out.getvalue().encode(),
        f"{SIDECAR[0]}.meta.json": (json.dumps(sidecar, indent=2) + "\n").encode(),
    }
