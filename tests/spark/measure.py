"""How fast Spark counts on one and on two executors, beside the program on one core in the same run.

The first count is apart, as the JVM still compiles. Beside the time on the clock stands that of the processors, which other work on the
machine changes less: of the program, of the executors with their workers, and of the driver.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import trail
from conftest import program, session

import iamdx.spark

#: Counts of each kind; the best is told.
TIMES = 3


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
    sums = {"driver": 0.0, "executors": 0.0}
    for process, seconds in used.items():
        above, kind = process, ""
        while above and above != os.getpid():
            kind = "executors" if b"CoarseGrainedExecutorBackend" in command.get(above, b"") else kind or "driver"
            above = parent.get(above, 0)
        if above:
            sums[kind or "driver"] += seconds
    return sums


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
        print(f"{'iamdx triage, 1 core':32} {min(runs)[0]:6.1f} s; processors {one:5.1f} s, {megabytes / one:.0f} MB/s")
        print(f"{'iamdx triage, 2 cores':32} {min(native(folder, 2)[0] for _ in range(TIMES)):6.1f} s")
        for executors in (1, 2):
            # files of a real trail are grouped by Spark as they are here
            more = {"spark.executor.memory": "1g", "spark.sql.files.maxPartitionBytes": "128m"}
            spark = session(f"local-cluster[{executors},1,1024]", **more)
            for given, columns in (("content", ["path", "content"]), ("path alone", ["path"])):
                counts = []
                for _ in range(TIMES + 1):
                    before, begin = processors(), time.monotonic()
                    answer = iamdx.spark.answer(iamdx.spark.files(spark, str(folder)).select(*columns))
                    clock, after = time.monotonic() - begin, processors()
                    assert answer.encode() == expected
                    counts.append((clock, after["executors"] - before["executors"], after["driver"] - before["driver"]))
                first, best = counts[0], [min(column) for column in zip(*counts[1:])]
                print(
                    f"{f'Spark, {executors} executors, {given}':32} {best[0]:6.1f} s; executors {best[1]:5.1f} s, {best[1] / one:.2f} of the"
                    f" program; driver {best[2]:.1f} s; the first {first[0]:.1f} s on the clock, {first[1]:.1f} s of executors",
                    flush=True,
                )
            spark.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]))
