"""Tokens: what is one, of which class, where it stands; and that cutting is jieba's, silent, private, the same everywhere."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import unicodedata
import warnings
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.narrate import DictionaryError, default_dictionaries, dictionary_folder, load_dictionaries, tokenize
from pipeline.narrate.segmentation import jieba_dictionary
from pipeline.narrate.segmenter import FastSegmenter, Segmenter, lexicon
from pipeline.narrate.token_cutter import CACHED_LENGTH, cutter
from pipeline.narrate.tokens import TOKEN_CLASSES, tokens
from pipeline.schema.model import codelist
from tests.corpus.places import random_organ
from tests.corpus.prose import write as write_prose
from tests.narrate.reference_segmenter import ReferenceSegmenter


def classed(text: str) -> list[tuple[str, str]]:
    return [(t.text, t.token_class) for t in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("依申请公开和主动公开", ("依申请公开", "和", "主动公开")),
        ("落实“三审三校”，做好政策解读。", ("落实", "三审三校", "做好", "政策解读")),
        ("以公开为常态、不公开为例外，应公开尽公开", ("以公开为常态", "不公开为例外", "应公开尽公开")),
        ("持续深化放管服改革，实现一网通办", ("持续", "深化", "放管服改革", "实现", "一网通办")),
        ("共1,204.5万元，占 98.5%", ("共", "1,204.5", "万元", "占", "98.5%")),
        ("第1、2、3项", ("第", "1", "2", "3", "项")),
        ("——！……（ ）____\n\t", ()),
        ("", ()),
    ],
)
def test_tokens(text: str, expected: tuple[str, ...]) -> None:
    assert tokenize(text) == expected


@pytest.mark.parametrize(
    "date",
    [
        "2024年", "2024年度", "2024年3月", "2024年3月份", "2024年1月1日", "2024年1月1号", "3月", "1月1日", "２０２４年１月",
        "2024-01-01", "2024/1/1", "2024.1.1", "二〇二四年", "二〇二四年一月十五日", "2021-2023年", "2021年—2023年",
        "2021至2023年", "1月—12月", "1-12月", "2024年1-12月", "2024年1月至12月", "1月1-5日", "1月1日至31日",
        "2024年1月1日至12月31日", "2024年1月1日—2024年12月31日", "2024.1.1-2024.12.31", "2024-01-01至2024-12-31",
    ],
)  # fmt: skip
def test_a_date_or_span_of_time_is_one_token(date: str) -> None:
    assert classed(f"自{date}止") == [("自", "stop_word"), (date, "date"), ("止", "word")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15日内", [("15", "number"), ("日", "stop_word"), ("内", "stop_word")]),
        ("3个月", [("3", "number"), ("个", "stop_word"), ("月", "stop_word")]),
        ("近5年", [("近", "stop_word"), ("5", "number"), ("年", "stop_word")]),
        ("〔2024〕12号", [("2024", "number"), ("12", "number"), ("号", "stop_word")]),
        ("3.5月", [("3.5", "number"), ("月", "stop_word")]),
        ("2024年度假", [("2024年", "date"), ("度假", "word")]),
        ("12024年", [("12024", "number"), ("年", "stop_word")]),
        ("2024-13-45", [("2024", "number"), ("13", "number"), ("45", "number")]),
        ("两千零二十四年", [("两千", "word"), ("零", "stop_word"), ("二十四年", "word")]),
        ("98.5%、3‰、1,204", [("98.5%", "number"), ("3‰", "number"), ("1,204", "number")]),
    ],
)
def test_what_is_no_date(text: str, expected: list[tuple[str, str]]) -> None:
    assert classed(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("App和H5、5G", [("App", "foreign"), ("和", "stop_word"), ("H5", "foreign"), ("5G", "foreign")]),
        ("http://www.a.gov.cn/2024-01-01/b_1.html。", [("http://www.a.gov.cn/2024-01-01/b_1.html", "foreign")]),
        ("网址zfxx.example.gov.cn", [("网址", "word"), ("zfxx.example.gov.cn", "foreign")]),
        ("邮箱a_b@example.com。", [("邮箱", "word"), ("a_b@example.com", "foreign")]),
        ("12345热线", [("12345", "number"), ("热线", "word")]),
    ],
)
def test_foreign_words(text: str, expected: list[tuple[str, str]]) -> None:
    assert classed(text) == expected


@pytest.mark.parametrize(
    ("text", "expected", "places"),
    [
        ("浙江省安吉县人民政府", ("浙江省", "安吉县", "人民政府"), {"浙江省", "安吉县"}),
        ("公安县公安局", ("公安县", "公安局"), {"公安县"}),
        ("和平区与和平稳定", ("和平区", "与", "和平", "稳定"), {"和平区"}),
        ("资源县的自然资源", ("资源县", "的", "自然资源"), {"资源县"}),
        ("海南与河南两省", ("海南", "与", "河南", "两", "省"), {"海南", "河南"}),
        ("城区惠民政策", ("城区", "惠民政策"), set()),
        ("惠民、惠农、互助", ("惠民", "惠农", "互助"), set()),
        ("海门市场监督管理局", ("海门", "市场监督管理局"), {"海门"}),
        ("南山区域内", ("南山", "区域", "内"), set()),
        ("由区政府办理", ("由", "区政府", "办理"), set()),
        ("京津冀", ("京津冀",), {"京津冀"}),
    ],
)
def test_places_neither_split_nor_swallow_words(text: str, expected: tuple[str, ...], places: set[str]) -> None:
    assert tokenize(text) == expected
    assert {t.text for t in tokens(text) if t.token_class == "place"} == places


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("①公开不及时；②形式单一", ["公开", "不及时", "形式单一"]),
        ("㈠解读⒉更新⑶培训Ⅲ级", ["解读", "更新", "培训", "级"]),
        ("½以上", ["以上"]),
        ("100m²与CO₂", ["100", "m", "与", "CO"]),
        ("App②H5", ["App", "H5"]),
        ("②2024年①3件", ["2024年", "3", "件"]),
    ],
)
def test_marks_of_lists_and_other_signs_for_numbers_are_no_tokens(text: str, expected: list[str]) -> None:
    assert [t.text for t in tokens(text)] == expected
    assert "foreign" not in {t.token_class for t in tokens(text) if not t.text.isascii()}


def test_foreign_words_begin_with_a_letter_of_whatever_script() -> None:
    every = map(chr, (*range(0x20, 0xD800), *range(0xE000, 0x20000)))
    foreign = {c for c in every if any(t.token_class == "foreign" for t in tokens(c))}
    assert {unicodedata.category(c)[0] for c in foreign} == {"L"}
    assert {"a", "é", "Ω", "ж", "あ", "한"} <= foreign


def test_spans_and_stray_blanks() -> None:
    text = "政 策 解 读，共 2024 年 3 月\n解读"
    found = tokens(text)
    assert [t.text for t in found] == ["政策解读", "共", "2024年3月", "解读"]
    assert [text[t.start : t.end] for t in found] == ["政 策 解 读", "共", "2024 年 3 月", "解读"]
    assert tokenize("政策\n解读") == ("政策", "解读")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["政策解读", "2024年", " ", "\n", "，", "1,204", "App", "公", "开", "年", "至", "12月", "\ud800", "㐀"]
        )
    ).map("".join)
)
def test_spans_are_ordered_and_hold_their_text(text: str) -> None:
    found = tokens(text)
    assert tokenize(text) == tuple(t.text for t in found)
    done = 0
    for t in found:
        assert done <= t.start < t.end <= len(text)
        assert t.text == text[t.start : t.end].replace(" ", "")
        assert t.token_class in TOKEN_CLASSES
        done = t.end
    left = list(text)
    for t in found:
        left[t.start : t.end] = " " * (t.end - t.start)
    assert not any(c.isalnum() for c in left), "every letter and digit belongs to a token"


def test_unknown_words_fall_into_characters() -> None:
    # With jieba's guessing of unknown words the invented name would come out as one word or another.
    assert tokenize("鹮鹮镇") == ("鹮", "鹮", "镇")


def test_every_word_of_the_dictionaries_is_one_token_of_its_class() -> None:
    own = default_dictionaries()
    assert len(own.segmentation) >= 700
    assert [t.term for t in own.segmentation if tokenize(t.term) != (t.term,)] == []
    assert [s.term for s in own.stop_words if classed(s.term) != [(s.term, "stop_word")]] == []
    assert all(t.source for t in own.segmentation) and all(s.source for s in own.stop_words)


def test_the_code_list_has_the_classes() -> None:
    assert codelist("token_class") == TOKEN_CLASSES


def narratives() -> list[str]:
    """Paragraphs of the invented reports, and the wordings of our own dictionaries."""
    rng = random.Random(5)
    prose = [p for _ in range(60) for ps in write_prose(rng, random_organ(rng), 2024, 12, 3).values() for p in ps]
    sentences = (Path(__file__).parent / "data" / "claims_test.csv").read_text("utf-8").splitlines()
    return prose + sentences


@pytest.fixture(scope="module")
def reference() -> Segmenter:
    """jieba's own class with our words, as jieba itself builds it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

    assert jieba.__version__ == "0.42.1"
    out = ReferenceSegmenter()
    with jieba_dictionary().path.open("rb") as f:
        out._jieba.FREQ, out._jieba.total = out._jieba.gen_pfdict(f)
    out.add(cutter(default_dictionaries()).lexicon.frequencies)
    return out


def test_words_are_those_of_jieba(reference: Segmenter) -> None:
    own = cutter(default_dictionaries())
    rng = random.Random(7)
    words = [w for w in own.lexicon.frequencies if not w.isascii()]
    characters = sorted({c for w in words for c in w})
    runs = [run for text in narratives() for run in text.split()]
    runs += ["".join(rng.choices(words, k=rng.randint(1, 12))) for _ in range(20_000)]
    runs += ["".join(rng.choices(characters, k=rng.randint(1, 30))) for _ in range(5_000)]
    runs = [run for text in runs for run in filter(str.isalpha, text.split("，"))]
    chinese = [run for run in runs if all("\u4e00" <= c <= "\u9fd5" for c in run)]
    assert len(chinese) > 20_000
    assert [run for run in chinese if own.segmenter.cut(run) != reference.cut(run)] == []


def test_the_frequencies_are_those_of_jieba_alone() -> None:
    terms = default_dictionaries().segmentation
    theirs, _ = lexicon(terms, ReferenceSegmenter)
    ours, _ = lexicon(tuple(reversed(terms)))
    assert theirs == ours


def test_of_characters_that_jieba_does_not_know_words_are_whole(reference: Segmenter) -> None:
    """The one exception: jieba cuts off each character outside U+4E00 to U+9FD5, rjieba those of extensions G and H."""
    own = cutter(default_dictionaries())
    rare = [w for w in own.lexicon.frequencies if any(c > "\u9fd5" or "\u3400" <= c < "\u4e00" for c in w)]
    assert {"㮾梨街道", "麦㙦镇", "大𫭢镇"} <= set(rare) and len(rare) >= 30
    assert all((own.segmenter.cut(w) == [w]) == (max(w) < "\U00030000") for w in rare)
    assert [w for w in rare if reference.cut(w) == [w]] == []
    assert classed("在麦㙦镇公开") == [("在", "stop_word"), ("麦㙦镇", "place"), ("公开", "word")]


def test_the_segmenter_is_named_with_its_release() -> None:
    own = cutter(default_dictionaries())
    assert isinstance(own.segmenter, FastSegmenter)
    state = {s.name: s for s in default_dictionaries().states}["segmenter"]
    assert (state.version, state.entries) == (version("rjieba"), 0)


def test_the_dictionary_is_the_pinned_one() -> None:
    pinned = "7197c3211ddd98962b036cdf40324d1ea2bfaa12bd028e68faa70111a88e12a8"
    assert jieba_dictionary().sha256 == pinned == hashlib.sha256(jieba_dictionary().path.read_bytes()).hexdigest()


def copied(folder: Path, source: Path | None = None) -> Path:
    folder.mkdir()
    for table in (source or dictionary_folder()).glob("*.csv"):
        shutil.copy(table, folder)
    return folder


def test_every_list_has_a_state_and_every_state_is_in_the_hash(tmp_path: Path) -> None:
    base = copied(tmp_path / "base")
    own = load_dictionaries(base)
    assert {"segmentation", "stop_words", "places", "jieba", "segmenter"} <= {s.name for s in own.states}
    assert all(s.version and s.description_en and s.description_zh for s in own.states)
    for name, line in (("segmentation", "鹮鹮镇,,ns,usage"), ("stop_words", "鹮,usage")):
        folder = copied(tmp_path / name, base)
        path = folder / f"{name}.csv"
        head, *rows = path.read_text("utf-8").splitlines()
        path.write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
        assert load_dictionaries(folder).content_hash == own.content_hash, "the order of the rows does not matter"
        with path.open("a", encoding="utf-8") as f:
            f.write(line + "\n")
        changed = load_dictionaries(folder)
        assert changed.content_hash != own.content_hash
        assert [s.name for s, t in zip(own.states, changed.states, strict=True) if s != t] == [name]


def test_own_words_change_tokens_and_classes(tmp_path: Path) -> None:
    folder = copied(tmp_path / "own")
    with (folder / "segmentation.csv").open("a", encoding="utf-8") as f:
        f.write("鹮鹮镇,,ns,usage\n")
    assert [(t.text, t.token_class) for t in tokens("鹮鹮镇", load_dictionaries(folder))] == [("鹮鹮镇", "place")]


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        ("stop_words.csv", "的,usage", "'的' stands there twice"),
        ("segmentation.csv", "鹮,0,n,usage", "frequency '0' is no whole number above 0"),
        ("versions.csv", "jieba,1,2026-01-01,a,b", "'jieba' stands there twice"),
        ("versions.csv", "other,,2026-01-01,a,b", "version is empty"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, name: str, line: str, message: str) -> None:
    folder = copied(tmp_path / "bad")
    with (folder / name).open("a", encoding="utf-8") as f:
        f.write(line + "\n")
    with pytest.raises(DictionaryError, match=rf"{name}, line \d+: .*{message}"):
        load_dictionaries(folder)


def test_a_list_without_version_is_named(tmp_path: Path) -> None:
    folder = copied(tmp_path / "bad")
    path = folder / "versions.csv"
    path.write_text("".join(x for x in path.read_text("utf-8").splitlines(True) if "stop_words" not in x), "utf-8")
    with pytest.raises(DictionaryError, match=r"versions.csv: no line for the dictionary 'stop_words'; add one"):
        load_dictionaries(folder)


def test_the_cache_changes_nothing_and_is_bounded() -> None:
    own = cutter(default_dictionaries())
    short, long = "主动公开信息。", "主动公开信息" * CACHED_LENGTH
    own.cached.cache_clear()
    once, twice = tokenize(short), tokenize(short)
    assert once == twice == ("主动公开", "信息")
    assert own.cached.cache_info().hits == 1
    assert tokenize(long) == once * CACHED_LENGTH
    assert own.cached.cache_info().currsize == 1, "long clauses are not kept"
    assert (own.cached.cache_info().maxsize or 0) < 100_000
    assert [t.start for t in tokens(short + short)] == [0, 4, 7, 11]


@pytest.mark.parametrize(
    "text", ["的" * 1_000_000, "a." * 200_000, "1," * 200_000, "2024年至" * 50_000, "-@" * 200_000, "公 " * 200_000]
)
def test_hostile_texts_take_seconds_at_most(text: str) -> None:
    code = (
        "import sys, time; from pipeline.narrate.tokens import tokens; tokens('公开')\n"
        "text = sys.stdin.buffer.read().decode()\n"
        "start = time.process_time(); tokens(text); print(time.process_time() - start)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], input=text.encode(), capture_output=True, check=True)
    assert float(run.stdout) < 15


def test_the_same_bytes_in_every_process() -> None:
    code = (
        "import json, sys; from pipeline.narrate import dictionary_hash; from pipeline.narrate.tokens import tokens\n"
        "print(json.dumps([dictionary_hash(), tokens(sys.stdin.read())]))\n"
    )
    text = "\n".join(narratives()[:60])
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            input=text,
            text=True,
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(outputs) == 1


def test_the_shared_tokenizer_of_jieba_is_left_alone() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

    lexicon(default_dictionaries().segmentation, ReferenceSegmenter)
    assert "政府信息公开工作年度报告" not in jieba.dt.FREQ


def test_nothing_is_printed_and_no_file_is_left(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    code = (
        "import logging, tempfile\n"
        f"tempfile.tempdir = {str(temporary)!r}\n"
        "logging.basicConfig(level=logging.DEBUG)\n"
        "from pipeline.narrate import tokenize\n"
        "assert tokenize('做好政策解读') == ('做好', '政策解读')\n"
    )
    # An empty cache of compiled modules: all is compiled anew, which is when Python warns of invalid escapes.
    strict = ["-W", "error::SyntaxWarning", "-W", "error::DeprecationWarning"]
    for number, flags in enumerate((["-W", "always"], strict)):
        run = subprocess.run(
            [sys.executable, "-X", f"pycache_prefix={tmp_path / str(number)}", *flags, "-c", code],
            capture_output=True,
            check=False,
        )
        assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")
    assert list(temporary.iterdir()) == []


def test_importing_the_room_loads_neither_jieba_nor_an_orchestrator() -> None:
    code = (
        "import sys, pipeline.narrate\n"
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'jieba', 'rjieba', 'dagster', 'great_expectations'}))\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert run.stdout == "[]\n"
