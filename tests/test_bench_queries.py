"""The benchmark of queries asks what it says, of a dataset that was made larger."""

from __future__ import annotations

from pathlib import Path

from benchmarks import bench_queries, many_reports, one_query
from benchmarks.bench_queries import Answer
from pipeline.store.sql import connect


def test_every_query_finds_something_in_a_dataset_of_copies(sample_build: Path, tmp_path: Path) -> None:
    database = many_reports.make(sample_build, 100, tmp_path)
    assert many_reports.make(sample_build, 100, tmp_path) == database, "taken as it is"
    with connect(database, read_only=True) as connection:
        reports, organs, cells = connection.execute(
            "SELECT count(*), count(DISTINCT issuer_id), (SELECT count(*) FROM cells JOIN reports USING (report_id)) "
            "- (SELECT count(*) FROM cells) FROM reports"
        ).fetchone() or (0, 0, 1)
        assert reports >= 100 and cells == 0, "every cell has its report"
        assert (organs,) == connection.execute("SELECT count(*) FROM issuers").fetchone()
    for name, query in bench_queries.queries(database).items():
        found = one_query.ask(database, query, times=1, patience=60)
        assert found["rows"] > 0 and found["peak"] > 0, name


def test_a_query_that_takes_too_long_is_told() -> None:
    quick, slow, given_up = (Answer("q", *of, 1) for of in ((1, 0.9, 0.1), (1, 1.1, 0.1), (-1, 0.1, 0.1)))
    assert [a.is_slow for a in (quick, slow, given_up)] == [False, True, True]
    assert "over a second" in bench_queries.table([slow])[-1]
