"""The program `iamdx`, as `pip` installs it: everything is done by the native half."""

from __future__ import annotations

import signal
import sys

from . import _native


def main() -> int:
    """Run the program with the arguments of this process, and give its exit code."""
    # Ctrl-C ends the program as it ends any other, without a traceback
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _native.main(["iamdx", *sys.argv[1:]])
