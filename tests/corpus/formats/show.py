"""Writes examples of a format for looking at: `python -m tests.corpus.formats.show --format html_site --seed 3 --out DIR`."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.corpus import random_options, random_truth
from tests.corpus.formats import CONTAINERS, FORMATS, render_container, render_many


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--format", choices=[*FORMATS, *CONTAINERS, "all"], required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=1, help="that many seeds from --seed on")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    pairs = [(random_truth(s), random_options(s)) for s in range(args.seed, args.seed + args.count)]
    for name in (*FORMATS, *CONTAINERS) if args.format == "all" else (args.format,):
        folder = args.out / name
        folder.mkdir(parents=True, exist_ok=True)
        for file in (render_container(pairs, name),) if name in CONTAINERS else render_many(pairs, name):
            (folder / file.path).write_bytes(file.data)


if __name__ == "__main__":
    main()
