"""How fast Spark counts on one and on two executors, beside the program on one core in the same run.

The first count is apart, as the JVM still compiles; it goes on doing so for some counts more, of which the last are told. What is compared is
the time of the processors, which other work on the machine changes less than that on the clock: of the program, of the JVMs of the executors,
of their workers of Python, and of the driver. The program is asked between the counts, so that both have the same neighbours.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import trail
from conftest import program, session

import iamdx.spark

#: Counts of each kind that are not told, for the compiler of the JVM.
WARM = 5
#: Counts of each kind; the best is told.
TIMES = 4


def processors() -> dict[str, float]:
    """Seconds of processors of the processes below this one, by what they are."""
    parent, used, command = {}, {}, {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rsplit(")", 1)[1].split()
            command[int(place.name)] = (place / "cmdline").read_bytes()
        except OSError:
            continue
        parent[int(place.name)] = int(fields[1])
        used[int(place.name)] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    sums = {"driver": 0.0, "jvm": 0.0, "python": 0.0}
    for process, seconds in used.items():
        above, kind = process, "driver"
        while above and above != os.getpid():
            if b"CoarseGrainedExecutorBackend" in command.get(above, b""):
                kind = "jvm" if above == process else "python"
            above = parent.get(above, 0)
        if above:
            sums[kind] += seconds
    return sums


def touched(batches: Iterable[Any]) -> Iterator[Any]:
    """What anybody pays for whom Spark reads files for Python: the content is there, and nothing is done with it."""
    import pyarrow

    for batch in batches:
        yield pyarrow.RecordBatch.from_pydict({"bytes": [batch.column("content").nbytes]})


def native(folder: Path, cores: int) -> tuple[float, float, bytes]:
    """The program on so many cores: seconds on the clock, of processors, and the answer."""
    os.environ["RAYON_NUM_THREADS"] = str(cores)
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    answer = program(str(folder), "--format", "json")
    clock, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, answer


def main(megabytes: int) -> None:
    """Measures, and writes a table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        files = trail.write(folder, megabytes=megabytes)
        trail.damage(folder)
        stored = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        java = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr.splitlines()[0]
        print(f"{megabytes} MB in {files} files of {stored >> 20} MB, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {java}")
        runs = [native(folder, 1) for _ in range(TIMES)]
        expected, one = runs[0][2], min(seconds for _, seconds, _ in runs)
        print(f"{'iamdx triage, 1 core':32} {min(runs)[0]:6.1f} s; processors {one:5.2f} s, {megabytes / one:.0f} MB/s")
        print(f"{'iamdx triage, 2 cores':32} {min(native(folder, 2)[0] for _ in range(TIMES)):6.1f} s", flush=True)
        for executors in (1, 2):
            # files of a real trail are grouped by Spark as they are here
            more = {"spark.executor.memory": "1g", "spark.sql.files.maxPartitionBytes": "128m"}
            spark = session(f"local-cluster[{executors},1,1024]", **more)
            for given in ("path alone", "content", "content, only touched"):
                files = iamdx.spark.files(spark, str(folder), content=given != "path alone")
                counts, beside = [], []
                for _ in range(WARM + TIMES):
                    before, begin = processors(), time.monotonic()
                    if given.endswith("touched"):
                        files.mapInArrow(touched, "bytes long").collect()
                    else:
                        assert iamdx.spark.answer(files).encode() == expected
                    clock, after = time.monotonic() - begin, processors()
                    counts.append((clock, *(after[kind] - before[kind] for kind in ("jvm", "python", "driver"))))
                    beside.append(native(folder, 1)[1])
                first, rest, one = counts[0], counts[WARM:], min(beside[WARM:])
                clock, jvm, python, driver = (min(column) for column in zip(*rest))
                both = min(jvm + python for _, jvm, python, _ in rest)
                print(
                    f"{f'Spark, {executors} executors, {given}':44} {clock:6.1f} s; JVM {jvm:5.2f} s, Python {python:5.2f} s, together {both:5.2f} s:"
                    f" {both / one:.2f} of the program's {one:.2f} s; driver {driver:.1f} s; the first {first[0]:.1f} s on the clock,"
                    f" {first[1] + first[2]:.1f} s of executors",
                    flush=True,
                )
            spark.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]))
