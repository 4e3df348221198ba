"""A CloudTrail that nobody recorded: the same bytes for the same arguments, of every kind of caller, with what real ones have in them."""

from __future__ import annotations

import argparse
import gzip
import json
import random
from pathlib import Path
from typing import Any

ACCOUNTS = ["111122223333", "123456789012", "444455556666"]
REGIONS = ["eu-central-1", "eu-west-1", "us-east-1"]
SCP = "arn:aws:organizations::444455556666:policy/o-exampleorgid/service_control_policy/p-abcd1234"
#: Service, operation, resource; most are of the first.
COMMON = [
    ("s3", "GetObject", "arn:aws:s3:::reports/{n}/größe \\u4e2d.csv"),
    ("ec2", "DescribeInstances", "*"),
    ("sqs", "SendMessage", "arn:aws:sqs:{region}:{account}:queue-{few}"),
    ("kms", "Decrypt", "arn:aws:kms:{region}:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    ("dynamodb", "GetItem", "arn:aws:dynamodb:{region}:{account}:table/orders-{few}"),
    ("lambda", "InvokeFunction", "arn:aws:lambda:{region}:{account}:function:job-{few}"),
]
RARE = [
    ("cloudtrail", "StopLogging", "arn:aws:cloudtrail:{region}:{account}:trail/all"),
    ("iam", "PutRolePolicy", "role build-{few}"),
]
CALLS = COMMON * 16 + RARE
WHY = [
    " because no identity-based policy allows the {action} action",
    f" with an explicit deny in a service control policy: {SCP}",
    " with an explicit deny in an identity-based policy",
    "",
]
#: What calls are made with: nothing, little, and as much as a large policy.
PARAMETERS = ["null", '{"key":"\\u00e4 \\"}],[{","maxResults":50}', '{"policyDocument":"{\\"Statement\\":[]}","roleName":"build-3"}']
LARGE = json.dumps({"body": "\u4e2d\u6587 { [ \" " * 2000})


def caller(by: random.Random, account: str, number: int, session: str) -> tuple[str, str]:
    """The `userIdentity` of a record, and the ARN."""
    role = f"arn:aws:sts::{account}:assumed-role/role-{number}/{session}"
    kinds: list[tuple[str, dict[str, Any]]] = [
        (
            role,
            {
                "type": "AssumedRole",
                "principalId": f"AROAEXAMPLEROLEID:{session}",
                "arn": role,
                "accountId": account,
                "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
                "sessionContext": {
                    "sessionIssuer": {"type": "Role", "arn": f"arn:aws:iam::{account}:role/team/role-{number}", "accountId": account},
                    "attributes": {"creationDate": "2026-11-01T00:00:00Z", "mfaAuthenticated": "false"},
                },
            },
        ),
        (f"arn:aws:iam::{account}:user/u{number}", {"type": "IAMUser", "accountId": account, "userName": f"u{number}"}),
        (f"arn:aws:sts::{account}:federated-user/f{number}", {"type": "FederatedUser", "accountId": account}),
        (f"arn:aws:iam::{account}:root", {"type": "Root", "accountId": account}),
        ("", {"type": "AWSService", "invokedBy": "config.amazonaws.com"}),
        ("", {"type": "AWSAccount", "accountId": "ANONYMOUS_PRINCIPAL", "principalId": ""}),
    ]
    arn, who = kinds[min(by.randrange(12), 5)] if by.randrange(2) else kinds[0]
    return json.dumps({**who, "arn": arn} if arn else who), arn or "anonymous"


def record(by: random.Random, share: float, causes: int) -> str:
    """A record of a call; this share of them was denied, nearly all of these for few causes."""
    n = by.randrange(10**6)
    is_denied = by.random() < share
    # a cause is always the same caller, call and answer
    cause = random.Random(by.randrange(causes)) if is_denied and n % 100 else by
    account, region, number, few = cause.choice(ACCOUNTS), cause.choice(REGIONS), cause.randrange(200), cause.randrange(20)
    service, operation, resource = cause.choice(CALLS)
    why, code = cause.choice(WHY), cause.choice(["AccessDenied", "AccessDeniedException", "Client.UnauthorizedOperation"])
    identity, arn = caller(cause, account, number, f"run-{n % 500}")
    resource = resource.format(n=n, few=few, region=region, account=account)
    denied = ""
    if is_denied:
        action = f"{service}:{operation}"
        why = why.format(action=action)
        message = f"User: {arn} is not authorized to perform: {action} on resource: {resource}{why}"
        denied = f',"errorCode":"{code}","errorMessage":{json.dumps(message)}'
    elif n % 50 == 0:
        denied = ',"errorCode":null'
    parameters = LARGE if n % 2000 == 0 else PARAMETERS[n % 3]
    day, hour, second = 1 + n % 28, n % 24, n % 3600
    return (
        f'{{"eventVersion":"1.11","userIdentity":{identity},"eventTime":"2026-11-{day:02}T{hour:02}:{second // 60:02}:{second % 60:02}Z",'
        f'"eventSource":"{service}.amazonaws.com","eventName":"{operation}","awsRegion":"{region}",'
        f'"sourceIPAddress":"203.0.113.{n % 256}","userAgent":"aws-cli/2.{n % 40}.0 md/\\"a\\" }}],[{{"{denied},'
        f'"requestParameters":{parameters},"responseElements":null,"requestID":"{by.getrandbits(64):016x}",'
        f'"eventID":"{by.getrandbits(32):08x}-12ab-34cd-56ef-{by.getrandbits(48):012x}","readOnly":{"true" if n % 3 else "false"},'
        f'"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"{account}","eventCategory":"Management",'
        f'"tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{service}.{region}.amazonaws.com"}}}}'
    )


def write(folder: Path, *, megabytes: int, seed: int = 1, share: float = 0.02, causes: int = 300, a_file: int = 5, plain: int = 10) -> int:
    """Files of so many megabytes each until there are so many in all, before gzip; every tenth is not packed. Gives the number of files."""
    by = random.Random(seed)
    written, number = 0, 0
    while written < megabytes << 20:
        records, size = [], 0
        while size < a_file << 20:
            records.append(record(by, share, causes))
            size += len(records[-1].encode()) + 1
        if number % 4 == 3:
            text = "\n".join(records)
        else:
            text = '{"Records":[' + ",".join(records) + "]}"
        content = text.encode()
        place = folder / f"AWSLogs/{ACCOUNTS[number % 3]}/CloudTrail/{REGIONS[number % 3]}/2026/11/{1 + number % 28:02}"
        place.mkdir(parents=True, exist_ok=True)
        if number % plain == plain - 1:
            (place / f"trail-{number:05}.json").write_bytes(content)
        else:
            (place / f"trail-{number:05}.json.gz").write_bytes(gzip.compress(content, 3, mtime=0))
        written += len(content)
        number += 1
    return number


def damage(folder: Path) -> None:
    """Files of which nothing counts, a file that is there twice, and one without records."""
    first = min(folder.rglob("trail-00000*"))
    whole = first.read_bytes()
    (folder / "again.json.gz").write_bytes(whole)
    (folder / "cut.json.gz").write_bytes(whole[: len(whole) // 2])
    (folder / "ends.json").write_bytes(b'{"Records":[{"eventName":"GetObject","eventSource"')
    (folder / "page.json").write_bytes(b"<html>")
    (folder / "digest.json").write_bytes(b'{"digestStartTime":"2026-11-29T00:00:00Z","logFiles":[]}')


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--megabytes", type=int, default=1024)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--share", type=float, default=0.02)
    arguments.add_argument("--causes", type=int, default=300)
    given = arguments.parse_args()
    count = write(given.folder, megabytes=given.megabytes, seed=given.seed, share=given.share, causes=given.causes)
    damage(given.folder)
    print(f"{count} files")
