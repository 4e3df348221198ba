"""Exceptions of botocore, with and without botocore, and the hook of a session."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import ACCOUNT, ALICE, DENIED, POLICY

import iamdx
import iamdx.boto3

boto3 = pytest.importorskip("boto3")
from botocore.exceptions import ClientError  # noqa: E402
from botocore.stub import Stubber  # noqa: E402

ABOUT = {"HTTPStatusCode": 403, "RequestId": "4442587FB7D0A2F9"}


class LooksLikeOne(Exception):
    """What botocore raises, by its attributes."""

    def __init__(self, response: dict[str, Any], operation_name: str) -> None:
        error = response["Error"]
        super().__init__(f"An error occurred ({error['Code']}) when calling the {operation_name} operation: {error['Message']}")
        self.response = response
        self.operation_name = operation_name


@pytest.mark.parametrize("kind", [ClientError, LooksLikeOne])
def test_an_exception_tells_code_operation_and_status(kind: Any) -> None:
    error = kind({"Error": {"Code": "AccessDenied", "Message": DENIED}, "ResponseMetadata": ABOUT}, "GetObject")
    [denial] = iamdx.explain_exception(error)
    told = [denial[name] for name in ("error_code", "operation", "http_status", "action", "effect", "damage")]
    assert told == ["AccessDenied", "GetObject", 403, "s3:GetObject", "implicit-deny", []]
    [report] = iamdx.diagnose(error, snapshot=ACCOUNT)
    assert report["finding"] == "no-matching-allow"


def test_an_exception_without_a_response_is_its_message() -> None:
    [denial] = iamdx.explain_exception(RuntimeError(DENIED))
    assert denial["principal"]["arn"] == ALICE
    assert iamdx.explain_exception(KeyError("x")) == []
    assert iamdx.explain_exception(LooksLikeOne({"Error": {"Code": "NoSuchKey", "Message": ""}}, "GetObject")) == []


def session() -> Any:
    return boto3.session.Session(aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x", region_name="eu-west-1")


def denied(client: Any, code: str = "AccessDenied", message: str = DENIED, status: int = 403) -> ClientError:
    """The error that the caller gets."""
    with Stubber(client) as stub:
        stub.add_client_error("get_object", code, message, status, response_meta={"RequestId": ABOUT["RequestId"]})
        with pytest.raises(ClientError) as caught:
            client.get_object(Bucket="reports", Key="2026/q1.csv")
    return caught.value


def test_a_session_prints_the_short_report(capsys: pytest.CaptureFixture[str]) -> None:
    one = session()
    plain = denied(one.client("s3"))
    iamdx.boto3.explain_denials(one, snapshot=ACCOUNT)
    error = denied(one.client("s3"))
    assert (str(error), error.response, error.operation_name) == (str(plain), plain.response, plain.operation_name)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("DENIED  s3:GetObject on arn:aws:s3:::reports/2026/q1.csv by arn:aws:iam::111122223333:user/alice\n")
    assert len(told.err.splitlines()) == 3


def test_a_session_calls_back_with_the_reports_until_it_is_stopped() -> None:
    one, reports = session(), []
    with iamdx.boto3.explain_denials(one, reports.extend, identity_policy=POLICY):
        client = one.client("s3")
        denied(client)
        denied(client, "NoSuchKey", "The specified key does not exist.", 404)
    denied(client)
    denied(one.client("s3"))
    assert [report["denial"]["http_status"] for report in reports] == [403]
    assert reports[0]["near_misses"]


def test_one_client_can_be_meant() -> None:
    client, reports = session().client("s3"), []
    iamdx.boto3.explain_denials(client, reports.extend)
    denied(client)
    assert [report["denial"]["operation"] for report in reports] == ["GetObject"]


def test_what_goes_wrong_here_is_not_the_callers(caplog: pytest.LogCaptureFixture) -> None:
    one = session()

    def fails(_: object) -> None:
        raise ZeroDivisionError("of the callback")

    iamdx.boto3.explain_denials(one, fails)
    assert denied(one.client("s3")).operation_name == "GetObject"
    assert [record.getMessage() for record in caplog.records] == ["a denial could not be explained: of the callback"]


def test_what_cannot_be_meant_is_told_at_once() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'snapshots'"):
        iamdx.boto3.explain_denials(session(), snapshots=ACCOUNT)
    with pytest.raises(iamdx.InputError, match="neither a session of boto3"):
        iamdx.boto3.explain_denials("eu-west-1")
