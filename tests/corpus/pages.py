"""Page breaks: page numbers between the rows of a table and between paragraphs, repeated headers."""

from __future__ import annotations

import random

from pipeline import form
from tests.corpus.layouts import TableText
from tests.corpus.options import Options


class Pages:
    """Counts the pages of one document."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.rng = random.Random(f"pages{options.seed}")
        self.page = self.rng.randint(1, 4)

    def mark(self) -> list[str]:
        """The foot of a page."""
        text = self.options.page_mark.format(n=self.page, all=9)
        self.page += 1
        foot = " " * self.rng.choice((0, 0, 30)) + text
        return ["", foot, "\f"] if self.options.form_feed else ["", foot, ""]

    def broken(self, table: TableText, table_code: str) -> list[str]:
        """The lines of a table with one or two page breaks between its rows."""
        places = [r for r in table.row_starts if r > table.header]
        if table_code == form.REMEDIES or len(places) < 4:
            return table.lines
        breaks = set(self.rng.sample(places, self.rng.choice((1, 2)) if table_code == form.APPLICATIONS else 1))
        out: list[str] = []
        for i, line in enumerate(table.lines):
            if i in breaks:
                mark = self.mark()
                if mark[-1] == "\f" and not (self.options.repeated_header and table.header):
                    mark[-1:] = []
                    line = "\f" + line
                out += mark
                if self.options.repeated_header and table.header:
                    out += table.lines[: table.header]
            out.append(line)
        return out
