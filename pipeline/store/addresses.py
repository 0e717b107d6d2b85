"""Where documents come from: addresses and times as compared, and identities of reports that share an address."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit, urlunsplit

import polars as pl

from pipeline.store import ids

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LONGEST = 4000


def normalised_url(url: str) -> str | None:
    """An address as compared: no white space, scheme and host in lower case, no fragment. None where it is no address.

    A fragment that a script reads as a path (`#/…`, `#!…`) names another page and stays.
    """
    url = "".join(url.split())
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if not parts.scheme or not parts.netloc or len(url) > _LONGEST:
        return None
    user, at, host = parts.netloc.rpartition("@")
    fragment = parts.fragment if parts.fragment.startswith(("/", "!")) else ""
    return urlunsplit((parts.scheme.lower(), user + at + host.lower(), parts.path, parts.query, fragment))


def normalised_time(text: str) -> str | None:
    """A time in ISO 8601 as UTC, to the second; a date stays a date; None where it is neither.

    A time without a zone is taken as UTC.
    """
    text = text.strip()
    try:
        if _DATE.fullmatch(text):
            return dt.date.fromisoformat(text).isoformat()
        time = dt.datetime.fromisoformat(text)
        time = time.replace(tzinfo=dt.UTC) if time.tzinfo is None else time.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
    return time.strftime("%Y-%m-%dT%H:%M:%SZ") if time.year >= 1000 else None


def report_ids(documents: pl.DataFrame) -> pl.DataFrame:
    """The published identity of every report: columns `report_id` (by its place) and `final_report_id`.

    `documents` after duplicates of content were told apart. Of reports with the same address the one with the smallest
    path has the identity of the address; the others, fetched again or held in another container, keep that of their place.
    """
    reports = documents.filter(pl.col("report_id").is_not_null()).sort("source_path", "member", nulls_last=False)
    urls = [None if u is None else normalised_url(u) for u in reports["source_url"]]
    reports = reports.select("report_id", url=pl.Series(urls, dtype=pl.String))
    is_first = pl.col("url").is_not_null() & pl.col("url").is_first_distinct()
    by_url = pl.col("url").map_elements(lambda u: ids.report_id("", url=u), return_dtype=pl.String)
    return reports.select("report_id", final_report_id=pl.when(is_first).then(by_url).otherwise("report_id"))


def with_final_ids(frame: pl.DataFrame, final: pl.DataFrame) -> pl.DataFrame:
    """Rows under the published identity; those of reports that `final` does not name are left out.

    Rows without a report (documents that yield none) stay.
    """
    named = frame.join(final, on="report_id", how="left", maintain_order="left")
    kept = named.filter(pl.col("final_report_id").is_not_null() | pl.col("report_id").is_null())
    return kept.with_columns(report_id="final_report_id").drop("final_report_id")
