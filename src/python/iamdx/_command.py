"""A command of the program, put together from values of Python."""

from __future__ import annotations

import contextlib
import datetime
import decimal
import ipaddress
import json
import logging
import os
from collections.abc import Iterable, Mapping
from typing import Any, Optional, Union

from . import _native

#: A path, the text of a document, or the document itself.
File = Union[str, bytes, "os.PathLike[str]", Mapping[str, Any], "list[Any]"]
#: One of them, or several where the option may be repeated.
Files = Union[File, "list[File]", "tuple[File, ...]"]
#: What may be given once, or several times.
Texts = Union[str, "list[str]", "tuple[str, ...]"]
#: A path or a pattern of a file, or the content of one; or several.
Trails = Union[str, bytes, "os.PathLike[str]", "list[Union[str, bytes, os.PathLike[str]]]", "tuple[Union[str, bytes, os.PathLike[str]], ...]"]
#: What AWS said: a text in any form, or the exception that carries it.
Said = Union[str, bytes, BaseException]

_log = logging.getLogger("iamdx")


class Error(Exception):
    """There is no answer."""

    def __init__(self, message: str, *, hint: Optional[str] = None) -> None:
        super().__init__(message)
        #: What to do, where the message says it.
        self.hint = hint


class InputError(Error, ValueError):
    """An argument, a file or a document cannot be read. What is known of the place stands beside the message."""

    def __init__(
        self,
        message: str,
        *,
        path: Optional[str] = None,
        line: Optional[int] = None,
        column: Optional[int] = None,
        hint: Optional[str] = None,
    ) -> None:
        super().__init__(message, hint=hint)
        #: The file; of a value its argument, for example `<snapshot>`.
        self.path = path
        #: The line, from 1.
        self.line = line
        #: The column in characters, from 1.
        self.column = column


class AwsError(Error):
    """AWS could not be reached, or refused what the answer cannot do without."""

    def __init__(self, message: str, *, hint: Optional[str] = None, answer: Any = None) -> None:
        super().__init__(message, hint=hint)
        #: What could be said without AWS, as the JSON of the program; `None` where that is nothing.
        self.answer = answer


#: What the standard library has for values of `aws:SourceIp`.
_ADDRESSES = (ipaddress.IPv4Address, ipaddress.IPv6Address, ipaddress.IPv4Network, ipaddress.IPv6Network)

for _class in (Error, InputError, AwsError):
    _class.__module__ = "iamdx"


class Command:
    """A command in the making."""

    def __init__(self, name: str, format: str = "json") -> None:
        self._arguments = [*name.split(), f"--format={format}"]
        self._texts: dict[str, bytes] = {}
        self._looks: list[tuple[str, bytes]] = []

    @property
    def arguments(self) -> list[str]:
        """What was put together so far."""
        return list(self._arguments)

    @property
    def options(self) -> list[str]:
        """What was put together so far, without the name."""
        return self._arguments[1:]

    def text(self, name: str, value: Union[str, bytes]) -> Command:
        """A text that is the input itself."""
        self._arguments.append(self._keep(name, _bytes(value)))
        return self

    def values(self, **options: Optional[object]) -> Command:
        """Options with a value; `None` is none."""
        for option, value in options.items():
            if value is not None:
                self._arguments.append(f"--{_name(option)}={_option(option, value)}")
        return self

    def several(self, **options: Optional[Texts]) -> Command:
        """Options with a value that may be given several times."""
        for option, value in options.items():
            several = isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping))
            for one in (value or []) if several or value is None else [value]:
                self._arguments.append(f"--{_name(option)}={_option(option, one)}")
        return self

    def switches(self, **options: bool) -> Command:
        """Options that are there or not."""
        self._arguments.extend(f"--{_name(option)}" for option, on in options.items() if on)
        return self

    def files(self, **options: Optional[Files]) -> Command:
        """Options that take a file each time; a list is one of them after the other."""
        for option, value in options.items():
            if value is None:
                continue
            for one in value if isinstance(value, (list, tuple)) else [value]:
                self._arguments.append(f"--{_name(option)}={self._file(option, one)}")
        return self

    def contents(self, **options: Optional[Files]) -> Command:
        """The same, where the files are read now: elsewhere they may be others, or none."""
        before = len(self._arguments)
        self.files(**options)
        for argument in self._arguments[before:]:
            path = argument.partition("=")[2]
            # of one that cannot be read the program says why
            if path not in self._texts and os.path.exists(path):
                with contextlib.suppress(OSError), open(path, "rb") as file:
                    self._texts[path] = file.read()
        return self

    def looks(self, looks: list[tuple[str, bytes]]) -> Command:
        """What executors found of fingerprints."""
        self._looks = looks
        return self

    @property
    def texts(self) -> dict[str, bytes]:
        """The inputs that are no files, so far."""
        return dict(self._texts)

    def inputs(self, **inputs: File) -> Command:
        """Files that stand alone."""
        for name, value in inputs.items():
            self._arguments.append(self._file(name, value))
        return self

    def trails(self, trails: Trails) -> Command:
        """Files of a trail: a `str` is a path, whatever it looks like."""
        for one in trails if isinstance(trails, (list, tuple)) else [trails]:
            self._arguments.append(self._keep("trail", one) if isinstance(one, bytes) else _path("trail", one))
        return self

    def context(self, context: Optional[Mapping[str, Any]]) -> Command:
        """Condition keys; a key with several values is a list."""
        given: object = context
        if given is not None and not isinstance(given, Mapping):
            raise TypeError(f"context: a dict of condition keys is expected, not {type(given).__name__}")
        for key, value in (context or {}).items():
            if not isinstance(key, str) or not key:
                raise InputError(f"context: the name of a condition key is expected, not {key!r}")
            several = isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping))
            values = list(value) if several else [value]
            if not values:
                raise InputError(f"context: {key} has no value: leave it out; with context_complete=True it is absent then")
            # as JSON: the name of a tag may have an `=` in it
            self._arguments.append(f"--context={json.dumps({key: [_value(key, one) for one in values]})}")
        return self

    def run(self, remarks: bool = True) -> str:
        """Runs it. What the program says on standard error goes to the logger `iamdx`."""
        answer, failed = _native.run(self._arguments, self._texts, self._looks)
        if answer is None:
            raise error(failed)
        text, said, _ = answer
        for remark in said if remarks else ():
            _log.warning("%s", remark)
        return text

    def json(self, remarks: bool = True) -> Any:
        """Runs it, and gives the JSON of its answer as values of Python."""
        return json.loads(self.run(remarks))

    def _file(self, name: str, value: File) -> str:
        if isinstance(value, (Mapping, list)):
            return self._keep(name, json.dumps(value, indent=4, default=_plain).encode())
        if isinstance(value, bytes) or (isinstance(value, str) and _is_text(value)):
            return self._keep(name, _bytes(value))
        return _path(name, value)

    def _keep(self, name: str, value: bytes) -> str:
        known, number = f"<{name}>", 1
        while known in self._texts:
            number += 1
            known = f"<{name} {number}>"
        self._texts[known] = value
        return known


def error(failed: Optional[_native.Failed]) -> Error:
    """Why there is no answer, as an exception."""
    assert failed is not None
    kind, message, path, line, column, hint, text = failed
    if kind == "input":
        return InputError(message, path=path, line=line, column=column, hint=hint)
    if kind == "aws":
        return AwsError(message, hint=hint, answer=json.loads(text) if text else None)
    return Error(message, hint=hint)


def said(text: Said) -> Union[str, bytes]:
    """The text of what AWS said; of an exception with those it came from, and of one of botocore with what else is known of the call."""
    return _of_exceptions(text) if isinstance(text, BaseException) else text


def _of_exceptions(raised: BaseException) -> str:
    """The texts of an exception and of those that a traceback prints with it, the one that was raised first."""
    told: list[_Told] = []
    seen: set[int] = set()
    waiting: list[tuple[BaseException, tuple[_Told, ...]]] = [(raised, ())]
    while waiting:
        error, above = waiting.pop()
        if id(error) in seen:
            continue
        seen.add(id(error))
        plain, whole = str(error), _of_exception(error)
        # who passes an error on often repeats its words, which are no second error
        if not any([one.takes(plain, whole) for one in above]):
            told.append(_Told(plain, whole))
            above = (*above, told[-1])
        cause = error.__cause__
        before = error.__context__ if cause is None and not error.__suppress_context__ else cause
        members = getattr(error, "exceptions", ())
        within = [*members] if isinstance(members, (list, tuple)) else []
        waiting.extend((one, above) for one in reversed([*within, before]) if isinstance(one, BaseException))
    return "\n\n".join("".join(text for text, _ in one.pieces) for one in told)


class _Told:
    """The text of an exception, in pieces: those to which nothing was added may have the words of another exception."""

    def __init__(self, plain: str, whole: str) -> None:
        self.pieces = [(whole, whole == plain)]

    def takes(self, plain: str, whole: str) -> bool:
        """Puts what is known of an exception to its words, where they are here."""
        for number, (text, is_open) in enumerate(self.pieces):
            if is_open and plain and plain in text:
                if whole != plain:
                    before, _, after = text.partition(plain)
                    self.pieces[number : number + 1] = [(before, True), (whole, False), (after, True)]
                return True
        return False


def _of_exception(error: BaseException) -> str:
    """The text of an exception; of one of botocore with what its answer tells beside the message."""
    text = str(error)
    response = getattr(error, "response", None)
    if isinstance(response, Mapping):
        return of_response(text, response)
    last = getattr(error, "last_response", None)
    if not isinstance(last, Mapping):
        return text
    # a waiter says the error only where it was not expected
    failed = last.get("Error")
    if isinstance(failed, Mapping) and failed.get("Code") and "An error occurred" not in text:
        about = getattr(error, "kwargs", None)
        name = about.get("name") if isinstance(about, Mapping) else None
        text += f"\nWaiter {name} failed: An error occurred ({failed['Code']}): {failed.get('Message', '')}"
    return of_response(text, last)


def of_response(message: str, response: Mapping[str, Any], service: Optional[str] = None) -> str:
    """The message with the service, the status and the id of the request behind it, as other SDKs of AWS write them."""
    about = response.get("ResponseMetadata")
    about = about if isinstance(about, Mapping) else {}
    facts = [("Service", service), ("Status Code", about.get("HTTPStatusCode")), ("Request ID", about.get("RequestId"))]
    known = ", ".join(f"{name}: {value}" for name, value in facts if value)
    return f"{message} ({known})" if known else message


def _path(name: str, value: Union[str, "os.PathLike[str]"]) -> str:
    path = os.fspath(value)
    if not isinstance(path, str):
        raise InputError(f"{name}: a path, the text of a document, or the document as a dict is expected")
    # a file of that name, not standard input
    return os.path.join(os.curdir, path) if path.startswith("-") else path


def _name(option: str) -> str:
    return option.replace("_", "-")


#: Options that are a number.
_NUMBERS = ("timeout", "top")
#: Options that are account ids, and the ends of condition keys that are.
_ACCOUNTS = ("account", "resource_account")
_ACCOUNT_KEYS = ("account", "accountid", "account-id", "owner")


def _option(name: str, value: object) -> str:
    """The value of an option. What only looks like a text would be another one."""
    if isinstance(value, str):
        return value
    if name in _ACCOUNTS:
        raise _no_account(name, value)
    if name in _NUMBERS and isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, datetime.date) and name in ("since", "until"):
        return value.isoformat()
    raise TypeError(f"{name}: a {'number' if name in _NUMBERS else 'text'} is expected, not {type(value).__name__}")


def _no_account(name: str, value: object) -> TypeError:
    return TypeError(
        f"{name}: an account id is a text, such as '123456789012', not {type(value).__name__}: a number loses the zeros that an id begins with"
    )


def _bytes(text: object) -> bytes:
    if isinstance(text, str):
        return text.encode("utf-8", "replace")
    if isinstance(text, (bytes, bytearray, memoryview)):
        return bytes(text)
    raise TypeError(f"a text (str or bytes) or an exception is expected, not {type(text).__name__}; of a file, give what it holds")


def _value(key: str, value: object) -> str:
    """A value of a condition key as policies have it. What would be another value as text is none."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float, decimal.Decimal)) and key.lower().endswith(_ACCOUNT_KEYS):
        raise _no_account(f"context: {key}", value)
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            raise InputError(f"context: {key} is a time without a time zone")
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, (str, int, float, decimal.Decimal, *_ADDRESSES)):
        return str(value)
    raise TypeError(f"context: a text, a number, a bool or a time is expected for {key}, not {type(value).__name__}")


def _is_text(value: str) -> bool:
    return "\n" in value or value.lstrip()[:1] in ("{", "[")


def _plain(value: object) -> object:
    """What boto3 gives for a date, and mappings of other kinds."""
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    raise InputError(f"a {type(value).__name__} cannot stand in a document")
