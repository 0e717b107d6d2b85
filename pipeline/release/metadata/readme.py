"""Writes `README.md` and `LICENSE` of a release: what it is, how to begin, what a blank means, how to cite it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.release.edition import Edition
from pipeline.release.folder import Folder
from pipeline.release.metadata import examples, texts
from pipeline.release.metadata.codes import labels
from pipeline.release.metadata.facts import Facts, facts
from pipeline.store.duckdb_file import built_tables
from pipeline.store.files import replace_text


def write(folder: Folder, edition: Edition, left_out: Sequence[str] = ()) -> None:
    """Writes both files. The data of the release must lie in its folder."""
    found = facts(folder)
    about = edition.about
    readme = _environment().get_template("README.md.jinja")
    text = readme.render(
        about=about,
        edition=edition,
        facts=found,
        years=_years(found),
        tables=[t for t in built_tables() if t.table in found.rows],
        statuses=labels("obs_status"),
        left_out=left_out,
        citation=texts.citation(edition),
        bibtex=texts.bibtex(edition),
        sql=examples.SQL,
        python=examples.PYTHON,
        r=examples.R,
        stata=examples.STATA,
    )
    replace_text(folder.readme, text)
    creators = "; ".join(map(texts.creator_name, about.creators))
    licence = _environment().get_template("LICENSE.jinja")
    replace_text(folder.licence, licence.render(about=about, edition=edition, creators=creators))


def _years(found: Facts) -> dict[str, str]:
    """The years of the reports in words: empty where no report says its year."""
    if found.first_year is None:
        return {"en": "", "zh": ""}
    if found.first_year == found.last_year:
        return {"en": f"year {found.first_year}", "zh": f" {found.first_year} 年度"}
    return {
        "en": f"years {found.first_year} to {found.last_year}",
        "zh": f" {found.first_year} 至 {found.last_year} 年度",
    }


def _environment() -> Environment:
    # No page: what stands in it is escaped as Markdown by the filters, not as HTML.
    environment = Environment(
        loader=PackageLoader(__package__),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"number": "{:,}".format, "md": markdown, "code": code, "indented": _indented}
    return environment


def markdown(text: str) -> str:
    """A text in which nothing is taken for Markdown or HTML; names of columns in backquotes stay what they are."""
    parts = re.split(r"(`[a-z][a-z0-9_.]*`)", text)
    return "".join(p if i % 2 else re.sub(r"[\\`*_{}\[\]<>#|~&$!]", r"\\\g<0>", p) for i, p in enumerate(parts))


def code(text: str) -> str:
    """A text as code, in more backquotes than it has itself."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}{text}{fence}" if "`" not in text else f"{fence} {text} {fence}"


def _indented(text: str) -> str:
    """A text as a block of code by indentation, which nothing in it can end."""
    return "\n".join(f"    {line}" for line in text.splitlines())
