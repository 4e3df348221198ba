"""Exceptions of botocore, with and without botocore, and the hook of a session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable

import pytest
from conftest import ACCOUNT, ALICE, DENIED, POLICY

import iamdx
import iamdx.boto3

boto3 = pytest.importorskip("boto3")
from botocore.exceptions import ClientError, WaiterError  # noqa: E402
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


@pytest.mark.parametrize(
    ("code", "operation", "message", "status", "kind"),
    [
        ("AccessDenied", "GetObject", "Access Denied", 403, "iam-denial"),
        ("403", "HeadObject", "Forbidden", 403, "iam-denial"),
        ("AccessDeniedException", "GetSecretValue", "Access to KMS is not allowed", 400, "iam-denial"),
        ("UnauthorizedOperation", "RunInstances", "You are not authorized to perform this operation.", 403, "iam-denial"),
        ("AccessDeniedException", "GetThing", "Nobody knows these words,\nwhich are on two lines", 400, "iam-denial"),
        ("AccessDeniedException", "GetThing", "", 400, "iam-denial"),
        ("ExpiredToken", "GetCallerIdentity", "The security token included in the request is expired", 403, "other-failure"),
        ("ThrottlingException", "InvokeModel", "Too many requests, please wait before trying again.", 429, "other-failure"),
    ],
)
def test_what_the_answer_tells_is_not_lost_where_the_message_says_little(code: str, operation: str, message: str, status: int, kind: str) -> None:
    error = ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": {**ABOUT, "HTTPStatusCode": status}}, operation)
    [denial] = iamdx.explain_exception(error)
    told = [denial[name] for name in ("kind", "error_code", "operation", "http_status", "occurrences")]
    assert told == [kind, code, operation, status, 1]


@pytest.mark.parametrize("message", ["Access Denied", DENIED])
def test_the_id_of_the_request_is_what_AWS_is_asked_with(message: str) -> None:
    # two requests are two occurrences, and one that is told twice is one
    def error(request: str) -> ClientError:
        about = {**ABOUT, "RequestId": request}
        return ClientError({"Error": {"Code": "AccessDenied", "Message": message}, "ResponseMetadata": about}, "GetObject")

    def occurrences(*errors: Exception) -> list[int]:
        return [denial["occurrences"] for denial in iamdx.explain_exception(Group("several", errors))]

    assert occurrences(error("4442587FB7D0A2F9"), error("4442587FB7D0A2F9")) == [1]
    assert occurrences(error("4442587FB7D0A2F9"), error("4442587FB7D0A2FA")) == [2]


class Group(Exception):
    """An ExceptionGroup, which Python has from 3.11 on, by its attribute."""

    def __init__(self, message: str, exceptions: Sequence[Exception]) -> None:
        super().__init__(f"{message} ({len(exceptions)} sub-exceptions)")
        self.exceptions = tuple(exceptions)


def client_error(operation: str = "GetObject", message: str = "Access Denied") -> ClientError:
    return ClientError({"Error": {"Code": "AccessDenied", "Message": message}, "ResponseMetadata": ABOUT}, operation)


def raised(work: Callable[[], object]) -> Exception:
    with pytest.raises(Exception) as caught:
        work()
    return caught.value


def chained(error: Exception, how: str) -> Exception:
    """What comes of an error that is not the last one."""

    def work() -> None:
        try:
            raise error
        except Exception as first:
            if how == "from":
                raise ValueError("the report cannot be made") from first
            if how == "words":
                raise ValueError(f"the report cannot be made: {first}") from first
            if how == "none":
                raise ValueError("the report cannot be made") from None
            raise ValueError("the report cannot be made")

    return raised(work)


def told(error: BaseException) -> list[tuple[object, ...]]:
    return [tuple(denial[name] for name in ("operation", "http_status", "occurrences")) for denial in iamdx.explain_exception(error)]


@pytest.mark.parametrize("message", ["Access Denied", DENIED])
@pytest.mark.parametrize("how", ["from", "words", "context"])
def test_the_denial_that_an_exception_came_from_is_found(message: str, how: str) -> None:
    error = chained(client_error(message=message), how)
    assert told(error) == [("GetObject", 403, 1)]
    assert told(chained(chained(error, "context"), how)) == [("GetObject", 403, 1)]
    assert told(Group("several", [KeyError("x"), error])) == [("GetObject", 403, 1)]
    [report] = iamdx.diagnose(error, snapshot=ACCOUNT)
    assert report["denial"]["http_status"] == 403


def test_a_denial_that_was_put_away_is_not_told() -> None:
    assert told(chained(client_error(), "none")) == []
    # what is raised comes first
    assert told(chained_errors(client_error("PutObject"), client_error("GetObject"))) == [("PutObject", 403, 1), ("GetObject", 403, 1)]


def chained_errors(last: Exception, first: Exception) -> Exception:
    def work() -> None:
        try:
            raise first
        except ClientError:
            raise last

    return raised(work)


def test_a_chain_that_is_a_circle_has_an_end() -> None:
    one, other = client_error(), ValueError("x")
    one.__context__, other.__context__ = other, one
    assert told(one) == told(other) == [("GetObject", 403, 1)]


def test_the_denial_of_a_waiter_is_found() -> None:
    answer = {"Error": {"Code": "403", "Message": "Forbidden"}, "ResponseMetadata": {**ABOUT, "HTTPStatusCode": 403}}
    with Stubber(client := session().client("s3")) as stub:
        stub.add_client_error("head_object", "403", "Forbidden", 403, response_meta={"RequestId": ABOUT["RequestId"]})
        error = raised(lambda: client.get_waiter("object_exists").wait(Bucket="reports", Key="q1.csv"))
    assert isinstance(error, WaiterError)
    assert told(error) == [("HeadObject", 403, 1)]
    [denial] = iamdx.explain_exception(error)
    assert (denial["error_code"], denial["service"]) == ("403", "s3")
    # the last answer, where the message does not say it
    assert told(WaiterError(name="BucketExists", reason="Max attempts exceeded", last_response=answer)) == [("HeadBucket", 403, 1)]
    assert told(WaiterError(name="BucketExists", reason="Max attempts exceeded", last_response={"ResponseMetadata": ABOUT})) == []
    assert told(WaiterError(name="TableExists", reason="An error occurred (AccessDeniedException): " + DENIED, last_response={**answer, "ResponseMetadata": ABOUT})) == [(None, 403, 1)]


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


def test_a_denial_is_explained_once_for_each_callback(capsys: pytest.CaptureFixture[str]) -> None:
    one, reports, others = session(), list[Any](), list[Any]()
    iamdx.boto3.explain_denials(one)
    iamdx.boto3.explain_denials(one)
    iamdx.boto3.explain_denials(one, reports.extend)
    # what was said last is what is known
    with iamdx.boto3.explain_denials(one, reports.extend, identity_policy=POLICY):
        iamdx.boto3.explain_denials(one, others.extend)
        client = one.client("s3")
        iamdx.boto3.explain_denials(client)
        iamdx.boto3.explain_denials(client, reports.extend)
        denied(client)
        assert len(capsys.readouterr().err.splitlines()) == 3
        assert (len(reports), len(others)) == (1, 1)
        assert reports[0]["near_misses"]
        denied(client)
        assert (len(reports), len(others)) == (2, 2)
    # the first one goes on when the second is over
    denied(one.client("s3"))
    assert (len(reports), len(others)) == (3, 3)
    assert not reports[2]["near_misses"]


def test_the_denial_of_a_waiter_is_explained_by_a_session() -> None:
    one, reports = session(), list[Any]()
    iamdx.boto3.explain_denials(one, reports.extend)
    with Stubber(client := one.client("s3")) as stub:
        stub.add_client_error("head_object", "403", "Forbidden", 403)
        raised(lambda: client.get_waiter("object_exists").wait(Bucket="reports", Key="q1.csv"))
    assert [report["denial"]["operation"] for report in reports] == ["HeadObject"]


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
