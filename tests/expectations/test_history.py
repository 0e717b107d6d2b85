"""The history of results: one file a build, nothing lost by a killed run, and regressions said first."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from expectations import changes, history
from expectations.changes import BETTER, OTHER, WORSE
from pipeline.cli import main
from pipeline.store import publish
from pipeline.store.layout import Layout
from tests.expectations.published import Edit, publish_copy, stage_copy

pytestmark = pytest.mark.xdist_group("history")


def without(rule: str) -> dict[str, Edit]:
    return {"flags": lambda flags: flags.filter(pl.col("rule_code") != rule)}


@pytest.fixture(scope="module")
def three(sample_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """Three builds: the second finds no failed balance and two unreadable documents more, the third is as the first."""
    layout = Layout(tmp_path_factory.mktemp("three") / "out")

    def two_unreadable(documents: pl.DataFrame) -> pl.DataFrame:
        rank = (pl.col("outcome") == "parsed").cum_sum()
        is_one = (pl.col("outcome") == "parsed") & (rank <= 2)
        return documents.with_columns(outcome=pl.when(is_one).then(pl.lit("unreadable")).otherwise("outcome"))

    publish_copy(layout, sample_build)
    publish_copy(layout, sample_build, {**without("balance_mismatch"), "documents": two_unreadable})
    publish_copy(layout, sample_build)
    return layout


def test_each_publication_adds_its_results(three: Layout, sample_build: Path) -> None:
    results = history.read(three)
    assert results.schema == history.SCHEMA
    builds = changes.builds(results)
    flags = pl.read_parquet(sample_build / "parquet" / "flags.parquet")
    documents = pl.read_parquet(sample_build / "parquet" / "documents.parquet")
    by_severity = tuple(flags.filter(pl.col("severity") == s).height for s in changes.SEVERITIES)
    assert [b.build for b in builds] == [1, 2, 3]
    assert (builds[0].documents, builds[0].findings) == (documents.height, by_severity)
    assert {(b.input_digest, b.code_digest) for b in builds} == {(builds[0].input_digest, builds[0].code_digest)}
    assert [(b.expectations, b.broken) for b in builds] == [(1, 0)] * 3
    (found,) = results.filter(pl.col("build") == 1, pl.col("name") == "balance_mismatch")["number"]
    assert found == flags.filter(pl.col("rule_code") == "balance_mismatch").height


def test_a_regression_is_said_first(three: Layout) -> None:
    results = history.read(three)
    first, second, third = changes.builds(results)
    to_second = changes.compared(results, first, second)
    assert [c.direction for c in to_second] == sorted(
        (c.direction for c in to_second), key=(WORSE, BETTER, OTHER).index
    )
    assert to_second[0].en.startswith("documents unreadable: ") and to_second[0].zh.startswith("无法读取的文档")
    assert [c.en.split()[0] for c in to_second if c.direction == BETTER] == ["balance_mismatch"]
    back = changes.compared(results, second, third)
    assert [c.en.split()[0] for c in back if c.direction == WORSE] == ["balance_mismatch"]
    assert changes.compared(results, first, third) == []


def test_more_documents_of_the_same_quality_are_no_regression() -> None:
    results = pl.concat([of_build(1, reports=10, findings=4), of_build(2, reports=20, findings=8, digest="other")])
    old, new = changes.builds(results)
    assert [c.direction for c in changes.compared(results, old, new)] == [OTHER, OTHER], "the input and its reports"
    results = pl.concat([of_build(1, reports=10, findings=4), of_build(2, reports=20, findings=9, digest="other")])
    assert changes.compared(results, *changes.builds(results))[0].en.startswith(
        "balance_mismatch (error): findings 4 → 9"
    )


def of_build(build: int, reports: int, findings: int, digest: str = "same") -> pl.DataFrame:
    rows = [
        ("outcome", None, "parsed", None, reports, None),
        ("table", "reports", None, None, reports, None),
        ("rule", "flags", "balance_mismatch", "error", findings, min(findings, reports)),
    ]
    frame = pl.DataFrame(rows, schema=["kind", "table_name", "name", "severity", "number", "reports"], orient="row")
    frame = frame.with_columns(
        build=build, input_digest=pl.lit(digest), code_digest=pl.lit("c"), code_version=pl.lit("1")
    )
    frame = frame.with_columns(pl.lit(None).alias(c) for c in history.SCHEMA if c not in frame.columns)
    return frame.select(pl.col(c).cast(t) for c, t in history.SCHEMA.items())


def test_a_broken_invariant_and_a_new_rule_are_said() -> None:
    def with_invariant(holds: bool, rule: str) -> pl.DataFrame:
        frame = of_build(1 if holds else 2, reports=1, findings=0)
        row = frame.head(1).with_columns(
            kind=pl.lit("invariant"), suite=pl.lit("nothing_lost"), name=pl.lit("cells refer"), holds=pl.lit(holds)
        )
        return pl.concat([frame.with_columns(name=pl.col("name").replace("balance_mismatch", rule)), row])

    results = pl.concat([with_invariant(True, "balance_mismatch"), with_invariant(False, "date_repaired")])
    told = [(c.direction, c.en) for c in changes.compared(results, *changes.builds(results))]
    assert told[0][0] == WORSE and "an invariant is broken" in told[0][1] and "cells refer" in told[0][1]
    assert {t.split(":")[0] for d, t in told if d == OTHER} == {
        "new rules that find nothing",
        "a rule is gone",
    }


def test_a_run_killed_between_publication_and_note_loses_nothing(sample_build: Path, tmp_path: Path) -> None:
    layout = Layout(tmp_path / "out")
    stage_copy(layout, sample_build)
    publish.publish(layout)  # killed here
    with pytest.raises(history.NoHistory, match="no history"):
        history.read(layout)
    publish_copy(layout, sample_build)
    assert [b.build for b in changes.builds(history.read(layout))] == [1, 2]

    before = layout.history_of(2).read_bytes()
    history.note(layout)
    assert layout.history_of(2).read_bytes() == before and len(list(layout.history.iterdir())) == 2, "noted once"

    shutil.rmtree(layout.versions)
    layout.parquet.unlink()
    layout.database.unlink()
    publish_copy(layout, sample_build)
    assert publish.current_build(layout) == 3, "a number is not given twice, even where only the history knows it"


def test_the_command_lists_builds_and_changes(three: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "--output", str(three.out)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in told[2:5]] == ["3", "2", "1"], "the newest first"
    assert "2025-03-01 08:00:00" in told[2] and "1 of 1 hold" in told[2]
    at = told.index("Build 3 against build 2 (same input, same code)")
    assert told[at + 1].startswith("  worse   balance_mismatch (error): findings 0 → ")
    assert main(["history", "--output", str(three.out), "--last", "1"]) == 0
    assert "Build 2 against" not in capsys.readouterr().out


def test_without_a_history_the_command_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "--output", str(tmp_path)]) == 1
    assert "there is no history" in capsys.readouterr().err
    (tmp_path / "history").mkdir()
    (tmp_path / "history" / "build-000001.parquet").write_text("no Parquet")
    (tmp_path / "history" / "build-mine.parquet").write_text("somebody's")
    assert main(["history", "--output", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert "build-000001.parquet cannot be read" in told and "Traceback" not in told
