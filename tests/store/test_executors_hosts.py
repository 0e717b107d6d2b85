"""A cluster of separate hosts that share no disk: input and exchange on S3, one host cut off in the middle."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path

import pytest

from pipeline.store.cluster import Cluster, ClusterFailed
from pipeline.store.places import place_of
from tests.store import s3_store
from tests.store.clusters import cluster, wait_for
from tests.store.hosts import network
from tests.store.test_executors import build, outcome_of, reports, written

pytestmark = pytest.mark.xdist_group("dask")


def test_a_host_that_is_cut_off_and_comes_back_changes_nothing(tmp_path: Path) -> None:
    """Hosts that do not see the folder are refused; from a store they read. One is cut off while it reads a document that waits for just that, and comes back when another has read it."""
    reached = tmp_path / "signals" / "reached"
    reached.parent.mkdir()
    root = written(tmp_path / "in", {**reports(80), "2021/waits.txt": f"wait {reached}"})
    (tmp_path / "out").mkdir()
    with (
        network(3) as net,
        s3_store.store("0.0.0.0") as store,
        s3_store.variables(store.environment()),
        cluster(tmp_path / "cluster", store.environment(f"http://{net.address}:{store.port}")) as running,
    ):
        store.put_folder(root, "in")
        first, *others = net.hosts
        running.scheduler(host=first.address, within=first.within())
        for host in others:
            running.worker("--no-nanny", host=host.address, within=host.within(tmp_path / "in", tmp_path / "out"))
        running.wait_for_workers(2)
        alone = Cluster(running.address, tmp_path / "exchange", tmp_path / "runs")
        with pytest.raises(
            ClusterFailed, match=r"does not see 2020/000\.txt in the input .*: share that folder with it"
        ):
            build(root, tmp_path / "out" / "alone", alone)
        alone.shutdown()
        executor = Cluster(running.address, place_of("s3://data/exchange"), tmp_path / "runs")

        def cut() -> None:
            wait_for(reached.exists, "nobody reads the document that waits")
            (host,) = [h for h in others if h.runs(int(reached.read_text()))]
            reached.unlink()
            host.cut_off()
            wait_for(reached.exists, "nobody reads it again")
            assert not host.runs(int(reached.read_text()))
            host.come_back()
            reached.with_suffix(".go").touch()

        cutting: Future[None] = Future()
        thread = threading.Thread(target=outcome_of, args=(cut, cutting))
        thread.start()
        remote = build(place_of("s3://data/in"), tmp_path / "out" / "remote", executor)
        thread.join()
        cutting.result()
        executor.shutdown()
        assert store.keys("exchange") == [], "nothing is left in the exchange"
    assert remote == build(root, tmp_path / "local")
