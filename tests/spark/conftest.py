"""Spark on this machine, a trail for it, and the answers of the program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trail

#: Spark speaks to itself over the loopback alone.
os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
os.environ["PYSPARK_PYTHON"] = sys.executable


def session(master: str, **settings: str) -> Any:
    """A session of Spark; ends the one before."""
    from pyspark.sql import SparkSession

    before = SparkSession.getActiveSession()
    if before is not None:
        before.stop()
    # the trail of a test is small, and is to be on all machines all the same
    small = {"spark.sql.files.maxPartitionBytes": "4m", "spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "8", "spark.python.worker.faulthandler.enabled": "true", "spark.sql.execution.pyspark.udf.faulthandler.enabled": "true"}
    builder = SparkSession.builder.master(master).appName("iamdx")
    for name, value in {**small, "spark.driver.host": "127.0.0.1", **settings}.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def program(*arguments: str) -> bytes:
    """What the program answers."""
    script = Path(sys.executable).with_name("iamdx")
    binary = os.environ.get("IAMDX_BINARY") or str(script)
    return subprocess.run([binary, "triage", *arguments], capture_output=True, timeout=600).stdout


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of a trail, some of them damaged, and one twice; with `IAMDX_SPARK_MEGABYTES` as large as that."""
    folder = tmp_path_factory.mktemp("trail").resolve()
    megabytes = int(os.environ.get("IAMDX_SPARK_MEGABYTES", "12"))
    trail.write(folder, megabytes=megabytes, a_file=1 if megabytes < 100 else 5)
    trail.damage(folder)
    return folder


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """Spark in one process, with two threads."""
    spark = session("local[2]")
    yield spark
    spark.stop()
