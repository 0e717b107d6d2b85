"""One report in several files is recognised; two reports that look alike are not taken for one."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from pipeline import form
from pipeline.document import parse_document
from pipeline.model import SourceFile
from pipeline.store.rows import Read, Rows
from pipeline.store.same_reports import same_reports
from tests.corpus import random_truth
from tests.corpus.formats import render_format
from tests.corpus.options import Options
from tests.corpus.places import Organ
from tests.corpus.rendering import render_report
from tests.corpus.truth import Truth, make, table_truth

ONE = make(
    7,
    Organ("望川市禾塘县水利局", "望川市禾塘县人民政府"),
    2023,
    {t: table_truth(random.Random(5), t, "2021", size="medium", pattern="none") for t in form.TABLES},
)


def frames(*files: tuple[str, bytes]):
    rows = Rows()
    for path, data in files:
        source = SourceFile(path, "unsorted")
        rows.add(Read(source, str(hash(data)), len(data), parse_document(data, source)))
    return rows.frames()


def kept(*files: tuple[str, bytes]) -> dict[str, str]:
    """By path of every report that gives way, the path of the one that is kept."""
    found = frames(*files)
    path = dict(found["reports"].select("report_id", "source_path").iter_rows())
    same = same_reports(found["reports"], found["sections"], found["cells"])
    return {path[a]: path[b] for a, b in same.items()}


def page(truth: Truth, **how: object) -> bytes:
    return render_format(truth, "html_site", Options(seed=1, **how)).data  # type: ignore[arg-type]


def word(truth: Truth) -> bytes:
    return render_format(truth, "docx", Options(seed=1)).data


def flat(truth: Truth) -> bytes:
    """Text in which blank cells left no trace: it reads worse."""
    return render_report(truth, "web_lines", Options(seed=1)).data


@pytest.mark.parametrize("order", [1, -1])
def test_page_and_attachment_are_one_report_whatever_their_order(order: int):
    blank = ONE.with_tables(
        table_truth(random.Random(3), form.APPLICATIONS, "2021", size="medium", pattern="only_nonzero")
    )
    files = [("a.txt", flat(blank)), ("b.docx", word(blank))][::order]
    assert kept(*files) == {"a.txt": "b.docx"}


def test_one_page_under_two_addresses_is_one_report():
    assert len(kept(("a.html", page(ONE)), ("b.html", page(ONE, furniture=True, metadata_block=True)))) == 1


def test_three_files_of_one_report_leave_one():
    got = kept(("a.html", page(ONE)), ("b.docx", word(ONE)), ("c.txt", flat(ONE)))
    assert len(got) == 2
    assert len(set(got.values())) == 1


def test_a_corrected_report_is_a_report_of_its_own():
    cells = dict(ONE.tables[form.APPLICATIONS].cells)
    key = ("granted", "total")
    assert cells[key].number is not None
    cells[key] = replace(cells[key], printed=str(cells[key].number + 1), number=cells[key].number + 1)
    corrected = replace(
        ONE, tables={**ONE.tables, form.APPLICATIONS: replace(ONE.tables[form.APPLICATIONS], cells=cells)}
    )
    assert kept(("a.html", page(ONE)), ("b.docx", word(corrected))) == {}


def test_the_next_year_and_the_neighbour_with_the_same_words_are_other_reports():
    next_year = replace(ONE, year=2024)
    neighbour = replace(ONE, organ=Organ("望川市禾塘县林业局", "望川市禾塘县人民政府"))
    assert kept(("a.html", page(ONE)), ("b.html", page(next_year)), ("c.html", page(neighbour))) == {}


def test_two_organs_without_applications_and_with_one_template_stay_two():
    zeros = {t: table_truth(random.Random(1), t, "2021", size="zero", pattern="none") for t in form.TABLES}
    short, whole = (make(9, Organ(name, ""), 2023, zeros) for name in ("水利局", "望川市禾塘县水利局"))
    assert kept(("a.html", page(short)), ("b.html", page(whole))) == {}


def test_random_reports_are_all_different():
    files = [(f"{s}.html", page(random_truth(s))) for s in range(300, 330)]
    assert kept(*files) == {}
