"""`ogi dictionary`: what the dictionaries of disclosure practice hold, how good they are, and exports of them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.common import FAILED, Commands, Misused, complain, named_file, terminal_width

if TYPE_CHECKING:
    from pipeline.narrate.validation import Disagreement, Score, Share, Validation

_FORMATS = ("quanteda-yaml", "lexicoder", "csv")


def add(commands: Commands) -> None:
    dictionary = commands.add_parser(
        "dictionary",
        help="list, validate or export the dictionaries of disclosure practice",
        description="Lists the categories of disclosure practice with the numbers of their terms, and the version and "
        "hash of each word list; validates them on hand-coded sentences; exports them for quanteda and others.",
    )
    dictionary.set_defaults(run=_listed)
    actions = dictionary.add_subparsers(dest="action", metavar="ACTION")
    validate = actions.add_parser(
        "validate",
        help="precision and recall on hand-coded sentences",
        description="Prints precision and recall of each category on hand-coded sentences, with Wilson 95 % intervals, "
        "sample by sample. Exits 1 if a held-out sample (test.csv, test_CATEGORY.csv) misses the bar.",
    )
    validate.add_argument(
        "--sample",
        type=Path,
        action="append",
        metavar="FILE",
        help="sample of coded sentences, as the coding manual says; may be given again (those that come with ogi)",
    )
    validate.add_argument(
        "--category",
        action="append",
        metavar="CODE",
        help="judge this category only, as a sample that is coded for it alone needs; may be given again",
    )
    validate.add_argument(
        "--errors", action="store_true", help="list the sentences where coder and dictionaries differ"
    )
    validate.set_defaults(run=_validated)
    export = actions.add_parser(
        "export",
        help="write the dictionaries for quanteda or Lexicoder, or as a table",
        description="Writes the dictionaries of disclosure practice for another program; the file says what it lacks.",
    )
    export.add_argument(
        "--format", choices=_FORMATS, default="quanteda-yaml", help="format of the file (quanteda-yaml)"
    )
    export.add_argument("--output", type=named_file, required=True, metavar="FILE", help="file to write")
    export.set_defaults(run=_exported)


def _listed(_: argparse.Namespace) -> int:
    from pipeline.narrate.dictionary import default_dictionaries
    from pipeline.narrate.practice_tables import EXCLUDED
    from pipeline.narrate.practice_wording import expanded
    from pipeline.store.query import as_table

    own = default_dictionaries()
    rows: list[tuple[object, ...]] = []
    for category in own.practice.categories:
        terms = [t for t in own.practice.terms if t.category == category.category]
        counted = [t for t in terms if t.subcategory != EXCLUDED]
        rows.append(
            (
                category.category,
                category.label_en,
                category.label_zh,
                sum(s.category == category.category for s in own.practice.subcategories),
                len(counted),
                sum(len(expanded(t.term)) for t in counted),
                sum(len(expanded(t.term)) for t in terms if t.subcategory == EXCLUDED),
            )
        )
    columns = ["category", "name", "名称", "subcategories", "rows", "wordings", "excluded wordings"]
    print(as_table(columns, rows, terminal_width()))
    states = [(s.name, s.version, s.entries, s.sha256[:16]) for s in own.states]
    print("\n" + as_table(["dictionary", "version", "entries", "sha256 begins"], states, terminal_width()))
    print(f"\nsha256 of all together: {own.content_hash}")
    return 0


def _validated(options: argparse.Namespace) -> int:
    from pipeline.narrate.dictionary import default_dictionaries
    from pipeline.narrate.practice_tables import DictionaryError
    from pipeline.narrate.validation import (
        LEAST_CODED,
        LEAST_PRECISION,
        LEAST_RECALL,
        coded_for,
        is_held_out,
        read_sample,
        shipped_samples,
        validate,
    )

    samples = tuple(options.sample or shipped_samples())
    known = {c.category for c in default_dictionaries().practice.categories}
    if unknown := [c for c in options.category or () if c not in known]:
        raise Misused(f"{unknown[0]} is no category: `ogi dictionary` lists them")
    if not samples:
        raise Misused("no sample comes with the dictionaries: name one with --sample")
    try:
        read = tuple((sample, read_sample(sample)) for sample in samples)
    except DictionaryError as e:
        raise Misused(str(e)) from e
    except OSError as e:
        raise Misused(f"cannot read the sample {e.filename} ({e.strerror}): name a file with --sample") from e
    failed = 0
    for sample, sentences in read:
        if not sentences:
            raise Misused(f"no sentence in {sample}: a sample has one a line below its header")
        result = validate(sentences, only=frozenset(options.category or ()) or coded_for(sample))
        if options.errors:
            _print_errors(result.disagreements)
            continue
        _print_scores(result, sample)
        if result.missed and is_held_out(sample):
            failed = complain(f"{sample.name} misses the bar in {', '.join(result.missed)}", FAILED)
    if not options.errors:
        print(_MEANING.format(precision=LEAST_PRECISION, recall=LEAST_RECALL, coded=LEAST_CODED))
    return failed


_MEANING = """\
The bar: precision {precision} and recall {recall}, for codes of {coded} sentences or more.
What the figures mean: coders composed these sentences and coded them by the coding manual; they were not drawn from
real reports, so the figures are no estimate of accuracy on real reports. A sample in view when terms were corrected
says how well it is fitted; only a held-out one says how new sentences of this kind fare. Two coders agreed on the
first held-out sample with a kappa of 0.94 to 1.00, by category: no instrument can be expected to do better.

标准：精确率不低于{precision}、召回率不低于{recall}（编码句数不少于{coded}句的代码）。
数字的含义：样本句子由编码员撰写并按编码手册编码，并非从真实报告中抽取，因此不能视为对真实报告准确度的估计。
开发样本在修订词表时可见，其数字只说明拟合程度；只有留出样本才说明同类新句子的效果。
两名编码员对首个留出样本的一致性系数（kappa）按类别为0.94至1.00，可视为任何工具的上限。"""


def _print_scores(result: Validation, sample: Path) -> None:
    from pipeline.narrate.validation import is_held_out

    if is_held_out(sample):
        kind = "held out: never in view when terms were corrected"
    elif sample.name.startswith("development"):
        kind = "in-sample: in view when terms were corrected"
    else:
        kind = "a sample of your own"
    print(f"{result.sentences} sentences from {sample.name} ({kind}); intervals: Wilson, 95 %\n")
    _print_table("mentions, by sentence", result.mentions, has_bar=True)
    _print_table("denied mentions (all, and categories with 10 sentences or more)", result.denied, has_bar=True)
    _print_table("types of problems and promises", result.types, has_bar=False)


def _print_table(title: str, scores: tuple[Score, ...], *, has_bar: bool) -> None:
    from pipeline.narrate.validation import LEAST_PRECISION, LEAST_RECALL
    from pipeline.store.query import as_table

    columns = [title, "coded", "found", "agreed", "precision", "95 %", "recall", "95 %"]
    bar: dict[bool | None, tuple[str, ...]] = {True: ("met",), False: ("missed",), None: ("too few",)}
    if has_bar:
        columns.append(f"bar {LEAST_PRECISION}/{LEAST_RECALL}")
    rows = [
        (s.code, s.coded, s.found, s.agreed, *_cells(s.precision), *_cells(s.recall), *bar[s.meets_bar][: int(has_bar)])
        for s in scores
    ]
    print(as_table(columns, rows, terminal_width()) + "\n")


def _cells(share: Share) -> tuple[str, str]:
    value, interval = share.value, share.interval
    if value is None or interval is None:
        return "", ""
    return f"{value:.3f}", f"{interval[0]:.3f}–{interval[1]:.3f}"


def _print_errors(disagreements: tuple[Disagreement, ...]) -> None:
    from pipeline.dossier.visible import visible

    for d in disagreements:
        s = d.sentence
        print(f"{s.sample} {s.sentence_no} {s.section_code}: {visible(s.sentence)}")
        for what, codes in (("missed", d.missed), ("in excess", d.excess)):
            if codes:
                print(f"    {what}: {' '.join(codes)}")
    print(f"{len(disagreements)} sentences differ")


def _exported(options: argparse.Namespace) -> int:
    from pipeline.narrate.practice_export import exported
    from pipeline.store.files import writing

    output: Path = options.output
    text = exported(options.format)
    try:
        with writing(output) as f:
            f.write(text)
    except OSError as e:
        return complain(f"cannot write {output} ({e.strerror}): choose another file with --output", FAILED)
    print(f"{output}: {options.format}, {len(text.encode()):,} bytes")
    return 0
