"""Spark on this machine, a trail for it, and the answers of the program."""

from __future__ import annotations

import csv
import gzip
import json
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
    tables(folder)
    return folder


def tables(folder: Path) -> None:
    """Records as tables, too: in CSV and in Parquet."""
    import pyarrow
    import pyarrow.parquet

    [first, second, *_] = sorted(folder.rglob("trail-*"))
    rows = [json.dumps(record) for record in records(first)]
    with (folder / "table.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["record"], *([row] for row in rows)])
    rows = [json.dumps(record) for record in records(second)]
    pyarrow.parquet.write_table(pyarrow.table({"record": rows}), folder / "table.parquet", compression="zstd")


def records(path: Path) -> list[dict[str, Any]]:
    """What stands in a file of the trail."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    whole = text.startswith('{"Records":')
    found: list[dict[str, Any]] = json.loads(text)["Records"] if whole else [json.loads(line) for line in text.splitlines()]
    return found


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The policies of one of the three accounts: some allow what was denied, some deny it, and of others there are none."""
    queue = "arn:aws:sqs:eu-west-1:111122223333:queue-1"
    allow = {"Statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue}}
    deny = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "kms:*", "Resource": "*"}]}
    users = [
        {"Arn": f"arn:aws:iam::111122223333:user/u{number}", "UserPolicyList": [{"PolicyName": "queue", "PolicyDocument": allow}]}
        for number in range(200)
    ]
    roles = [
        {
            "Arn": f"arn:aws:iam::111122223333:role/team/role-{number}",
            "RolePolicyList": [{"PolicyName": "keys", "PolicyDocument": deny if number % 2 else allow}],
        }
        for number in range(150)
    ]
    account = {"id": "111122223333", "in_organization": False, "UserDetailList": users, "RoleDetailList": roles}
    path = tmp_path_factory.mktemp("policies") / "account.json"
    path.write_text(json.dumps({"iamdx_snapshot": 1, "accounts": [account]}, indent=4))
    return path


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many fingerprints the executors have looked at, for each answer; however few there are."""
    import iamdx.spark
    from iamdx._command import Command

    monkeypatch.setattr(iamdx.spark, "_LOOKS", 1)

    many: list[int] = []
    given = Command.looks
    monkeypatch.setattr(Command, "looks", lambda self, looks: many.append(len(looks)) or given(self, looks))
    return many


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """Spark in one process, with two threads."""
    spark = session("local[2]")
    yield spark
    spark.stop()
