"""The address and the time of fetching travel with documents: sidecar before nearest manifest before container."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import polars as pl
import pytest

from pipeline.store import addresses, ids, inventory
from tests.store.test_work import read

A, B, C = ("http://a.gov.cn/a.html", "http://b.gov.cn/b.html", "http://c.gov.cn/c.html")


def write(root: Path, **files: str | bytes) -> None:
    """Files by path, "/" written as "__"."""
    for name, content in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def said(root: Path) -> dict[str, tuple[str | None, str | None]]:
    return {f.path + (f"!{f.member}" if f.member else ""): (f.url, f.fetched_at) for f in inventory.take(root).files}


def test_the_nearest_word_about_a_document_holds_value_by_value(tmp_path: Path) -> None:
    write(
        tmp_path,
        **{
            "manifest.csv": f"path,url,fetched_at\n2024/a.html,{C},2024-01-01\n2024/b.html,{C},2024-01-01T08:00:00+08:00\n",
            "2024__manifest.csv": f"path,url\n./a.html,{B}\n",
            "2024__a.html": "a",
            "2024__a.html.meta.json": json.dumps({"url": A}),
            "2024__b.html": "b",
            "2024__c.html": "c",
        },
    )
    assert said(tmp_path) == {
        "2024/a.html": (A, "2024-01-01"),
        "2024/b.html": (C, "2024-01-01T00:00:00Z"),
        "2024/c.html": (None, None),
    }
    taken = inventory.take(tmp_path)
    assert taken.manifests == ("2024/a.html.meta.json", "2024/manifest.csv", "manifest.csv")
    assert taken.skipped == () and taken.intakes == inventory.intakes(tmp_path) == ("2024",)


def test_members_are_named_in_either_way_and_a_container_passes_its_time_on(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x!y.zip", "w") as z:
        for name in ("a.txt", r"b\c!d.txt", "e.txt"):
            z.writestr(zipfile.ZipInfo(name), name)
    lines = [
        {"path": "x!y.zip!a.txt", "url": A, "fetched_at": "2024-05-01"},
        {"path": "x!y.zip", "member": r"b\c!d.txt", "url": B},
        {"path": "x!y.zip", "url": C, "fetched_at": "2024-06-01"},
    ]
    write(
        tmp_path, **{"manifest.jsonl": "\n".join(map(json.dumps, lines)), "l.jsonl": f'{{"text": "x", "url": "{C}"}}'}
    )
    write(tmp_path, **{"l.jsonl.meta.json": '{"fetched_at": "2024-07-01"}'})
    assert said(tmp_path) == {
        "l.jsonl!line 1": (C, "2024-07-01"),
        "x!y.zip!a.txt": (A, "2024-05-01"),
        r"x!y.zip!b\c!d.txt": (B, "2024-06-01"),
        "x!y.zip!e.txt": (None, "2024-06-01"),
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_manifest_in_any_encoding_that_a_spreadsheet_saves(tmp_path: Path, encoding: str) -> None:
    text = f'Path, URL ,note\r\n"年报\\甲局,一.txt",{A},"备注\r\n第二行"\r\n'
    write(tmp_path, **{"年报__甲局,一.txt": "x", "manifest.csv": text.encode(encoding)})
    assert said(tmp_path) == {"年报/甲局,一.txt": (A, None)}


def test_lines_that_cannot_be_used_are_said_with_place_and_remedy(tmp_path: Path) -> None:
    write(
        tmp_path,
        **{
            "a.txt": "a",
            "b.txt": "b",
            "manifest.csv": f"path,url,fetched_at\na.txt,{A},yesterday\nb.txt,b.html,2024-01-01\na.txt,{B},\n"
            f"gone.txt,{C},\n,{C},\na.txt,{C}\n",
            "x__manifest.jsonl": '{"path": "a.txt"\n["a"]\n' + "[" * 9000 + "\n",
            "y__manifest.csv": "file,address\na,b\n",
            "z__manifest.csv": b"path\n\xff\xff\xff\n",
            "w__manifest.csv": 'path\n"never closed\n',
            "c.txt.meta.json": "{}",
            "d.txt.meta.json": "no json",
        },
    )
    taken = inventory.take(tmp_path)
    assert said(tmp_path) == {"a.txt": (A, None), "b.txt": (None, "2024-01-01")}
    notes = dict(taken.skipped)
    assert len(notes) == len(taken.skipped) and all(":" in why for why in notes.values())
    for place, says in {
        "manifest.csv line 2": "'yesterday' is no time",
        "manifest.csv line 3": "'b.html' is no address",
        "manifest.csv line 4": "again, which manifest.csv line 2 did",
        "manifest.csv line 5": "gone.txt, which is no document here",
        "manifest.csv line 6": "says no path",
        "manifest.csv line 7": "2 values under 3 columns",
        "x/manifest.jsonl line 1": "no valid JSON",
        "x/manifest.jsonl line 2": "no JSON object",
        "x/manifest.jsonl line 3": "no valid JSON",
        "y/manifest.csv": "no column `path`",
        "z/manifest.csv": "neither UTF-8 nor GBK",
        "w/manifest.csv line 2": "no valid CSV",
        "c.txt.meta.json": "c.txt, which is no document here",
        "d.txt.meta.json": "no valid JSON",
    }.items():
        assert says in notes.pop(place), place
    assert not notes


def test_a_manifest_that_is_wrong_throughout_is_said_once(tmp_path: Path) -> None:
    write(tmp_path, **{"a.txt": "a", "manifest.csv": "path\n" + "".join(f"{i}.txt\n" for i in range(5000))})
    notes = inventory.take(tmp_path).skipped
    assert len(notes) == 21 and ("manifest.csv", "4,980 more lines that cannot be used") in notes


def test_addresses_and_times_reach_the_tables(tmp_path: Path) -> None:
    _, documents = read(
        tmp_path,
        {"a.txt": "甲局", "b.txt": "乙局", "manifest.csv": f"path,url,fetched_at\na.txt,{A},2024-01-01T00:00:00Z\n"},
    )
    assert documents.select("source_path", "source_url", "fetched_at").rows() == [
        ("a.txt", A, "2024-01-01T00:00:00Z"),
        ("b.txt", None, None),
    ]


# ---- addresses, times, identities ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "normal"),
    [
        (" HTTP://WWW.X.gov.CN:80/A/b.html?ID=1#top\n", "http://www.x.gov.cn:80/A/b.html?ID=1"),
        ("https://x.cn/#/detail/7", "https://x.cn/#/detail/7"),
        ("http://User@X.cn/", "http://User@x.cn/"),
        ("x.cn/a.html", None),
        ("http://[broken/", None),
        ("/a.html", None),
    ],
)
def test_addresses_as_compared(given: str, normal: str | None) -> None:
    assert addresses.normalised_url(given) == normal


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("2024-03-01T10:00:00+08:00", "2024-03-01T02:00:00Z"),
        ("2024-03-01 10:00:00.123", "2024-03-01T10:00:00Z"),
        ("2024-03-01T10:00Z", "2024-03-01T10:00:00Z"),
        ("2024-03-01", "2024-03-01"),
        ("2024-02-30", None),
        ("0001-01-01T00:00:00+08:00", None),
        ("2024年3月1日", None),
    ],
)
def test_times_as_utc(given: str, normal: str | None) -> None:
    assert addresses.normalised_time(given) == normal


def test_of_reports_with_one_address_the_smallest_path_has_its_identity() -> None:
    documents = pl.DataFrame(
        {
            "report_id": ["r1", "r2", "r3", None, "r5"],
            "source_path": ["b.warc", "b.warc", "a.html", "0.html", "c.html"],
            "member": ["x", "x#2", None, None, None],
            "source_url": [A, A + "#top", B, A, None],
        }
    )
    final = addresses.report_ids(documents)
    by_url = {u: ids.report_id("", url=u) for u in (A, B)}
    assert dict(final.rows()) == {"r1": by_url[A], "r2": "r2", "r3": by_url[B], "r5": "r5"}
    assert addresses.with_final_ids(documents, final)["report_id"].to_list() == [by_url[A], "r2", by_url[B], None, "r5"]
    cells = pl.DataFrame({"report_id": ["r1", "r1", "dropped"], "value": [1, 2, 3]})
    assert addresses.with_final_ids(cells, final).rows() == [(by_url[A], 1), (by_url[A], 2)]
