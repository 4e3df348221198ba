"""Answers are those of the program: the same keys, in the same order, with the same values."""

from __future__ import annotations

import datetime
import ipaddress
import json
import logging
import os
from pathlib import Path
from typing import Any

import pytest
from conftest import ACCOUNT, ALICE, CASES, DENIED, POLICY, PROJECT, answer

import iamdx

ONE_OF_EACH_CAUSE = [
    next(case for case in sorted(cause.iterdir()) if (case / "snapshot.json").exists() and (case / "denial.txt").exists())
    for cause in sorted(CASES.iterdir())
    if any((case / "snapshot.json").exists() and (case / "denial.txt").exists() for case in cause.iterdir())
]


def same(one: Any, other: Any) -> bool:
    return json.dumps(one) == json.dumps(other)


@pytest.mark.parametrize("case", ONE_OF_EACH_CAUSE, ids=lambda case: case.parent.name)
def test_a_diagnosis_is_that_of_the_program(case: Path) -> None:
    denial, snapshot = str(case / "denial.txt"), str(case / "snapshot.json")
    reports = iamdx.diagnose(Path(denial).read_bytes(), snapshot=snapshot)
    assert same({"schema_version": 1, "reports": reports}, answer("diagnose", denial, "--snapshot", snapshot))


def test_every_option_of_a_diagnosis_reaches_it() -> None:
    # the guard has two levels, and one key with two values
    level = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    deny = {"Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": False}}}}
    [report] = iamdx.diagnose(
        "AccessDenied: Access Denied",
        principal=ALICE,
        action="s3:GetObject",
        resource="arn:aws:s3:::reports/2026/q1.csv",
        resource_account="111122223333",
        identity_policy=[POLICY, json.dumps(level)],
        scp=[[level], [level, deny]],
        no_rcp=True,
        no_permissions_boundary=True,
        no_resource_policy=True,
        context={"aws:MultiFactorAuthPresent": False, "aws:TagKeys": ["a", "b"], "aws:SourceIp": "203.0.113.7"},
        context_complete=True,
    )
    assert report["decision"] == "explicitDeny"
    assert [blocker["policy_type"] for blocker in report["blockers"]] == ["service-control"]
    assert report["request"]["context"] == {
        "aws:multifactorauthpresent": ["false"],
        "aws:sourceip": ["203.0.113.7"],
        "aws:tagkeys": ["a", "b"],
    }


def test_a_file_is_a_path_a_text_or_the_document(account: str) -> None:
    text = Path(account).read_text()
    given = [account, Path(account), ACCOUNT, text, text.encode(), [ACCOUNT]]
    first, *others = [iamdx.diagnose(DENIED, snapshot=snapshot) for snapshot in given]
    assert first[0]["finding"] == "no-matching-allow"
    # but for the name under which the file is known
    assert {json.dumps(other).replace('"<snapshot>"', json.dumps(account)) for other in others} == {json.dumps(first)}


@pytest.mark.parametrize("text", sorted((PROJECT / "fixtures" / "messages" / "boto3").glob("*"))[:20], ids=lambda path: path.name)
def test_what_a_text_says_is_what_the_program_says(text: Path) -> None:
    denials = iamdx.explain(text.read_bytes())
    assert same({"schema_version": 1, "denials": denials}, answer("explain", str(text)))


def test_a_text_without_denials_says_none() -> None:
    assert iamdx.explain("all is well") == []
    assert iamdx.explain("") == []


def test_what_is_no_text_is_said_to_be_none() -> None:
    assert iamdx.explain(bytearray(DENIED.encode())) == iamdx.explain(DENIED)
    given: Any
    for given in (None, Path("denial.txt"), {"errorCode": "AccessDenied"}, 5):
        with pytest.raises(TypeError, match=rf"a text .* is expected, not {type(given).__name__}"):
            iamdx.explain(given)


def test_a_value_of_a_condition_key_is_that_value() -> None:
    utc = datetime.timezone.utc
    policy = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {
        "DateLessThan": {"aws:CurrentTime": "2026-11-02T00:00:00Z"}, "IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}]}
    known = {"identity_policy": policy, "no_scp": True, "no_rcp": True, "no_permissions_boundary": True, "no_resource_policy": True}
    context: Any = {"aws:CurrentTime": datetime.datetime(2026, 11, 1, tzinfo=utc), "aws:SourceIp": ipaddress.ip_address("203.0.113.7")}
    answer = iamdx.simulate(ALICE, "s3:GetObject", "arn:aws:s3:::b/k", context=context, **known)
    assert answer["decision"] == "allowed"
    refused: list[tuple[Any, type[Exception]]] = [
        ({"aws:SourceIp": None}, TypeError),
        ({"aws:SourceIp": b"203.0.113.7"}, TypeError),
        ({"aws:TagKeys": []}, iamdx.InputError),
        ({"": "c"}, iamdx.InputError),
        ({"aws:CurrentTime": datetime.datetime(2026, 11, 1)}, iamdx.InputError),
        (["aws:SourceIp=203.0.113.7"], TypeError),
    ]
    for given, error in refused:
        with pytest.raises(error, match="^context: "):
            iamdx.simulate(ALICE, "s3:GetObject", "arn:aws:s3:::b/k", context=given, **known)


def test_the_name_of_a_tag_may_have_any_character() -> None:
    tag = "aws:PrincipalTag/a=b \u00fc\"'{"
    policy = {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {tag: "c=d"}}}}
    known = {"identity_policy": policy, **{f"no_{none}": True for none in ("scp", "rcp", "permissions_boundary", "resource_policy", "vpc_endpoint_policy")}}
    answer = iamdx.simulate(ALICE, "s3:GetObject", "arn:aws:s3:::b/k", context={tag: "c=d"}, **known)
    assert answer["decision"] == "allowed"


def test_an_account_id_is_a_text() -> None:
    account: Any = 123456789012
    resource = "arn:aws:s3:::b/k"
    wrong = "an account id is a text, such as '123456789012', not int"
    for key in ("aws:PrincipalAccount", "aws:SourceAccount", "kms:CallerAccount", "AWS:resourceaccount"):
        for value in (account, [account]):
            with pytest.raises(TypeError, match=f"^context: {key}: {wrong}"):
                iamdx.simulate(ALICE, "s3:GetObject", resource, context={key: value})
    with pytest.raises(TypeError, match=f"^resource_account: {wrong}"):
        iamdx.simulate(ALICE, "s3:GetObject", resource, resource_account=account)
    with pytest.raises(TypeError, match=f"^resource_account: {wrong}"):
        iamdx.diagnose(DENIED, resource_account=account)
    with pytest.raises(TypeError, match="^principal: a text is expected, not int"):
        iamdx.simulate(account, "s3:GetObject", resource)


def test_names_are_replaced_as_by_the_program(account: str) -> None:
    [denial] = iamdx.explain(DENIED, redact=True)
    assert same({"schema_version": 1, "denials": [denial]}, answer("explain", "-m", DENIED, "--redact"))
    reports = iamdx.diagnose(DENIED, snapshot=account, redact=True)
    assert "alice" not in json.dumps(reports)


def test_a_simulation_is_that_of_the_program(account: str) -> None:
    resource = "arn:aws:s3:::reports/2025/q1.csv"
    given = iamdx.simulate(ALICE, "s3:GetObject", resource, snapshot=account, no_resource_policy=True, context={"aws:SourceIp": "203.0.113.7"})
    options = ["--snapshot", account, "--no-resource-policy", "--context", "aws:SourceIp=203.0.113.7"]
    told = answer("simulate", "--principal", ALICE, "--action", "s3:GetObject", "--resource", resource, *options)
    assert same(given, told)


def test_who_can_is_that_of_the_program(account: str) -> None:
    given = iamdx.who_can("s3:GetObject", "arn:aws:s3:::reports/2025/q1.csv", snapshot=account)
    resource = "arn:aws:s3:::reports/2025/q1.csv"
    assert same(given, answer("simulate", "--who", "--action", "s3:GetObject", "--resource", resource, "--snapshot", account))


def test_a_difference_is_that_of_the_program(tmp_path: Path) -> None:
    wider = json.loads(json.dumps(POLICY).replace("2025/", ""))
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(POLICY))
    new.write_text(json.dumps(wider))
    told = answer("diff", str(old), str(new))
    assert told["new_access"] is True
    assert same(iamdx.diff(old, new), told)
    assert iamdx.diff(POLICY, wider)["new_access"] is True


def test_an_error_has_its_place(tmp_path: Path) -> None:
    with pytest.raises(iamdx.InputError) as caught:
        iamdx.diagnose(DENIED, snapshot='{"accounts":\n  [}')
    assert (caught.value.path, caught.value.line, caught.value.column) == ("<snapshot>", 2, 4)
    missing = str(tmp_path / "missing.json")
    with pytest.raises(iamdx.InputError) as caught:
        iamdx.diagnose(DENIED, scp=missing)
    assert (caught.value.path, caught.value.line) == (missing, None)
    with pytest.raises(iamdx.InputError, match="no denial found") as caught:
        iamdx.diagnose("all is well")
    assert caught.value.hint == "Give the whole error message as AWS printed it, or its record in CloudTrail"
    with pytest.raises(ValueError, match="a policy document is an object with `Statement`"):
        iamdx.diff({"Version": "2012-10-17"}, POLICY)
    with pytest.raises(iamdx.InputError, match="cannot be used with"):
        iamdx.diagnose(DENIED, scp=POLICY, no_scp=True)
    with pytest.raises(iamdx.InputError, match="a set cannot stand|a object cannot stand"):
        iamdx.diagnose(DENIED, snapshot={"accounts": object()})


def test_what_can_be_said_without_aws_comes_with_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x"}
    for name, value in {**nowhere, "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}.items():
        monkeypatch.setenv(name, value)
    # nobody listens there
    with pytest.raises(iamdx.AwsError) as caught:
        iamdx.diagnose(DENIED, live=True, region="eu-west-1", endpoint_url="http://127.0.0.1:9", timeout=1)
    [report] = caught.value.answer["reports"]
    assert report["denial"]["action"] == "s3:GetObject"


def test_a_value_is_never_an_option() -> None:
    with pytest.raises(iamdx.InputError, match="invalid value"):
        iamdx.diagnose(DENIED, principal="--live")
    with pytest.raises(iamdx.InputError, match="cannot read"):
        iamdx.diff("--output=new.json", "-")


def test_a_remark_goes_to_the_logger(account: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="iamdx"):
        iamdx.simulate(ALICE, "s3:GetObjekt", "arn:aws:s3:::reports/x", snapshot=account)
    assert ["s3:GetObjekt" in record.getMessage() for record in caplog.records] == [True]


def test_a_secret_of_one_call_is_nothing_to_the_next() -> None:
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    bucket = f"User: {ALICE} is not authorized to perform: s3:ListBucket on resource: arn:aws:s3:::bPxRfiCYEXAMPLEKEY"
    [before] = iamdx.explain(bucket)
    assert secret not in json.dumps(iamdx.explain(f"aws_secret_access_key = {secret}\n{DENIED}"))
    [after] = iamdx.explain(bucket)
    assert before == after and after["resource"] == "arn:aws:s3:::bPxRfiCYEXAMPLEKEY"
