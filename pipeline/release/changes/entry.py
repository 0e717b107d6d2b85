"""Tells people what changed: an entry of CHANGELOG.md in English and Chinese, and the note in `changes/`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from pipeline.data_files import table_rows
from pipeline.release.changes import published
from pipeline.release.changes.model import ADDED, CHANGED, REMOVED, Difference, LostReport, SchemaChange
from pipeline.release.changes.reasons import labels
from pipeline.release.changes.reports import NUMBERS
from pipeline.release.declared import NotReadable, text_of
from pipeline.release.edition import Edition
from pipeline.release.folder import Folder
from pipeline.release.metadata.readme import code as as_code
from pipeline.release.metadata.readme import markdown
from pipeline.release.versions import Step, of_schema
from pipeline.store.files import replace_text

_LANGUAGES = ("en", "zh")
_MOST = 12
"""So many of a kind are named; how many there are more is told."""
_LONGEST = 200
"""Characters of a text of others that an entry has at most."""
_MOST_BYTES = 16 * 1024**2
_TITLE = "# Changelog · 更新记录\n"
_FILES = """# What changed · 变化

{what_en}

{what_zh}
"""
_LISTED = """
| file | one row per |
|---|---|
| `rows.csv.gz`, `rows.parquet` | row that was added or removed, and value that changed: `row_key` (JSON, by the columns of the table's key; of `documents`: its place), `report_id` where the table has one, `value_old`, `value_new`, `reason` |
| `summary.csv` | table, kind of change and reason, with the number of rows and of changed values |
| `schema.csv` | table, column, code or rule that was added, removed, renamed or changed, with the step of the version that this asks for |
| `metadata.csv` | field of what the release says of itself (title, creators, licence, DOI …) that is another one |

A document whose bytes stand at another path or address is compared with itself, and so is its report: what changed of them
is their place (`source_path`, `report_id`; reason `moved`), and `row_key` has the one they have now.
字节相同而位置不同的文件与其自身比较，其报告亦然：变化的仅为位置（`source_path`、`report_id`，原因 `moved`），`row_key` 为现在的位置。

In the CSV file a text that a spreadsheet would take for a formula begins with `'`; the Parquet file has it as it is. Tables
and columns that only one of the releases has are told of in `schema.csv` alone. Of several reasons that hold for a row, the
one that comes first in this list is given.

CSV 文件中可能被电子表格当作公式的文字前加 `'`，Parquet 文件保留原样。仅一个版本中存在的表与字段只列于 `schema.csv`。一行有多种原因时，取下表中最先的一种。

| reason | 原因 | meaning |
|---|---|---|
"""


@cache
def _words() -> dict[str, dict[str, str]]:
    return {r["name"]: r for r in table_rows(__package__, "entry.csv")}


def write(folder: Folder, edition: Edition, difference: Difference, previous: Folder | None) -> None:
    """Writes `changes/README.md`, and CHANGELOG.md: the entry of this release before those of the release before.

    Raises NotReadable where the release before has no CHANGELOG.md that can be read.
    """
    replace_text(folder.changes / "README.md", _note(difference))
    before = earlier_entries(text_of(previous.changelog, _MOST_BYTES)) if previous is not None else ""
    replace_text(folder.changelog, f"{_TITLE}\n{entry(edition, difference)}{before and chr(10) + before}")


def earlier_entries(changelog: str) -> str:
    """The entries of a changelog without what stands above the first. Raises NotReadable where there is none."""
    start = re.search(r"^## ", changelog, re.MULTILINE)
    if start is None:
        raise NotReadable("CHANGELOG.md of the release before has no entry")
    return changelog[start.start() :]


def entry(edition: Edition, difference: Difference) -> str:
    """The entry of a release, in English and then in Chinese."""
    parts = [f"## {edition.version} ({edition.date.isoformat()})\n"]
    for language in _LANGUAGES:
        parts += [*_paragraphs(difference, language)]
    return "\n".join(parts)


def _note(difference: Difference) -> str:
    what = {
        lang: _say("first" if difference.is_first else "compared", lang, previous=difference.previous)
        for lang in _LANGUAGES
    }
    note = _FILES.format(what_en=what["en"], what_zh=what["zh"])
    if difference.is_first:
        return note
    return note + _LISTED + "".join(f"| `{x.code}` | {x.zh} | {x.en} |\n" for x in labels().values())


def _say(what: str, language: str, /, **values: object) -> str:
    return _words()[what][language].format(**values)


def _paragraphs(d: Difference, language: str) -> Iterable[str]:
    yield _say("first" if d.is_first else "compared", language, previous=d.previous) + "\n"
    if d.is_first:
        return
    for heading, lines in (
        ("reports", _reports(d, language)),
        ("numbers", _numbers(d, language)),
        ("metadata", _metadata(d, language)),
        ("schema", _schema([c for c in d.schema if c.kind != "rule"], language)),
        ("rules", _schema([c for c in d.schema if c.kind == "rule"], language)),
        (
            "dictionaries",
            [_say("dictionary", language, name=n, old=a or "–", new=b or "–") for n, a, b in d.dictionaries],
        ),
        ("data", _by_reason(d, language)),
        ("tables", _by_table(d, language)),
    ):
        if lines:
            yield f"### {_say(f'heading_{heading}', language)}\n"
            yield "".join(f"- {line}\n" for line in lines)


def _reports(d: Difference, language: str) -> list[str]:
    r = d.reports
    if r is None or not (r.added or r.removed or r.moved):
        return []
    out = [_say("reports", language, total=r.total_new, added=r.added, removed=r.removed)]
    if r.moved:
        out.append(_say("moved", language, moved=r.moved))
    if r.lost:
        named = [_lost(report, language) for report in r.lost_reports]
        out.append(_with_items(_say("lost", language, lost=r.lost), named, r.lost, language))
    if r.years:
        out.append(_say("years", language, years=", ".join(map(str, r.years))))
    if r.issuers or r.divisions:
        out.append(_say("organs", language, issuers=r.issuers, divisions=r.divisions))
    return out


def _lost(report: LostReport, language: str) -> str:
    """A report that is lost: what it says of itself comes from documents that anyone can write."""
    path = " › ".join(as_code(_line(p)) for p in (report.source_path, report.member) if p)
    return _say(
        "lost_report",
        language,
        issuer=_issuer(report.issuer, language),
        year=report.year or _say("no_year", language),
        path=path or "–",
        outcome=_say("document_now" if report.outcome else "document_gone", language, outcome=report.outcome),
    )


def _numbers(d: Difference, language: str) -> list[str]:
    """What is looked for first by whoever repeats an analysis."""
    total = sum(n for t in d.changed if t.table == "cells" for column, n in t.values if column in NUMBERS)
    if not total:
        return []
    named = [
        _say(
            "number",
            language,
            issuer=_issuer(n.issuer, language),
            year=n.year or _say("no_year", language),
            cell=n.cell,
            old=n.old or "–",
            new=n.new or "–",
            reason=n.reason,
        )
        for n in d.numbers
    ]
    return [_with_items(_say("numbers", language, n=total), named, total, language)]


def _issuer(issuer: str, language: str) -> str:
    return markdown(_line(issuer)) or _say("no_issuer", language)


def _with_items(line: str, named: list[str], total: int, language: str) -> str:
    """A line with some items under it, and how many more there are."""
    more = [_say("more", language, n=total - len(named))] if total > len(named) else []
    return "\n  - ".join((line, *named, *more))


def _metadata(d: Difference, language: str) -> list[str]:
    out = []
    for change in d.metadata:
        field = published.fields()[change.field]
        label = field.en if language == "en" else field.zh
        old, new = (markdown(_line(x)) or "–" for x in (change.old, change.new))
        what = "metadata_reworded" if field.is_long else "metadata"
        out.append(_say(what, language, label=label, old=old, new=new))
    return out


def _line(text: str) -> str:
    """A text as part of a line: blanks run together, nothing invisible, cut where it is very long."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    short = " ".join(plain.split())
    return short if len(short) <= _LONGEST else f"{short[:_LONGEST]}…"


def _schema(changes: list[SchemaChange], language: str) -> list[str]:
    """What was added, removed, renamed or means something else by name; mere wording as a number."""
    wording = [c for c in changes if c.change == CHANGED and of_schema(c) is Step.PATCH]
    out = []
    for change in ("removed", "renamed", "changed", "added"):
        these = [c for c in changes if c.change == change and c not in wording]
        lines = [_of_change(c, language) for c in these[:_MOST]]
        out += lines + ([_say("more", language, n=len(these) - _MOST)] if len(these) > _MOST else [])
    return out + ([_say("wording", language, n=len(wording))] if wording else [])


def _of_change(c: SchemaChange, language: str) -> str:
    what = (
        f"`{c.parent}.{c.name}`" if c.kind == "column" else f"`{c.name}` (`{c.parent}`)" if c.parent else f"`{c.name}`"
    )
    if c.kind == "table":
        what = f"{what} (table)" if language == "en" else f"{what}（表）"
    return _say(f"schema_{c.change}", language, what=what, attribute=c.attribute, old=c.old or "–", new=c.new or "–")


def _by_reason(d: Difference, language: str) -> list[str]:
    out = []
    if d.unexplained:
        out.append(_say("unexplained", language, rows=d.unexplained))
    for code, label in labels().items():
        these: dict[str, int] = {}
        for c in d.counts:
            if c.reason == code:
                these[c.table] = these.get(c.table, 0) + c.rows
        if these:
            told = [
                _say("in_table", language, rows=n, table=t)
                for t, n in sorted(these.items(), key=lambda x: (-x[1], x[0]))
            ]
            text = label.en if language == "en" else label.zh
            out.append(_say("reason", language, label=text, reason=code, counts=_joined(told, language)))
    return out


def _by_table(d: Difference, language: str) -> list[str]:
    told: dict[str, list[str]] = {}
    changed = {t.table: t for t in d.changed}
    for table in dict.fromkeys(c.table for c in d.counts):
        for change in (ADDED, REMOVED):
            if rows := sum(c.rows for c in d.counts if (c.table, c.change) == (table, change)):
                told.setdefault(table, []).append(_say(f"rows_{change}", language, rows=rows))
        if t := changed.get(table):
            columns = _joined([f"`{column}` {n:,}" for column, n in t.values], language)
            told.setdefault(table, []).append(_say("rows_changed", language, rows=t.rows, columns=columns))
    return [_say("table", language, table=t, counts=_joined(counts, language)) for t, counts in told.items()]


def _joined(parts: list[str], language: str) -> str:
    more = [_say("more", language, n=len(parts) - _MOST)] if len(parts) > _MOST else []
    return ("，" if language == "zh" else ", ").join(parts[:_MOST] + more)
