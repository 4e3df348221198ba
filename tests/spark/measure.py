"""How fast Spark counts on one and on two executors, beside the program on one core in the same run.

The time of each is wall time once the JVM runs and has done one such count; the best of three.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable

import trail
from conftest import program, session

import iamdx.spark


def timed(work: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """The best time, and the answer."""
    best, answer = float("inf"), None
    for _ in range(times):
        begin = time.monotonic()
        answer = work()
        best = min(best, time.monotonic() - begin)
    return best, answer


def native(folder: Path, cores: int) -> bytes:
    """The program on so many cores."""
    os.environ["RAYON_NUM_THREADS"] = str(cores)
    return program(str(folder), "--format", "json")


def main(megabytes: int) -> None:
    """Measures, and writes a table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        files = trail.write(folder, megabytes=megabytes)
        trail.damage(folder)
        stored = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        java = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr.splitlines()[0]
        print(f"{megabytes} MB in {files} files of {stored >> 20} MB, {os.cpu_count()} cores, {java}")
        one, expected = timed(lambda: native(folder, 1))
        two, _ = timed(lambda: native(folder, 2))
        table = [("iamdx triage, 1 core", one, one), ("iamdx triage, 2 cores", two, two)]
        for executors, base in ((1, one), (2, two)):
            # files of a real trail are grouped by Spark as they are here
            more = {"spark.executor.memory": "1g", "spark.sql.files.maxPartitionBytes": "128m"}
            spark = session(f"local-cluster[{executors},1,1024]", **more)
            count = lambda: iamdx.spark.answer(iamdx.spark.files(spark, str(folder)))  # noqa: E731
            first, _ = timed(count, 1)
            taken, answer = timed(count)
            assert answer.encode() == expected
            spark.stop()
            table.append((f"Spark, {executors} executors of 1 core, first", first, base))
            table.append((f"Spark, {executors} executors of 1 core", taken, base))
        for what, taken, base in table:
            print(f"{what:40} {taken:6.2f} s {megabytes / taken:7.0f} MB/s {taken / base:5.2f} of the program")


if __name__ == "__main__":
    main(int(sys.argv[1]))
