"""The same on two executors, which share the fingerprints, and one of which is killed while it counts."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import program, session

import iamdx.spark

#: Memory of an executor is what the JVM gets beside it.
MASTER = "local-cluster[2,1,1024]"


def executors(spark: Any) -> list[int]:
    """The processes of the executors: each is the parent of the one that starts the workers of Python."""

    # goes to the executors as it stands here, as they have no tests
    def where(batches: Iterable[Any]) -> Iterator[Any]:
        import os
        import time

        import pyarrow

        for batch in batches:
            with open(f"/proc/{os.getppid()}/stat") as stat:
                executor = int(stat.read().rsplit(")", 1)[1].split()[1])
            yield pyarrow.RecordBatch.from_pydict({"pid": [executor] * batch.num_rows})
            time.sleep(0.3)

    rows = spark.range(0, 16, 1, 16).mapInArrow(where, "pid long").distinct().collect()
    return [row.pid for row in rows if is_executor(row.pid)]


def is_executor(pid: int) -> bool:
    """Whether it is the one that Spark started here, and still runs."""
    try:
        return b"CoarseGrainedExecutorBackend" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Spark with executors of their own."""
    spark = session(MASTER, **{"spark.executor.memory": "1g"})
    yield spark
    spark.stop()


@pytest.mark.parametrize("format", ["json", "text", "ndjson", "csv", "markdown", "html"])
def test_two_executors_look_at_the_fingerprints(cluster: Any, folder: Path, snapshot: Path, looks: list[int], format: str) -> None:
    assert len(executors(cluster)) == 2
    # few fingerprints would be put together on one of them
    cluster.conf.set("spark.sql.adaptive.enabled", "false")
    try:
        answer = iamdx.spark.answer(iamdx.spark.files(cluster, str(folder)), format=format, snapshot=str(snapshot))
    finally:
        cluster.conf.unset("spark.sql.adaptive.enabled")
    assert answer.encode() == program(str(folder), f"--snapshot={snapshot}", f"--format={format}")
    assert looks[0] > 0


def test_a_killed_executor_changes_nothing(cluster: Any, folder: Path) -> None:
    expected = program(str(folder), "--format", "json")
    pids = executors(cluster)
    assert len(pids) == 2
    killed: list[int] = []

    def kill() -> None:
        tracker = cluster.sparkContext.statusTracker()
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            for stage in tracker.getActiveStageIds():
                info = tracker.getStageInfo(stage)
                # some of it is done, and would be lost
                if info is not None and info.numTasks > 4 and info.numCompletedTasks >= 2:
                    os.kill(pids[0], signal.SIGKILL)
                    killed.append(info.numCompletedTasks)
                    return
            time.sleep(0.005)

    killer = threading.Thread(target=kill)
    killer.start()
    answer = iamdx.spark.answer(iamdx.spark.files(cluster, str(folder)))
    killer.join()
    assert killed and not is_executor(pids[0])
    assert answer.encode() == expected

