"""Plain text: finds the character encoding and decodes, or says why it cannot.

Encodings tried, in this order: what a byte order mark says; UTF-8; UTF-16 without a mark; GB18030 (a superset of GBK and
GB 2312). A text is accepted only when it decodes without error and looks like Chinese or Latin prose.
"""

from __future__ import annotations

import codecs
import re

from pipeline.model import Document, SourceFile, Unusable

READER = "text/1"

_BOMS: tuple[tuple[bytes, str, str], ...] = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
)
# Control characters that a text may hold: tab, line feed, vertical tab, form feed, carriage return, Word's cell mark.
_CONTROL = re.compile(r"[\x00-\x06\x08\x0e-\x1f\x7f]")
_USUAL = re.compile(r"[\x07\t-\r -~\u00a0-\u00ff\u2000-\u206f\u2190-\u25ff\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
"""Runs of usual characters: to take them out is many times as fast as to find them one by one."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
# 政府, 信息, 公开, 报告 occur in every text that matters here; their absence in a long text is what a wrong decoding looks like.
_COMMON = re.compile("政府|信息|公开|报告|情况|年度|单位|工作|通知|的")


def sniff(data: bytes, source: SourceFile) -> bool:
    return True


def _looks_right(text: str) -> bool:
    """Whether a decoded text is plausible: next to no control characters, and mostly usual characters."""
    sample = text[:20_000]
    if not sample.strip():
        return True
    if len(_CONTROL.findall(sample)) > len(sample) // 200:
        return False
    return len(sample) - len(_USUAL.sub("", sample)) >= 0.9 * len(sample)


def _decode(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as e:
        # A download that broke off in the middle of a character: what came before it is whole.
        if len(data) - e.start < 4 and e.start > 100:
            return data[: e.start].decode(encoding)
        return None


def decode(data: bytes) -> tuple[str, str] | None:
    """(text, name of the encoding), or None where no encoding fits. A byte order mark is not part of the text."""
    for bom, encoding, name in _BOMS:
        if data.startswith(bom):
            text = _decode(data[len(bom) :], encoding)
            return (text, name) if text is not None and _looks_right(text) else None
    candidates = ["utf-8", "gb18030"]
    # Every second byte of UTF-16 text with ASCII digits and line breaks is zero; UTF-8 and GB18030 text has none.
    zeros = data[:4000].count(0)
    if zeros > len(data[:4000]) // 50:
        even = data[:4000:2].count(0)
        candidates = ["utf-16-be" if even > zeros - even else "utf-16-le"]
    for encoding in candidates:
        text = _decode(data, encoding)
        if text is None:
            continue
        if _looks_right(text):
            return text, encoding
        if encoding == "utf-8" and len(data) > len(text) + 50 and not _CONTROL.search(text):
            # So many sequences that are valid UTF-8 are no accident: the text is UTF-8, and wrong since before.
            return text, encoding
    return None


def is_mojibake(text: str) -> bool:
    """Whether the text was decoded wrongly and saved again before it reached us (锟斤拷, 鏀垮簻, æ”¿åºœ)."""
    sample = text[:20_000]
    if sample.count("\ufffd") > len(sample) // 200 or sample.count("锟斤拷") > 2:
        return True
    if len(_COMMON.findall(sample)) * 100 >= len(sample.strip()):
        return False
    for wrong, right in (("gb18030", "utf-8"), ("cp1252", "utf-8"), ("latin-1", "utf-8"), ("latin-1", "gb18030")):
        again = sample.encode(wrong, "ignore").decode(right, "ignore")
        han = len(_HAN.findall(again))
        if han > 20 and len(_COMMON.findall(again)) * 50 >= han and len(_HAN.findall(sample)) < 2 * han:
            return True
    return False


def read(data: bytes, source: SourceFile) -> Document | Unusable:
    """Decodes a text. Unusable: binary_content, undecodable_text, mojibake, no_text."""
    found = decode(data)
    if found is None:
        binary = sum(b < 9 or 13 < b < 32 for b in data[:4000]) > len(data[:4000]) // 50
        return (
            Unusable("unreadable", "binary_content", "The bytes are no text.", READER)
            if binary
            else Unusable("unreadable", "undecodable_text", "No known character encoding fits the bytes.", READER)
        )
    text, encoding = found
    if not text.strip():
        return Unusable("unreadable", "no_text", "Nothing but white space.", READER, encoding)
    if is_mojibake(text):
        return Unusable(
            "unreadable", "mojibake", "The text was decoded wrongly before it reached us.", READER, encoding
        )
    return Document(text=text, reader=READER, encoding=encoding)
