"""`ogi dictionary`: what the dictionaries of disclosure practice hold, how good they are, and exports of them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.common import FAILED, Commands, Misused, complain, terminal_width

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
        description="Prints precision and recall of each category on hand-coded sentences, with Wilson 95 % intervals.",
    )
    validate.add_argument(
        "--sample",
        type=Path,
        action="append",
        metavar="FILE",
        help="sample of coded sentences, as the coding manual says; may be given again (those that come with ogi)",
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
    export.add_argument("--output", type=Path, required=True, metavar="FILE", help="file to write")
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
    from pipeline.narrate.practice_tables import DictionaryError
    from pipeline.narrate.validation import read_sample, shipped_samples, validate

    samples = tuple(options.sample or shipped_samples())
    if not samples:
        raise Misused("no sample comes with the dictionaries: name one with --sample")
    try:
        sentences = tuple(s for sample in samples for s in read_sample(sample))
    except DictionaryError as e:
        raise Misused(str(e)) from e
    except OSError as e:
        raise Misused(f"cannot read the sample {e.filename} ({e.strerror}): name a file with --sample") from e
    if not sentences:
        raise Misused(f"no sentence in {', '.join(map(str, samples))}: a sample has one a line below its header")
    result = validate(sentences)
    if options.errors:
        _print_errors(result.disagreements)
    else:
        _print_scores(result, samples)
    return 0


def _print_scores(result: Validation, samples: tuple[Path, ...]) -> None:
    print(f"{result.sentences} sentences from {', '.join(s.name for s in samples)}; intervals: Wilson, 95 %\n")
    for title, scores in (
        ("mentions, by sentence", result.mentions),
        ("denied mentions (all, and categories with 10 sentences or more)", result.denied),
        ("types of problems and promises", result.types),
    ):
        _print_table(title, scores)


def _print_table(title: str, scores: tuple[Score, ...]) -> None:
    from pipeline.store.query import as_table

    columns = [title, "coded", "found", "agreed", "precision", "95 %", "recall", "95 %"]
    rows = [(s.code, s.coded, s.found, s.agreed, *_cells(s.precision), *_cells(s.recall)) for s in scores]
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

    output: Path = options.output
    text = exported(options.format)
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as e:
        return complain(f"cannot write {output} ({e.strerror}): choose another file with --output", FAILED)
    print(f"{output}: {options.format}, {len(text.encode()):,} bytes")
    return 0
