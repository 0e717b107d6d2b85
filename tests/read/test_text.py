"""Bytes to text: encodings found or refused, each with its reason."""

from __future__ import annotations

import os
import random

import pytest

from pipeline.model import Document, SourceFile, Unusable
from pipeline.read import read_document

TEXT = "云岭市水务局2023年政府信息公开工作年度报告\n\n一、总体情况\n本年度主动公开政府信息18条。\n" * 3
SOURCE = SourceFile("a.txt", "unsorted")


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_encodings(codec: str, name: str):
    got = read_document(TEXT.encode(codec), SOURCE)
    assert isinstance(got, Document)
    assert (got.text, got.encoding) == (TEXT, name)


def test_a_text_that_breaks_off_inside_a_character_keeps_what_is_whole():
    got = read_document(TEXT.encode()[:-2], SOURCE)
    assert isinstance(got, Document)
    assert got.text == TEXT.rstrip("\n")[:-1]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty_file"),
        (b" \n\t\n", "no_text"),
        (b"%PDF-1.7\n...", "damaged"),
        (b"PK\x03\x04....", "damaged"),
        (b"Rar!\x1a\x07....", "unsupported_format"),
        (b"<!DOCTYPE html><html></html>", "no_text"),
        (bytes(range(256)) * 40, "binary_content"),
        (TEXT.encode()[:-200] + b"\xff\xfe\xff" + TEXT.encode(), "undecodable_text"),
        (TEXT.encode().decode("latin-1").encode(), "mojibake"),
        (TEXT.encode().decode("gb18030", "replace").encode(), "mojibake"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: str):
    got = read_document(data, SOURCE)
    assert isinstance(got, Unusable)
    assert (got.outcome, got.reason_code) == ("unreadable", reason)
    assert got.reason


def test_no_bytes_raise():
    rng = random.Random(5)
    for n in range(300):
        read_document(bytes(rng.randrange(256) for _ in range(n)), SOURCE)
        read_document(os.urandom(n), SOURCE)
