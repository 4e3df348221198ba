"""Explains the denials of a session of boto3 as they come, where somebody asks for it.

    iamdx.boto3.explain_denials(session)

What the session does is not changed: its calls raise what they raised before. boto3 is not imported.
"""

from __future__ import annotations

import functools
import inspect
import logging
import sys
from collections.abc import Mapping
from typing import Any, Callable, Optional

from . import _diagnosis, diagnose, explain
from ._command import InputError, of_response

__all__ = ["Explaining", "explain_denials"]

_log = logging.getLogger("iamdx")

_EVENT = "after-call"


class Explaining:
    """What `explain_denials` began. `stop()`, or the end of a `with`, ends it, for the clients that exist already too."""

    def __init__(self, events: Any, answer: Callable[[str], None]) -> None:
        self._events = events
        self._answer: Optional[Callable[[str], None]] = answer
        events.register(_EVENT, self._after_call)

    def stop(self) -> None:
        """Denials are not explained any more."""
        if self._answer is not None:
            self._answer = None
            self._events.unregister(_EVENT, self._after_call)

    def __enter__(self) -> Explaining:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _after_call(self, **event: Any) -> None:
        # nothing that goes wrong here is the caller's
        try:
            text = _denied(event)
            if text is not None and self._answer is not None:
                self._answer(text)
        except Exception as error:  # noqa: BLE001
            _log.warning("a denial could not be explained: %s", error)


def explain_denials(
    session: Any, callback: Optional[Callable[[list[dict[str, Any]]], None]] = None, **known: Any
) -> Explaining:
    """Explains every denial that the session's clients meet from now on.

    `session` is a session of boto3 or botocore, whose later clients are meant, or one client. Without `callback` the short report goes to
    standard error; with it, the callback gets the reports of `iamdx.diagnose`. `known` is what `iamdx.diagnose` takes beside the text, such
    as `snapshot=` or `live=True`.
    """
    defaults = {name: one.default for name, one in inspect.signature(diagnose).parameters.items() if name != "text"}
    unknown = sorted(set(known) - set(defaults))
    if unknown:
        raise TypeError(f"explain_denials() got an unexpected keyword argument {unknown[0]!r}")
    if callback is None:
        return Explaining(_events(session), functools.partial(_print, {**defaults, **known}))
    return Explaining(_events(session), lambda text: callback(diagnose(text, **known)))


def _print(options: Mapping[str, Any], text: str) -> None:
    report = _diagnosis("text", {**options, "text": text}).switches(brief=True).run(remarks=False)
    print(report, end="", file=sys.stderr, flush=True)


def _events(session: Any) -> Any:
    """The event system of a session of boto3, of a client, or of a session of botocore."""
    for events in (getattr(session, "events", None), getattr(getattr(session, "meta", None), "events", None)):
        if hasattr(events, "register"):
            return events
    if hasattr(session, "get_component"):
        return session.get_component("event_emitter")
    raise InputError(f"a {type(session).__name__} is neither a session of boto3 or botocore nor a client")


def _denied(event: Mapping[str, Any]) -> Optional[str]:
    """The text of the error that the call is about to raise, where it is a denial."""
    parsed, model = event.get("parsed"), event.get("model")
    status = getattr(event.get("http_response"), "status_code", 200)
    if not isinstance(parsed, Mapping) or status < 300:
        return None
    error = parsed.get("Error") or {}
    message = "An error occurred ({}) when calling the {} operation: {}".format(
        error.get("Code", "Unknown"), getattr(model, "name", "Unknown"), error.get("Message", "Unknown")
    )
    service = getattr(getattr(model, "service_model", None), "service_id", None)
    text = of_response(message, parsed, service)
    denials = explain(text)
    return text if any(denial["kind"] == "iam-denial" for denial in denials) else None
