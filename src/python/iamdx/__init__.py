"""IAM diagnostics: an AWS access denial in, the statement that blocked it and a proved fix out.

    >>> import iamdx
    >>> [denial] = iamdx.explain("User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject")
    >>> denial["action"]
    's3:GetObject'

Every answer is the JSON of the program's command of that name, as `dict` and `list`: the same keys, in the same order, with the same
values. Nothing asks AWS but what is called with `live=True`. Remarks go to the logger `iamdx`.

A file is given by its path (`str` or `os.PathLike`), as text (`bytes`, or a `str` that is JSON or has several lines), or as the document
itself (`dict` or `list`). An option that the program takes several times takes a list.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Optional, Union

from . import _native
from ._command import AwsError, Command, Error, File, Files, InputError, Said, Texts, Trails, said

__version__ = _native.__version__
__all__ = [
    "AwsError",
    "Error",
    "InputError",
    "diagnose",
    "diff",
    "explain",
    "explain_exception",
    "merge_triage",
    "simulate",
    "triage",
    "who_can",
]


def explain(text: Said, *, redact: bool = False) -> list[dict[str, Any]]:
    """What a text says about access denials: who, what, on what, which policy type, explicit or implicit.

    An empty list where the text holds none. `redact` replaces account ids, names and ids by stable pseudonyms.
    """
    command = Command("explain").switches(redact=redact).text("message", said(text))
    denials: list[dict[str, Any]] = command.json(remarks=False)["denials"]
    return denials


def explain_exception(error: BaseException, *, redact: bool = False) -> list[dict[str, Any]]:
    """The same of an exception, such as a `ClientError` of botocore: its message, code, operation, status and request id.

    The exceptions that it was raised from, or while they were handled, and the members of a group are read with it. botocore does not have
    to be installed.
    """
    return explain(error, redact=redact)


def diagnose(
    text: Said,
    *,
    snapshot: Optional[Files] = None,
    identity_policy: Optional[Files] = None,
    scp: Optional[Files] = None,
    rcp: Optional[Files] = None,
    permissions_boundary: Optional[Files] = None,
    session_policy: Optional[Files] = None,
    resource_policy: Optional[Files] = None,
    vpc_endpoint_policy: Optional[Files] = None,
    no_scp: bool = False,
    no_rcp: bool = False,
    no_permissions_boundary: bool = False,
    no_session_policy: bool = False,
    no_resource_policy: bool = False,
    no_vpc_endpoint_policy: bool = False,
    principal: Optional[str] = None,
    action: Optional[str] = None,
    resource: Optional[str] = None,
    resource_account: Optional[str] = None,
    context: Optional[Mapping[str, Any]] = None,
    context_complete: bool = False,
    service_reference: Optional[File] = None,
    live: bool = False,
    no_trail: bool = False,
    profile: Optional[str] = None,
    region: Optional[str] = None,
    endpoint_url: Optional[str] = None,
    timeout: Optional[float] = None,
    redact: bool = False,
) -> list[dict[str, Any]]:
    """Why each request of the text was denied, by which statements, and what to change: one report for each denial.

    `scp` and `rcp` are one level each, from the root down to the account; `context` holds condition keys, with a list for a key of
    several values.

    Raises `InputError` where the text holds no denial, or a document cannot be read.
    """
    options = dict(locals())
    reports: list[dict[str, Any]] = _diagnosis("json", options).json()["reports"]
    return reports


def simulate(
    principal: str,
    action: str,
    resource: str,
    *,
    resource_account: Optional[str] = None,
    context: Optional[Mapping[str, Any]] = None,
    context_complete: bool = False,
    snapshot: Optional[Files] = None,
    identity_policy: Optional[Files] = None,
    scp: Optional[Files] = None,
    rcp: Optional[Files] = None,
    permissions_boundary: Optional[Files] = None,
    session_policy: Optional[Files] = None,
    resource_policy: Optional[Files] = None,
    vpc_endpoint_policy: Optional[Files] = None,
    no_scp: bool = False,
    no_rcp: bool = False,
    no_permissions_boundary: bool = False,
    no_session_policy: bool = False,
    no_resource_policy: bool = False,
    no_vpc_endpoint_policy: bool = False,
    service_reference: Optional[File] = None,
    live: bool = False,
    profile: Optional[str] = None,
    region: Optional[str] = None,
    endpoint_url: Optional[str] = None,
    timeout: Optional[float] = None,
) -> dict[str, Any]:
    """Whether a request would be allowed, and by which statements: `answer["decision"]`."""
    options = dict(locals())
    command = Command("simulate").values(principal=principal, action=action, resource=resource)
    answer: dict[str, Any] = _asks(_given(command, options), options).json()
    return answer


def who_can(
    action: str,
    resource: str,
    *,
    snapshot: Files,
    resource_account: Optional[str] = None,
    context: Optional[Mapping[str, Any]] = None,
    context_complete: bool = False,
    scp: Optional[Files] = None,
    rcp: Optional[Files] = None,
    resource_policy: Optional[Files] = None,
    vpc_endpoint_policy: Optional[Files] = None,
    no_scp: bool = False,
    no_rcp: bool = False,
    no_resource_policy: bool = False,
    no_vpc_endpoint_policy: bool = False,
    service_reference: Optional[File] = None,
) -> dict[str, Any]:
    """Which users and roles of the snapshot are allowed the action on the resource, each by which statement."""
    options = dict(locals())
    command = Command("simulate").switches(who=True).values(action=action, resource=resource)
    answer: dict[str, Any] = _given(command, options).json()
    return answer


def diff(old: File, new: File, *, service_reference: Optional[File] = None) -> dict[str, Any]:
    """What the new policies allow or deny that the old ones did not: documents, templates, plans, snapshots, or folders of them."""
    command = Command("diff").files(service_reference=service_reference).inputs(old=old, new=new)
    answer: dict[str, Any] = command.json()
    return answer


def triage(
    files: Trails,
    *,
    snapshot: Optional[Files] = None,
    since: Optional[str] = None,
    until: Optional[str] = None,
    account: Optional[Texts] = None,
    principal: Optional[Texts] = None,
    action: Optional[Texts] = None,
    state: Optional[Union[str, "os.PathLike[str]"]] = None,
    records: bool = False,
    live: bool = False,
    profile: Optional[str] = None,
    region: Optional[str] = None,
    endpoint_url: Optional[str] = None,
    timeout: Optional[float] = None,
) -> dict[str, Any]:
    """Which few causes are behind the denials of a CloudTrail, who is affected, and what stands out.

    `files` are paths of files and folders, patterns, or the content of a file as `bytes`; a list for several. Works on all cores. A file
    that is damaged is named in `answer["trail"]["skipped"]`, and nothing of it counts. With `snapshot`, or `live`, which asks AWS for the
    policies when the files are read, the findings have the statement that denies and the remedy; `records` keeps what `merge_triage` needs for
    that. Where AWS does not answer, `AwsError.answer` has what the files told.
    """
    options = dict(locals())
    command = Command("triage").files(snapshot=snapshot).switches(records=records).values(since=since, until=until, state=None if state is None else os.fspath(state))
    command.several(account=account, principal=principal, action=action)
    answer: dict[str, Any] = _asks(command, options).trails(files).json()
    return answer


def merge_triage(
    answers: Union[File, "list[File]"],
    *,
    snapshot: Optional[Files] = None,
    records: bool = False,
    live: bool = False,
    profile: Optional[str] = None,
    region: Optional[str] = None,
    endpoint_url: Optional[str] = None,
    timeout: Optional[float] = None,
) -> dict[str, Any]:
    """Adds up answers of `triage` of different files: exactly the answer of all files, in any order."""
    options = dict(locals())
    command = _asks(Command("triage merge").files(snapshot=snapshot).switches(records=records), options)
    for one in answers if isinstance(answers, (list, tuple)) else [answers]:
        command.inputs(answer=one)
    answer: dict[str, Any] = command.json()
    return answer


_POLICIES = (
    "snapshot",
    "identity_policy",
    "scp",
    "rcp",
    "permissions_boundary",
    "session_policy",
    "resource_policy",
    "vpc_endpoint_policy",
    "service_reference",
)


def _given(command: Command, options: Mapping[str, Any]) -> Command:
    """The policies and the facts of a request."""
    command.files(**{name: options.get(name) for name in _POLICIES})
    command.switches(**{name: options[name] for name in options if name.startswith("no_") and name != "no_trail"})
    command.values(resource_account=options["resource_account"]).context(options["context"])
    return command.switches(context_complete=options["context_complete"])


def _asks(command: Command, options: Mapping[str, Any]) -> Command:
    """How AWS is asked."""
    names = ("profile", "region", "endpoint_url", "timeout")
    command.switches(live=options["live"], no_trail=options.get("no_trail", False))
    return command.values(**{name: options[name] for name in names})


def _diagnosis(format: str, options: Mapping[str, Any]) -> Command:
    command = Command("diagnose", format).switches(redact=options["redact"])
    command.values(**{name: options[name] for name in ("principal", "action", "resource")})
    return _asks(_given(command, options), options).text("message", said(options["text"]))
