"""Word tokens: what is one token, what is none, and that cutting is silent, private and the same everywhere."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from pipeline.narrate import default_dictionaries, tokenize
from pipeline.narrate.tokens import _CACHED_LENGTH, _cached, _prefix_dictionary


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("依申请公开和主动公开", ("依申请公开", "和", "主动公开")),
        ("落实“三审三校”，做好政策解读。", ("落实", "三审三校", "做好", "政策解读")),
        ("共1,204.5万元，占 98.5%", ("共", "1,204.5", "万元", "占", "98.5%")),
        ("第1、2、3项", ("第", "1", "2", "3", "项")),
        ("２０２４年", ("２０２４", "年")),
        ("OGI App与12345热线", ("OGI", "App", "与", "12345", "热线")),
        ("——！……（ ）\n\t", ()),
        ("", ()),
    ],
)
def test_tokens(text: str, tokens: tuple[str, ...]) -> None:
    assert tokenize(text) == tokens


def test_a_single_blank_between_characters_is_ignored_and_a_line_break_is_not() -> None:
    assert tokenize("政 策 解 读") == ("政策解读",)
    assert tokenize("政策\n解读") == ("政策", "解读")


def test_unknown_words_fall_into_characters() -> None:
    # With jieba's guessing of unknown words the invented name would come out as one word or another.
    assert tokenize("鹮鹮镇") == ("鹮", "鹮", "镇")


def test_every_domain_term_is_one_token() -> None:
    assert [t.term for t in default_dictionaries().segmentation if tokenize(t.term) != (t.term,)] == []


def test_the_cache_changes_nothing_and_is_bounded() -> None:
    short, long = "主动公开信息。", "主动公开信息。" * _CACHED_LENGTH
    once = tokenize(short)
    assert tokenize(short) == once
    assert tokenize(long) == once * _CACHED_LENGTH
    assert _cached.cache_info().maxsize is not None
    assert tokenize(f"{short}\n{short}") == once * 2


def test_the_prefix_dictionary_is_the_one_that_jieba_builds() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

    assert jieba.__version__ == "0.42.1"
    theirs = jieba.Tokenizer()
    with Path(jieba.__file__).with_name("dict.txt").open("rb") as f:
        assert _prefix_dictionary() == theirs.gen_pfdict(f)


def test_the_shared_tokenizer_of_jieba_is_left_alone() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

    tokenize("政务公开")
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
    # An empty cache of compiled modules: jieba is compiled anew, which is when Python 3.12+ warns of its invalid escapes.
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
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'jieba', 'dagster', 'great_expectations'}))\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert run.stdout == "[]\n"
