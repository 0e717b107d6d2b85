"""Tokens per second beside plain jieba, on the same narratives in one run, and whether the words are the same.

    python benchmarks/bench_tokens.py [--reports NUMBER]

Narratives are composed: 60 clauses each, of words drawn by their frequency in jieba's dictionary and from the words of
the field, with numbers and dates in every fourth. `repeating`: organs report three years in a row, all of one year
before the next; half of an organ's clauses are those of its last report, two in ten are formulas that all share, the
rest are new. `new`: as many clauses, none of them drawn twice. Plain jieba is a tokenizer of jieba 0.42.1 that was given the same
words by `add_word` and cuts line by line without its model for unknown words. Exit status 1 where a word differs from what jieba makes of the
same run of Chinese characters.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from pipeline.narrate import default_dictionaries, segmenter, token_cutter, tokens
from pipeline.narrate.token_patterns import CHINESE_DATE, CLAUSE, PIECE

CLAUSES = 60
YEARS = 3


class Timing(NamedTuple):
    """Processor time and tokens of a pass over all texts."""

    seconds: float
    tokens: int


def clause(rng: random.Random, words: list[str], weights: list[int], terms: list[str]) -> str:
    out = rng.choices(words, cum_weights=weights, k=rng.randint(2, 6))
    out.insert(rng.randrange(len(out) + 1), rng.choice(terms))
    if rng.random() < 0.25:
        out.append(
            rng.choice((f"{rng.randrange(2000)}件", f"{rng.randrange(1000) / 10}%", f"2024年{rng.randint(1, 12)}月"))
        )
    return "".join(out)


def narratives(reports: int, known: segmenter.Lexicon, *, repeating: bool) -> Iterator[str]:
    """The narratives of `reports` reports, a line a paragraph of six clauses."""
    rng = random.Random(20261122)
    words = [w for w, f in known.frequencies.items() if f > 50 and "\u4e00" <= w[0] <= "\u9fff"]
    weights, total = [], 0
    for word in words:
        weights.append(total := total + known.frequencies[word])
    terms = [t.term for t in default_dictionaries().segmentation]

    formulas = [clause(rng, words, weights, terms) for _ in range(400)]

    def next_clause(before: str | None) -> str:
        chance = rng.random() if repeating else 1
        if chance < 0.5 and before:
            return before
        return rng.choice(formulas) if chance < 0.7 else clause(rng, words, weights, terms)

    organs = max(reports // YEARS, 1)
    last: dict[int, list[str]] = {}
    for number in range(reports):
        before = last.get(number % organs) or [None] * CLAUSES
        report = last[number % organs] = [next_clause(b) for b in before]
        yield "\n".join("，".join(report[i : i + 6]) + "。" for i in range(0, CLAUSES, 6))


def timed(cuts: dict[str, Callable[[str], int]], texts: list[str], forget: Callable[[], None]) -> dict[str, Timing]:
    """The best of three rounds of each, the rounds in turn: other work on the machine hits all alike."""
    best: dict[str, Timing] = {}
    for _ in range(3):
        for name, cut in cuts.items():
            forget()
            start = time.process_time()
            count = sum(map(cut, texts))
            best[name] = min(best.get(name, Timing(float("inf"), 0)), Timing(time.process_time() - start, count))
    return best


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=1500, help="narratives of each kind (%(default)s)")
    args = parser.parse_args()
    if args.reports < 1:
        parser.error("--reports takes 1 or more")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

    own = default_dictionaries()
    start = time.process_time()
    ours = token_cutter.cutter(own)
    known = ours.lexicon
    print(
        f"{type(ours.segmenter).__name__}: {len(known.frequencies):,} words, {time.process_time() - start:.2f} s to load"
    )
    plain = jieba.Tokenizer()
    jieba.setLogLevel("ERROR")
    with Path(jieba.__file__).with_name("dict.txt").open("rb") as f:
        plain.FREQ, plain.total = plain.gen_pfdict(f)
    plain.initialized = True
    for word, frequency in known.frequencies.items():
        if plain.FREQ.get(word) != frequency:
            plain.total -= plain.FREQ.get(word, 0)  # add_word adds the new frequency to the total and keeps the old
            plain.add_word(word, frequency)

    def by_jieba(text: str) -> int:
        return sum(1 for line in text.splitlines() for w in plain.cut(line, HMM=False) if w[0].isalnum())

    print(f"{'narratives':12}{'cut by':26}{'seconds':>9}{'tokens':>12}{'tokens/s':>12}{'ratio':>8}")
    different = 0
    for kind in ("repeating", "new"):
        texts = list(narratives(args.reports, known, repeating=kind == "repeating"))
        cuts = {
            "plain jieba": by_jieba,
            "tokenize, no cache": lambda text: sum(len(ours.cut(c).texts) for c in CLAUSE.findall(text)),
            "tokens (class, place)": lambda text: len(tokens.tokens(text)),
            "tokenize": lambda text: len(tokens.tokenize(text)),
        }
        best = timed(cuts, texts, ours.cached.cache_clear)
        base = best["plain jieba"]
        for name, t in best.items():
            ratio = t.tokens / t.seconds * base.seconds / base.tokens
            print(f"{kind:12}{name:26}{t.seconds:9.2f}{t.tokens:12,}{t.tokens / t.seconds:12,.0f}{ratio:8.1f}")
        hits = ours.cached.cache_info()
        print(f"{kind:12}clauses from the cache: {hits.hits / (hits.hits + hits.misses):.0%}")
        for text in texts:
            pieces = (p for c in CLAUSE.findall(text) for p in PIECE.finditer(c) if p.lastgroup == "han")
            runs = (run for p in pieces for run in CHINESE_DATE.split(p.group()))
            expected = [w for run in runs for w in plain.cut(run, HMM=False)]
            found = [t.text for t in tokens.tokens(text) if t.token_class in ("word", "stop_word", "place")]
            different += expected != found
    print(f"words the same as plain jieba's: {'yes' if not different else f'no, {different} narratives differ'}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
