"""The program `iamdx`, as `pip` installs it: everything is done by the native half."""

from __future__ import annotations

import signal
import sys

from . import _native


def main() -> int:
    """Run the program with the arguments of this process, and give its exit code."""
    # Python takes some signals for itself. Ctrl-C ends this program as it ends any other, and commands that it runs get what they expect
    for name in ("SIGINT", "SIGXFSZ"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    return _native.main(["iamdx", *sys.argv[1:]])
