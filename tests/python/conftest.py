"""The program that the answers are compared with, and a small account."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
CASES = PROJECT / "fixtures" / "cases"
#: The script that came with the module.
SCRIPT = str(Path(sys.executable).with_name("iamdx"))

ALICE = "arn:aws:iam::111122223333:user/alice"
DENIED = (
    f"User: {ALICE} is not authorized to perform: s3:GetObject on resource: "
    '"arn:aws:s3:::reports/2026/q1.csv" because no identity-based policy allows the s3:GetObject action'
)
POLICY = {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/2025/*"}}
ACCOUNT: dict[str, Any] = {
    "iamdx_snapshot": 1,
    "accounts": [
        {
            "id": "111122223333",
            "in_organization": False,
            "UserDetailList": [
                {"Arn": ALICE, "UserPolicyList": [{"PolicyName": "reports", "PolicyDocument": POLICY}]}
            ],
        }
    ],
}


def program(*arguments: str, input: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Runs the binary; where there is none, the script of the module."""
    binary = os.environ.get("IAMDX_BINARY") or SCRIPT
    return subprocess.run([binary, *arguments], input=input, capture_output=True, timeout=60, cwd=PROJECT)


def answer(*arguments: str) -> Any:
    """The JSON of the binary."""
    return json.loads(program(*arguments, "--format", "json").stdout)


def python(code: str, *arguments: str, timeout: float = 60) -> subprocess.CompletedProcess[bytes]:
    """Runs a program of its own, with the module."""
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, timeout=timeout)


@pytest.fixture
def account(tmp_path: Path) -> str:
    """The account in a file."""
    path = tmp_path / "account.json"
    path.write_text(json.dumps(ACCOUNT, indent=4))
    return str(path)


@pytest.fixture(autouse=True)
def in_project(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are those of the project, for the module and for the binary."""
    monkeypatch.chdir(PROJECT)
    assert shutil.which(SCRIPT), "the module is not installed beside this Python"
