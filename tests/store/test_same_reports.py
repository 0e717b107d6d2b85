"""One report in several files is recognised; two reports that look alike are not taken for one."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from pipeline import form
from pipeline.document import parse_document
from pipeline.model import SourceFile
from pipeline.store.rows import Read, Rows
from pipeline.store.same_reports import narratives_of, same_reports
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
    narratives = narratives_of(found["sections"])
    same = same_reports(found["reports"], narratives, lambda groups: [(groups, found["sections"], found["cells"])])
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


ZEROS = {t: table_truth(random.Random(1), t, "2021", size="zero", pattern="none") for t in form.TABLES}
HERE, TOWN = "望川市禾塘县水利局", "太平镇人民政府"


def told(organ: str, numbers: str, *, titled: bool = True, by: str = "", **how: object) -> bytes:
    """A page whose tables have nothing but zeros and whose narrative has these numbers; `by`: its publisher."""
    text = page(make(9, Organ(organ, by), 2023, ZEROS), **how).decode()
    assert "没有收到政府信息公开申请" in text
    text = text.replace("没有收到政府信息公开申请", f"{numbers}，没有收到政府信息公开申请")
    return text.replace("<body>", f"<body><p>发布机构：{by}</p>" if by else "<body>").encode() if titled else bare(text)


def bare(text: str) -> bytes:
    return text.replace(HERE, "").encode()


def total(whole: str, site: str = "100", media: str = "20") -> str:
    return f"主动公开信息{whole}条，其中网站公开{site}条，新媒体公开{media}条"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (total("120"), total("980")),
        (total("120"), total("120", "90", "30")),
        (total("1,200"), total("1,300")),
        (total("三十"), total("五十")),
        ("公开120条、回应20件", "共计发布980条、回应20件"),
        ("公开120条", "公开120.5条"),
    ],
)
def test_a_number_of_the_narrative_that_was_corrected_makes_another_report(one: str, other: str):
    assert kept(("a.html", told(HERE, one)), ("b.html", told(HERE, other))) == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (total("1,200"), total("1200")),
        (total("120"), total("１２０")),
        (total("120"), total("120").partition("，其中")[0]),
        (total("120"), "主动公开信息120条（2024年1月5日公布，电话：0513-81234567），其中网站公开100条，新媒体公开20条"),
    ],
)
def test_the_same_numbers_otherwise_written_or_lost_leave_one_report(one: str, other: str):
    for a, b in ((one, other), (other, one)):
        assert len(kept(("a.html", told(HERE, a)), ("b.html", told(HERE, b, furniture=True)))) == 1


def test_reports_without_an_organ_and_with_one_template_stay_two():
    named = frames(("a.html", told(HERE, total("35"), titled=False)))["reports"]["issuer"].to_list()
    assert named == [None]
    for one, other in ((total("35"), total("77")), (total("35", "0", "0"), total("35", "0", "0"))):
        files = [(f"{n}.html", told(HERE, text, titled=False)) for n, text in enumerate((one, other + " "))]
        assert kept(*files) == {}


def test_towns_of_one_name_in_two_counties_stay_two():
    text = total("120")
    one, other = told(TOWN, text, by="如东县太平镇"), told(TOWN, text, by="仪征市太平镇")
    assert frames(("a.html", one), ("b.html", other))["reports"]["division_code"].to_list() == ["320623", "321081"]
    assert kept(("a.html", one), ("b.html", other)) == {}


def test_organs_whose_name_many_bear_are_one_only_with_numbers_that_tell():
    for numbers, is_same in (("推进公开", False), (total("120"), True)):
        got = kept(("a.html", told(TOWN, numbers)), ("b.html", told(TOWN, numbers, furniture=True)))
        assert bool(got) is is_same


def test_links_and_counts_of_visits_around_a_report_are_no_numbers_of_it():
    end = "没有收到政府信息公开申请"
    one, other = (
        told(HERE, total("120"))
        .decode()
        .replace(end, f"{end}。浏览次数：{n} 上一篇：{y}年信息公开年报 备{n}号")
        .encode()
        for n, y in (("1045", 2021), ("22", 2022))
    )
    assert len(kept(("a.html", one), ("b.html", other))) == 1
