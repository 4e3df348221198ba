"""The job that `spark-submit` runs: the denials of a trail by their cause, into a file.

    spark-submit spark_job.py --input s3://trail/AWSLogs/ --output s3://answers/triage.html --format html

`python -m iamdx.spark_job` is the same. What it reads and writes may be wherever Spark can reach.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import logging
import sys
from collections.abc import Sequence
from typing import Any, Optional

import iamdx
import iamdx.spark


def arguments(given: Optional[Sequence[str]] = None) -> argparse.Namespace:
    """What the job is told. AWS Glue adds arguments of its own, which are left alone."""
    parser = argparse.ArgumentParser(prog="spark_job.py", description=str(__doc__).split("\n", 1)[0], allow_abbrev=False)
    parser.add_argument("--input", action="append", required=True, metavar="URI", help="a file or a folder of the trail (repeatable)")
    parser.add_argument("--output", required=True, metavar="URI", help="the file for the answer")
    parser.add_argument("--format", default="json", help="a format of `iamdx triage` (default: json)")
    parser.add_argument("--top", type=int, metavar="N", help="findings to show")
    parser.add_argument("--denials", metavar="URI", help="a folder for every denial as Parquet, too: this reads the trail a second time")
    parser.add_argument("--snapshot", action="append", metavar="URI", help="a snapshot of an account, or of several (repeatable)")
    parser.add_argument("--open-on-executors", action="store_true", help="Spark only finds the files, and the executors open them: faster, where they can")
    parser.add_argument("--since", metavar="TIME", help="only denials from this time on")
    parser.add_argument("--until", metavar="TIME", help="only denials before this time")
    for name in ("account", "principal", "action"):
        parser.add_argument(f"--{name}", action="append", metavar="TEXT", help=f"only denials of this {name} (repeatable)")
    known, others = parser.parse_known_args(given)
    ours = [option for action in parser._actions for option in action.option_strings]
    for other in others:
        close = difflib.get_close_matches(other.split("=")[0], ours, 1, 0.8)
        if other.startswith("--") and close:
            parser.error(f"there is no {other}. Is {close[0]} meant?")
    if others:
        logging.getLogger("iamdx").warning("these arguments are not of this job: %s", " ".join(others))
    return known


def run(spark: Any, job: argparse.Namespace) -> None:
    """Does what the job is told."""
    files = iamdx.spark.files(spark, *job.input, content=not job.open_on_executors)
    only = {name: getattr(job, name) for name in ("since", "until", "account", "principal", "action")}
    snapshot = [_read(spark, uri) for uri in job.snapshot or []] or None
    text = iamdx.spark.answer(files, format=job.format, top=job.top, snapshot=snapshot, **only)
    _write(spark, job.output, text.encode())
    if job.denials:
        iamdx.spark.denials(files, **only).write.mode("overwrite").parquet(job.denials)


def _read(spark: Any, uri: str) -> bytes:
    """A file, by Spark's connectors."""
    return bytes(spark.read.format("binaryFile").load(uri).select("content").first()[0])


def _write(spark: Any, uri: str, content: bytes) -> None:
    """Writes a file where Hadoop can; it replaces one of that name."""
    hadoop = spark._jvm.org.apache.hadoop.fs.Path(uri)
    out = hadoop.getFileSystem(spark._jsc.hadoopConfiguration()).create(hadoop, True)
    try:
        out.write(content)
    finally:
        out.close()


def main() -> int:
    """The job as a program."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    job = arguments()
    spark = importlib.import_module("pyspark.sql").SparkSession.builder.appName("iamdx triage").getOrCreate()
    try:
        run(spark, job)
    except iamdx.Error as error:
        print(f"iamdx: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    code = main()
    # a platform takes any end by `sys.exit` for a failure
    if code:
        sys.exit(code)
