"""The dataset's row identities: the first 20 hex digits of a SHA-256 over the parts that make the thing what it is.

80 bits: among 10⁹ rows the chance that any two collide is below one in a million. Parts are joined by the ASCII unit
separator, so that no two lists of parts can read alike.
"""

from __future__ import annotations

import hashlib
import unicodedata

LENGTH = 20
SEPARATOR = "\x1f"


def digest(*parts: str) -> str:
    return hashlib.sha256(SEPARATOR.join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:LENGTH]


def digest_sql(*parts: str) -> str:
    """The same identity as a DuckDB expression over SQL expressions; a null part counts as empty."""
    joined = ", ".join(f"coalesce({p}, '')" for p in parts)
    return f"substr(sha256(concat_ws(chr(31), {joined})), 1, {LENGTH})"


def document_id(content_sha256: str, copy_path: str | None = None) -> str:
    """Of a document: hash of its content; `copy_path` is given for a second copy of the same content."""
    return digest("document", content_sha256, *([copy_path] if copy_path is not None else []))


def report_id(path: str, container: str | None = None, member: str | None = None, url: str | None = None) -> str:
    """Of a report: where it comes from, so that reading it again or reading it better keeps the identity."""
    if url:
        return digest("report", "url", url)
    if container and member is not None:
        return digest("report", "path", container, member)
    return digest("report", "path", path)


def normalised_organ(name: str) -> str:
    """An organ's name as compared: compatibility forms folded, no white space."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def issuer_id(organ: str, lineage: str | None = None) -> str:
    """Of an organ: its division's identity over the years, and its name within that division."""
    return digest("issuer", lineage or "", normalised_organ(organ))


def flag_id(report: str, rule: str, table: str | None, row: str | None, column: str | None, locator: str | None) -> str:
    """Of a finding: the cell, row or column where it names one, else the table and the place in the source."""
    place = "" if row or column else locator or ""
    return digest("flag", report, rule, table or "", row or "", column or "", place)


FLAG_ID_SQL = digest_sql(
    "'flag'",
    "report_id",
    "rule_code",
    "table_code",
    "row_code",
    "column_code",
    "CASE WHEN row_code IS NULL AND column_code IS NULL THEN locator END",
)
"""`flag_id` for DuckDB, over a relation with the columns of `flags`."""
