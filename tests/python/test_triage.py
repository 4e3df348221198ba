"""`triage` and `merge_triage` answer as the program does; a file may be its content."""

from __future__ import annotations

import datetime
import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from conftest import ALICE, DENIED, answer

import iamdx


def record(number: int, denied: bool = True) -> dict[str, Any]:
    found: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "arn": ALICE, "accountId": "111122223333", "userName": "alice"},
        "eventTime": f"2026-11-{number:02}T03:14:00Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.7",
        "eventID": f"event-{number}",
    }
    return {**found, "errorCode": "AccessDenied", "errorMessage": DENIED} if denied else found


@pytest.fixture
def trail(tmp_path: Path) -> Path:
    """Four denials of five calls in two files, one of them packed, and a file that is damaged."""
    tmp_path = tmp_path / "trail"
    tmp_path.mkdir()
    (tmp_path / "a.json").write_text(json.dumps({"Records": [record(1), record(2), record(3, denied=False)]}))
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(json.dumps({"Records": [record(20), record(21)]}).encode()))
    (tmp_path / "c.json").write_text('{"Records": [{')
    return tmp_path


def test_the_answer_is_that_of_the_program(trail: Path) -> None:
    found = iamdx.triage(trail)
    assert found == answer("triage", str(trail))
    assert [finding["count"] for finding in found["findings"]] == [4]
    one = iamdx.triage([str(trail / "a.json"), str(trail / "*.gz")], since="2026-11-02", action=["s3:*", "ec2:*"], account="111122223333")
    files = [str(trail / "a.json"), str(trail / "b.json.gz")]
    assert one == answer("triage", *files, "--since=2026-11-02", "--action=s3:*", "--action=ec2:*", "--account=111122223333")
    assert [finding["count"] for finding in one["findings"]] == [3]


def test_a_file_may_be_its_content(trail: Path) -> None:
    content = [path.read_bytes() for path in sorted(trail.iterdir())]
    found = iamdx.triage([*content, content[0]])
    assert found["trail"]["skipped"] == [{"path": "<trail 3>", "why": "it ends inside a record"}]
    assert found["trail"]["seen_before"] == 1
    assert found["trail"]["tally"] == iamdx.triage(trail)["trail"]["tally"]


def test_with_policies_the_findings_have_a_statement_and_a_remedy(trail: Path, account: str) -> None:
    found = iamdx.triage(trail, snapshot=account)
    assert found == answer("triage", str(trail), "--snapshot", account)
    kept = [iamdx.triage(trail / name, records=True) for name in ("a.json", "b.json.gz", "c.json")]
    assert iamdx.merge_triage(kept, snapshot=account) == found
    assert json.dumps(found) != json.dumps(iamdx.triage(trail))


def test_parts_add_up_and_a_state_goes_on(trail: Path, tmp_path: Path) -> None:
    one, other = iamdx.triage(trail / "a.json"), iamdx.triage(trail / "b.json.gz")
    assert iamdx.merge_triage([one, other]) == iamdx.merge_triage([other, one]) == iamdx.triage([trail / "b.json.gz", trail / "a.json"])
    state = tmp_path / "state"
    iamdx.triage(trail / "a.json", state=state)
    # content has no name by which it could be known
    again = iamdx.triage([trail / "a.json", trail / "b.json.gz", (trail / "a.json").read_bytes()], state=state)
    assert (again["trail"]["files"], again["trail"]["seen_before"]) == (2, 2)


@pytest.mark.parametrize("account", [123456789012, [111122223333], ("111122223333", 1)])
def test_an_account_id_is_a_text(trail: Path, account: Any) -> None:
    with pytest.raises(TypeError, match="account: an account id is a text, such as '123456789012', not int: a number loses the zeros that an id begins with"):
        iamdx.triage(trail, account=account)


def test_what_is_no_text_is_said_to_be_none(trail: Path) -> None:
    wrong: Any
    for name, wrong in (("action", 5), ("action", b"s3:*"), ("principal", [None]), ("since", 2026), ("region", True)):
        with pytest.raises(TypeError, match=f"{name}: a text is expected, not "):
            iamdx.triage(trail, **{name: wrong})
    with pytest.raises(TypeError, match="timeout: a number is expected, not list"):
        iamdx.triage(trail, timeout=[5])


def test_a_time_may_be_a_date(trail: Path) -> None:
    text = iamdx.triage(trail, since="2026-11-02")
    since: Any = datetime.date(2026, 11, 2)
    assert iamdx.triage(trail, since=since) == text


def test_what_cannot_be_read_is_an_error(trail: Path) -> None:
    with pytest.raises(iamdx.InputError, match="give a date"):
        iamdx.triage(trail, since="yesterday")
    with pytest.raises(iamdx.InputError) as error:
        iamdx.triage(trail / "gone.json")
    assert error.value.path == str(trail / "gone.json")
    # a text is a path, whatever it looks like
    with pytest.raises(iamdx.InputError, match="no file fits the pattern"):
        iamdx.triage("[0-9].json")


def test_aws_is_asked_for_policies_where_that_is_wanted(trail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x"}
    for name, value in {**nowhere, "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}.items():
        monkeypatch.setenv(name, value)
    # nobody listens there, and what the files told is there all the same
    asked: dict[str, Any] = {"live": True, "region": "eu-west-1", "endpoint_url": "http://127.0.0.1:9", "timeout": 1}
    with pytest.raises(iamdx.AwsError) as caught:
        iamdx.triage(trail / "a.json", **asked)
    assert caught.value.answer == iamdx.triage(trail / "a.json")
    with pytest.raises(iamdx.AwsError):
        iamdx.merge_triage(iamdx.triage(trail / "a.json", records=True), **asked)
