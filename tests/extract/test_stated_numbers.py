"""Where the rows alone leave open whose a number is, a sentence of the report may decide, and nothing else may."""

from __future__ import annotations

import pytest

from tests.extract.reports import one_cell_a_line, parse, report, row, rows, statuses, values

# Five applications, all of them by enterprises; the text lost every cell that held a zero: 5 / 5 in each row.


def table(**numbers: str) -> str:
    return one_cell_a_line([(r, label, numbers.get(r, "").split()) for r, label, _ in rows()])


ENTERPRISES = table(received_new="5 5", granted="4 4", partial="1 1", handled_total="5 5")


def received(overview: str, text: str = ENTERPRISES) -> list:
    return row(parse(report(text, overview=overview)), "received_new")


def test_without_a_word_the_usual_applicant_is_taken_with_doubt():
    cells = received("2023年，本局按要求开展政府信息公开工作。")
    assert (cells[0].value, cells[1].value) == (5, 0)
    assert cells[0].derivation == "preference: totals are printed; usual order of applicants"


@pytest.mark.parametrize(
    "sentence",
    [
        "2023年，本局新收政府信息公开申请5件，其中商业企业5件。",
        "2023年，本局新收政府信息公开申请5件，其中自然人0件，商业企业5件。",
    ],
)
def test_a_sentence_decides_whose_the_numbers_are(sentence: str):
    cells = received(sentence)
    assert values(cells) == [0, 5, 0, 0, 0, 0, 5]
    assert statuses(cells) == "UUUUUUU"
    assert "as the narrative states" in (cells[1].derivation or "")


def test_a_sentence_about_other_numbers_decides_nothing():
    cells = received("2023年，本局新收政府信息公开申请9件，其中商业企业9件。")
    assert (cells[0].value, cells[1].value) == (5, 0)


def test_a_sentence_never_moves_a_number_whose_cell_is_certain():
    complete = one_cell_a_line(
        rows({"received_new": "5 0 0 0 0 0 5", "granted": "5 0 0 0 0 0 5", "handled_total": "5 0 0 0 0 0 5"})
    )
    cells = received("2023年，本局新收政府信息公开申请5件，其中商业企业5件。", complete)
    assert values(cells) == [5, 0, 0, 0, 0, 0, 5]
    assert statuses(cells) == "AAAAAAA"
