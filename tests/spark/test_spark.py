"""What Spark counts is what the program counts, byte for byte."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import program

import iamdx
import iamdx.spark


def test_the_answer_is_that_of_the_program(spark: Any, folder: Path) -> None:
    answer = iamdx.spark.answer(iamdx.spark.files(spark, str(folder)))
    assert answer.encode() == program(str(folder), "--format", "json")
    trail = json.loads(answer)["trail"]
    assert trail["seen_before"] == 1 and trail["without_records"] == 1
    assert [Path(file["path"]).name for file in trail["skipped"]] == ["cut.json.gz", "ends.json", "page.json"]


def test_every_format_and_every_filter_is_that_of_the_program(spark: Any, folder: Path) -> None:
    files = iamdx.spark.files(spark, str(folder))
    only = ["--since=2026-11-05", "--until=2026-11-20", "--action=s3:*", "--action=kms:*", "--account=111122223333", "--principal=role"]
    answer = iamdx.spark.answer(
        files, format="text", top=2, since="2026-11-05", until="2026-11-20", action=["s3:*", "kms:*"], account="111122223333",
        principal="role",
    )
    assert answer.encode() == program(str(folder), "--top=2", *only)


@pytest.mark.parametrize("format", ["json", "text", "ndjson", "csv", "markdown", "html"])
def test_with_policies_the_findings_are_those_of_the_program(
    spark: Any, folder: Path, snapshot: Path, looks: list[int], format: str
) -> None:
    files = iamdx.spark.files(spark, str(folder))
    answer = iamdx.spark.answer(files, format=format, snapshot=str(snapshot), top=5)
    assert answer.encode() == program(str(folder), f"--snapshot={snapshot}", f"--format={format}", "--top=5")
    assert looks[0] > 0


def test_whoever_looks_at_fingerprints_the_findings_are_the_same(
    spark: Any, folder: Path, snapshot: Path, looks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    files, expected = iamdx.spark.files(spark, str(folder)), program(str(folder), f"--snapshot={snapshot}", "--format=json")
    found = json.loads(expected)
    every = len(found["trail"]["tally"]["fingerprints"])
    # one look at each, those of accounts without policies too
    assert {finding["not_diagnosed"]["code"] for finding in found["findings"] if finding.get("not_diagnosed")} >= {"principal-not-seen"}
    assert any(finding.get("diagnosis") or finding.get("remedies") for finding in found["findings"])
    for least, looked in [(1, every), (10**9, 0)]:
        monkeypatch.setattr(iamdx.spark, "_LOOKS", least)
        assert iamdx.spark.answer(files, snapshot=snapshot).encode() == expected
        # a value has no file that its statements could name
        assert iamdx.spark.triage(files, snapshot=snapshot.read_text())["findings"]
        assert looks == [looked, looked]
        looks.clear()


def test_a_snapshot_that_cannot_be_read_is_told_before_files_are_read(spark: Any, tmp_path: Path) -> None:
    def read(batches: Any) -> Any:
        raise AssertionError("a file was read")

    files = spark.createDataFrame([("a.json",)], "path string").mapInArrow(read, "path string")
    with pytest.raises(iamdx.InputError) as told:
        iamdx.spark.triage(files, snapshot='{"accounts":\n  [}')
    assert (told.value.path, told.value.line) == ("<snapshot>", 2)
    with pytest.raises(iamdx.InputError, match="gone.json"):
        iamdx.spark.triage(files, snapshot=tmp_path / "gone.json")


def test_the_executors_open_files_of_which_only_the_path_is_given(spark: Any, folder: Path) -> None:
    paths = [str(path) for path in sorted(folder.rglob("*")) if path.is_file()]
    # the same name twice is one file, and one that is not there is told
    files = spark.createDataFrame([(path,) for path in [*paths, paths[0], str(folder / "gone.json")]], "file string")
    found = iamdx.spark.triage(files)
    gone = {"path": str(folder / "gone.json"), "why": "it cannot be read: No such file or directory"}
    assert found["trail"]["skipped"].pop(2) == gone
    assert found == json.loads(program(str(folder), "--format", "json"))
    files = iamdx.spark.files(spark, str(folder), content=False)
    assert files.columns == ["path"]
    assert iamdx.spark.answer(files).encode() == program(str(folder), "--format", "json")


def test_a_denial_is_a_row(spark: Any, folder: Path) -> None:
    rows = iamdx.spark.denials(iamdx.spark.files(spark, str(folder)))
    assert [f"{name} {kind}" for name, kind in rows.dtypes] == iamdx.spark.DENIALS.split(", ")
    rows = rows.collect()
    damaged = {Path(row.file).name: row.damage for row in rows if row.damage}
    assert damaged == {
        "cut.json.gz": "it cannot be read to its end: incomplete deflate stream",
        "ends.json": "it ends inside a record",
        "page.json": "it is no JSON from byte 0 on",
    }
    [again] = [row.digest for row in rows if row.file.endswith("again.json.gz")][:1]
    once = [row for row in rows if row.digest and not row.file.endswith("again.json.gz")]
    assert again in {row.digest for row in once}
    tally = json.loads(program(str(folder), "--format", "json"))["trail"]["tally"]
    assert Counter(row.fingerprint for row in once) == {id: entry["count"] for id, entry in tally["fingerprints"].items()}
    for row in once:
        cause = tally["fingerprints"][row.fingerprint]["cause"]
        assert {name: row[name] for name in cause} == cause
    times = [int(row["at"].timestamp()) for row in once]
    assert (min(times), max(times)) == (tally["first"], tally["last"])


def test_a_row_of_a_denial_whole(spark: Any, tmp_path: Path) -> None:
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    role = "arn:aws:sts::111122223333:assumed-role/deploy/run-1"
    record = {
        "eventVersion": "1.11", "eventName": "GetObject", "eventSource": "s3.amazonaws.com", "awsRegion": "eu-west-1",
        "eventTime": "2026-11-29T03:14:00Z", "eventID": "event-1", "errorCode": "AccessDenied", "sourceIPAddress": "203.0.113.7",
        "userAgent": f"aws_secret_access_key={secret}", "vpcEndpointId": "vpce-0123456789abcdef0",
        "errorMessage": f'User: {role} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::reports/größe.csv" '
        "because no identity-based policy allows the s3:GetObject action",
        "userIdentity": {"type": "AssumedRole", "arn": role, "accountId": "111122223333"},
    }
    (tmp_path / "one.json").write_text(json.dumps({"Records": [record]}))
    [row] = iamdx.spark.denials(iamdx.spark.files(spark, str(tmp_path))).collect()
    found = {name: value for name, value in row.asDict().items() if name not in ("file", "digest", "at")}
    assert secret not in str(row) and row["at"].timestamp() == 1795922040
    assert found == {
        "damage": None,
        "event_id": "event-1",
        "fingerprint": row.fingerprint,
        "failure": None,
        "principal": "111122223333 role deploy",
        "action": "s3:getobject",
        "resource": "arn:aws:s3:::reports/*",
        "error_code": "AccessDenied",
        "effect": "implicit-deny",
        "policy_type": "identity-based",
        "policy_arn": None,
        "account": "111122223333",
        "region": "eu-west-1",
        "operation": "GetObject",
        "caller": role,
        "session": "run-1",
        "target": "arn:aws:s3:::reports/größe.csv",
        "source_ip": "203.0.113.7",
        "endpoint": "vpce-0123456789abcdef0",
        "user_agent": row.user_agent,
        "secrets": "secret access key",
    }


def test_the_job_writes_what_the_program_answers(spark: Any, folder: Path, tmp_path: Path) -> None:
    from iamdx import spark_job

    output, denials = tmp_path / "answers" / "triage.json", tmp_path / "denials"
    given = ["--input", f"file:{folder}", "--output", f"file:{output}", "--since", "2026-11-05", "--denials", str(denials), "--open-on-executors"]
    spark_job.run(spark, spark_job.arguments([*given, "--JOB_NAME", "of-glue"]))
    answer = program(str(folder), "--since=2026-11-05", "--format", "json")
    assert output.read_bytes() == answer
    tally = json.loads(answer)["trail"]["tally"]
    table = spark.read.parquet(str(denials)).where("damage is null and file not like '%again.json.gz'")
    assert table.count() == sum(entry["count"] for entry in tally["fingerprints"].values())


def test_spark_submit_runs_the_job(folder: Path, tmp_path: Path) -> None:
    from iamdx import spark_job

    submit = [str(Path(sys.executable).with_name("spark-submit")), "--master", "local[2]"]
    for setting in ("spark.ui.enabled=false", "spark.driver.host=127.0.0.1"):
        submit += ["--conf", setting]
    one = min(folder.rglob("trail-*"))
    job = [spark_job.__file__, "--input", f"file:{one}", "--output", f"file:{tmp_path / 'answer.txt'}", "--format", "text"]
    ended = subprocess.run([*submit, *job], capture_output=True, text=True, timeout=600)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "answer.txt").read_bytes() == program(str(one))


def test_what_cannot_be_asked_is_told(spark: Any, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = iamdx.spark.files(spark, str(folder))
    with pytest.raises(iamdx.InputError, match="give a date"):
        iamdx.spark.denials(files, since="yesterday")
    with pytest.raises(iamdx.InputError, match="a column `path`"):
        iamdx.spark.triage(files.selectExpr("path as a", "content as b"))
    with pytest.raises(iamdx.Error, match="PySpark 3.3 or later"):
        iamdx.spark.triage(type("Old", (), {"columns": ["path"], "select": lambda self, *_: self})())
    asked = iamdx.spark._asked(account=None, principal=None, action=None).replace(f'"version":"{iamdx.__version__}"', '"version":"0.0.9"')
    with pytest.raises(ValueError, match="the driver has iamdx 0.0.9 and this machine has"):
        iamdx.spark._native.Counter(asked)
    from iamdx import spark_job

    with pytest.raises(SystemExit):
        spark_job.arguments(["--input", "a", "--output", "b", "--sinse", "2026-11-05"])
    assert "there is no --sinse. Is --since meant?" in capsys.readouterr().err


def test_without_pyarrow_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['pyarrow'] = None; import iamdx.spark; iamdx.spark._arrow()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ended.stderr.strip().endswith("iamdx.spark needs pyarrow, here and on the executors. pip install 'iamdx[spark]'")
