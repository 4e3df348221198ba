"""Explains the denials of a session of boto3 as they come, where somebody asks for it.

    iamdx.boto3.explain_denials(session)

What the session does is not changed: its calls raise what they raised before. boto3 is not imported.
"""

from __future__ import annotations

import functools
import inspect
import logging
import sys
import threading
import weakref
from collections.abc import Mapping
from typing import Any, Callable, Optional

from . import _diagnosis, diagnose, explain
from ._command import InputError, of_response

__all__ = ["Explaining", "explain_denials"]

_log = logging.getLogger("iamdx")

_EVENT = "after-call"


#: Who gets the reports; nobody where they are printed.
Callback = Optional[Callable[[list[dict[str, Any]]], None]]


class _Hook:
    """Listens to the calls of a session or client for one callback: however often it was asked to, it explains a denial once."""

    def __init__(self, callback: Callback) -> None:
        self.callback = callback
        #: What was asked for and not stopped; the last is what counts.
        self.asked: list[Explaining] = []

    def after_call(self, **event: Any) -> None:
        # nothing that goes wrong here is the caller's
        try:
            text = _denied(event) if self.asked else None
            if text is not None and not _is_explained(event["parsed"], self.callback):
                self.asked[-1].answer(text)
        except Exception as error:  # noqa: BLE001
            _log.warning("a denial could not be explained: %s", error)


#: The hooks of each event system.
_hooks: weakref.WeakKeyDictionary[Any, list[_Hook]] = weakref.WeakKeyDictionary()


class Explaining:
    """What `explain_denials` began. `stop()`, or the end of a `with`, ends it, for the clients that exist already too."""

    def __init__(self, events: Any, callback: Callback, answer: Callable[[str], None]) -> None:
        self._events, self.answer = events, answer
        known = _hooks.setdefault(events, [])
        self._hook = next((hook for hook in known if hook.callback == callback), None) or _Hook(callback)
        if not self._hook.asked:
            known.append(self._hook)
            events.register(_EVENT, self._hook.after_call)
        self._hook.asked.append(self)

    def stop(self) -> None:
        """Denials are not explained any more, but where that was asked for once more."""
        if self in self._hook.asked:
            self._hook.asked.remove(self)
            if not self._hook.asked:
                _hooks[self._events].remove(self._hook)
                self._events.unregister(_EVENT, self._hook.after_call)

    def __enter__(self) -> Explaining:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Last(threading.local):
    """The last answer that was explained by this thread, and to whom: a session and its client both tell of one call."""

    parsed: object = None
    callbacks: tuple[Callback, ...] = ()


_last = _Last()


def _is_explained(parsed: object, callback: Callback) -> bool:
    """Whether it was for this callback; it is from now on."""
    if _last.parsed is not parsed:
        _last.parsed, _last.callbacks = parsed, ()
    explained = callback in _last.callbacks
    _last.callbacks = (*_last.callbacks, callback)
    return explained


def explain_denials(session: Any, callback: Callback = None, **known: Any) -> Explaining:
    """Explains every denial that the session's clients meet from now on.

    `session` is a session of boto3 or botocore, whose later clients are meant, or one client. Without `callback` the short report goes to
    standard error; with it, the callback gets the reports of `iamdx.diagnose`. A callback gets a denial once, however often this was called
    with it, and the last call says what is known. `known` is what `iamdx.diagnose` takes beside the text, such
    as `snapshot=` or `live=True`.
    """
    defaults = {name: one.default for name, one in inspect.signature(diagnose).parameters.items() if name != "text"}
    unknown = sorted(set(known) - set(defaults))
    if unknown:
        raise TypeError(f"explain_denials() got an unexpected keyword argument {unknown[0]!r}")
    if callback is None:
        return Explaining(_events(session), None, functools.partial(_print, {**defaults, **known}))
    return Explaining(_events(session), callback, lambda text: callback(diagnose(text, **known)))


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
