"""The table `terms`: the shards' rows under final identities, the same bytes whatever the order and the threads."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest

from pipeline import schema
from pipeline.store.streamed import stage_rows
from pipeline.textdata.vocabulary import vocabulary

SCHEMA = schema.table("terms").polars_schema


def shard(path: Path, *rows: tuple[str, str, str, str, int]) -> Path:
    pl.DataFrame(rows, schema=SCHEMA, orient="row").write_parquet(path)
    return path


def final(**ids: str) -> pl.DataFrame:
    return pl.DataFrame({"report_id": list(ids), "final_report_id": list(ids.values())})


def test_rows_get_their_final_identity_and_those_of_reports_not_kept_go(tmp_path: Path) -> None:
    first = shard(tmp_path / "1.parquet", ("b", "overview", "公开", "word", 3), ("x", "overview", "公开", "word", 9))
    second = shard(tmp_path / "2.parquet", ("a", "problems", "培训", "word", 1), ("a", "overview", "甲市", "place", 2))
    rows = stage_rows("terms", [first, second], final(a="id2", b="id1"), tmp_path / "terms.parquet")
    staged = pl.read_parquet(tmp_path / "terms.parquet")
    assert rows == 3
    assert staged.schema == SCHEMA
    assert staged.rows() == [
        ("id1", "overview", "公开", "word", 3),
        ("id2", "overview", "甲市", "place", 2),
        ("id2", "problems", "培训", "word", 1),
    ]
    assert {p.name for p in tmp_path.iterdir()} == {"1.parquet", "2.parquet", "terms.parquet"}, "nothing is left behind"


def test_no_shards_are_an_empty_table(tmp_path: Path) -> None:
    assert stage_rows("terms", [], final(a="a"), tmp_path / "terms.parquet") == 0
    assert pl.read_parquet(tmp_path / "terms.parquet").schema == SCHEMA
    assert vocabulary(tmp_path / "terms.parquet").height == 0


def test_a_folder_whose_name_is_a_pattern(tmp_path: Path) -> None:
    folder = tmp_path / "a[1]*"
    folder.mkdir()
    source = shard(folder / "1.parquet", ("a", "overview", "公开", "word", 1))
    assert stage_rows("terms", [source], final(a="a"), folder / "terms.parquet") == 1
    assert vocabulary(folder / "terms.parquet")["term"].to_list() == ["公开"]


def test_two_runs_other_threads_and_another_order_of_shards_give_the_same_bytes(tmp_path: Path) -> None:
    chance = random.Random(5)
    words = [f"词{n}" for n in range(3000)]
    shards = []
    for n in range(6):
        rows = [
            (f"r{n}-{r}", "overview", word, "word", chance.randint(1, 9))
            for r in range(150)
            for word in chance.sample(words, 400)
        ]
        chance.shuffle(rows)
        shards.append(shard(tmp_path / f"{n}.parquet", *rows))
    ids = final(**{f"r{n}-{r}": f"{(n * 7919 + r * 104729) % 99991:05}" for n in range(6) for r in range(150)})
    written, counted = set(), set()
    for threads, order in ((1, shards), (4, shards), (2, shards[::-1]), (3, shards)):
        out = tmp_path / "out" / "terms.parquet"
        assert stage_rows("terms", order, ids, out, threads=threads) == 6 * 150 * 400, "several row groups"
        written.add(out.read_bytes())
        vocabulary(out, threads).write_parquet(tmp_path / "v.parquet")
        counted.add((tmp_path / "v.parquet").read_bytes())
    assert len(written) == len(counted) == 1


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("a", "overview", "公开", "word", 1), ("a", "overview", "公开", "word", 2)], "not unique"),
        ([("a", "overview", "公开", "verb", 1)], "verb"),
        ([("a", "nowhere", "公开", "word", 1)], "nowhere"),
        ([("a", "overview", "公开", None, 1)], "null"),
    ],
)
def test_rows_that_break_the_schema_are_not_staged(
    tmp_path: Path, rows: list[tuple[str, str, str, str, int]], says: str
) -> None:
    source = shard(tmp_path / "1.parquet", *rows)
    with pytest.raises(schema.SchemaMismatch, match=says):
        stage_rows("terms", [source], final(a="a"), tmp_path / "terms.parquet")
    assert not (tmp_path / "terms.parquet").exists()


def test_vocabulary_counts_sections_and_reports(tmp_path: Path) -> None:
    source = shard(
        tmp_path / "1.parquet",
        ("a", "overview", "公开", "word", 3),
        ("a", "problems", "公开", "word", 1),
        ("b", "overview", "公开", "word", 5),
        ("b", "problems", "朝阳", "place", 1),
        ("c", "overview", "朝阳", "word", 7),
        ("c", "problems", "朝阳", "place", 1),
    )
    stage_rows("terms", [source], final(a="a", b="b", c="c"), tmp_path / "terms.parquet")
    words = vocabulary(tmp_path / "terms.parquet")
    assert schema.conform("vocabulary", words).rows() == [
        # term, class of most sections, count, sections, reports, sections in all, idf
        ("公开", "word", 9, 3, 2, 6, 0.693147),
        ("朝阳", "place", 9, 3, 2, 6, 0.693147),
    ]


def test_a_word_of_every_section_has_idf_nought(tmp_path: Path) -> None:
    source = shard(tmp_path / "1.parquet", ("a", "overview", "公开", "word", 3), ("b", "overview", "公开", "word", 1))
    stage_rows("terms", [source], final(a="a", b="b"), tmp_path / "terms.parquet")
    assert vocabulary(tmp_path / "terms.parquet")["idf"].to_list() == [0.0]
