"""Validation: hand-coded sentences against the dictionaries, counted by hand; and the command that prints it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.narrate import DictionaryError
from pipeline.narrate.validation import Share, coded_for, is_held_out, read_sample, shipped_samples, validate

HEAD = "sentence_no,section_code,report_year,sentence,codes\n"
SAMPLE = HEAD + (
    "1,overview,2024,全年举办业务培训3次。,training\n"
    "2,overview,2024,全县粮食产量4万吨。,\n"
    "3,overview,2024,微信公众号发布信息8条。,training\n"
    "4,other_matters,2024,未收取信息处理费。,-fees\n"
    "5,problems,,解读形式单一。,policy_interpretation_response problems_admitted:form\n"
)
OWN_SENTENCES = Path(__file__).parent / "data" / "practice_sentences.csv"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "sample.csv"
    path.write_text(SAMPLE, encoding="utf-8")
    return path


def test_counts_are_those_of_a_hand_count(sample: Path) -> None:
    result = validate(read_sample(sample))
    scores = {s.code: (s.coded, s.found, s.agreed) for s in (*result.mentions, *result.denied, *result.types)}
    assert scores["training"] == (2, 1, 1)
    assert scores["new_media"] == (0, 1, 0)
    assert scores["-all"] == (1, 1, 1)
    assert scores["problems_admitted"] == (1, 1, 1), "a type says that there is a problem"
    assert scores["problems_admitted:form"] == (1, 1, 1)
    (wrong,) = result.disagreements
    assert (wrong.sentence.sentence_no, wrong.missed, wrong.excess) == ("3", ("training",), ("new_media",))


def test_wilson_intervals() -> None:
    # Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263.
    low, high = Share(81, 263).interval or (0, 0)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert Share(0, 0).interval is None and Share(0, 0).value is None
    assert (Share(5, 5).interval or (0, 0))[1] == 1.0


@pytest.mark.parametrize("path", shipped_samples(), ids=lambda p: p.name)
def test_every_category_holds_on_the_samples_that_come_with_it(path: Path) -> None:
    """What `ogi dictionary validate` prints: each category's bar is precision 0.95 and recall 0.85."""
    assert validate(read_sample(path), only=coded_for(path)).missed == ()


def test_sentences_of_our_own() -> None:
    result = validate(read_sample(OWN_SENTENCES))
    wrong = [
        (d.sentence.sentence, missed, excess)
        for d in result.disagreements
        if (missed := [c for c in d.missed if ":" not in c]) + (excess := [c for c in d.excess if ":" not in c])
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("6,section_one,2024,句子。,training", "line 7: unknown section 'section_one'"),
        ("6,overview,二〇二四,句子。,training", "line 7: report_year '二〇二四' is no year"),
        ("6,overview,2024,句子。,traning", "line 7: unknown code 'traning'"),
    ],
)
def test_a_bad_line_is_named(sample: Path, line: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    sample.write_text(SAMPLE + line + "\n", encoding="utf-8")
    with pytest.raises(DictionaryError, match=message):
        read_sample(sample)
    assert main(["dictionary", "validate", "--sample", str(sample)]) == 2
    assert message in capsys.readouterr().err


def test_the_command(sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dictionary"]) == 0
    listed = capsys.readouterr().out
    assert "leadership_responsibility" in listed and "disclosure_practice" in listed and "sha256" in listed
    assert main(["dictionary", "validate", "--sample", str(sample)]) == 0
    table = capsys.readouterr().out
    assert "5 sentences from sample.csv" in table and "0.500" in table
    assert main(["dictionary", "validate", "--sample", str(sample), "--errors"]) == 0
    assert "missed: training" in capsys.readouterr().out
    assert main(["dictionary", "export", "--output", str(tmp_path / "practice.yml")]) == 0
    assert (tmp_path / "practice.yml").read_text(encoding="utf-8").startswith("# ogi-panel")
    assert main(["dictionary", "validate", "--sample", str(tmp_path / "none.csv")]) == 2
    assert "cannot read the sample" in capsys.readouterr().err
    assert main(["dictionary", "export", "--output", str(tmp_path / "none" / "x.yml")]) == 1


def test_a_held_out_sample_below_the_bar_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    coded = "".join(f"{n},overview,2024,全县粮食产量{n}万吨。,training\n" for n in range(1, 11))
    for name, status, kind in (("test.csv", 1, "held out"), ("development.csv", 0, "in-sample")):
        path = tmp_path / name
        path.write_text(HEAD + coded, encoding="utf-8")
        assert main(["dictionary", "validate", "--sample", str(path)]) == status
        printed = capsys.readouterr()
        assert kind in printed.out and "missed" in printed.out and "no estimate of accuracy" in printed.out
        assert ("test.csv misses the bar in training" in printed.err) == (status == 1)


def test_a_sample_that_is_no_text_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "sample.csv"
    path.write_bytes(HEAD.encode() + b"1,overview,2024,\xb9\xab\xbf\xaa,\n")
    assert main(["dictionary", "validate", "--sample", str(path)]) == 2
    assert "line 2: this is no UTF-8; save the file" in capsys.readouterr().err


def test_a_sample_may_be_coded_for_one_category(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample = tmp_path / "test_training.csv"
    sample.write_text(
        "sentence_no,section_code,report_year,sentence,codes\n1,overview,2023,举办培训班2期，收取信息处理费。,training\n",
        encoding="utf-8",
    )
    assert is_held_out(sample) and coded_for(sample) == {"training"}
    result = validate(read_sample(sample), only=coded_for(sample))
    assert [(s.code, s.agreed) for s in result.mentions] == [("training", 1)]
    assert result.disagreements == ()
    assert coded_for(tmp_path / "test.csv") is coded_for(tmp_path / "development_training.csv") is None
    assert main(["dictionary", "validate", "--sample", str(sample), "--errors", "--category", "fees"]) == 0
    assert "in excess: fees" in capsys.readouterr().out
    assert main(["dictionary", "validate", "--category", "fee"]) == 2
