"""The labels that one document prints: variants, lost characters, quotation marks, punctuation."""

from __future__ import annotations

import random

from pipeline import form
from tests.corpus.options import Options

HALF_WIDTH = str.maketrans({"（": "(", "）": ")", "：": ":", "，": ","})


class Labels:
    """Chooses and dresses the labels of one table of one document, always the same for the same options."""

    def __init__(self, form_code: str, table_code: str, options: Options) -> None:
        self.form, self.table, self.options = form_code, table_code, options
        rng = random.Random(f"typos{options.seed}{table_code}")
        rows = form.row_codes(form_code, table_code) if table_code == form.APPLICATIONS else ()
        long = [r for r in rows if len(form.labels_of_row(form_code, table_code, r)[0]) >= 9]
        self.typos = set(rng.sample(long, min(options.label_typos, len(long))))

    def row(self, code: str) -> str:
        rng = random.Random(f"row{self.options.seed}{self.table}{code}")
        choices = form.labels_of_row(self.form, self.table, code)
        # Reports print the gloss of （二）部分公开 almost always.
        label = choices[-1] if code == "partial" else choices[0]
        if self.options.label_variants and rng.random() < 0.25:
            label = rng.choice(choices)
        if code in self.typos:
            at = rng.randrange(4, len(label) - 2)
            label = label[:at] + label[at + 1 :]
        return self.dress(label)

    def column(self, code: str) -> str:
        rng = random.Random(f"column{self.options.seed}{self.table}{code}")
        choices = form.labels_of_column(self.form, self.table, code)
        label = rng.choice(choices) if self.options.label_variants and rng.random() < 0.2 else choices[0]
        if self.options.header_spaces and len(label) == 4 and code != "natural_person":
            label = label[:2] + " " + label[2:]
        return self.dress(label)

    def group(self, code: str) -> str:
        return self.dress(next(v.label for v in form.group_labels(self.form, self.table) if v.code == code))

    def dress(self, label: str) -> str:
        opening, closing = {"curly": "“”", "straight": '""', "none": ("", "")}[self.options.quotes]
        label = label.replace("“", opening).replace("”", closing)
        if label[:1].isdigit() and label[1:2] == ".":
            label = label[0] + self.options.item_mark + label[2:]
        return label.translate(HALF_WIDTH) if self.options.half_width else label
