"""The module beside other threads, with Ctrl-C, and as the program `iamdx`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import ACCOUNT, DENIED, SCRIPT, program, python

import iamdx

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pipes with names, and signals")


def test_two_threads_work_side_by_side(tmp_path: Path) -> None:
    # the first waits inside the module for its file, until the second has its answer
    pipes = [str(tmp_path / name) for name in ("first", "second")]
    for pipe in pipes:
        os.mkfifo(pipe)
    answers: dict[str, list[dict[str, object]]] = {}

    def work(pipe: str) -> None:
        answers[pipe] = iamdx.diagnose(DENIED, snapshot=pipe)

    threads = [threading.Thread(target=work, args=[pipe], daemon=True) for pipe in pipes]
    for thread in threads:
        thread.start()
    for pipe, thread in reversed(list(zip(pipes, threads))):
        assert pipe not in answers
        Path(pipe).write_text(json.dumps(ACCOUNT))
        thread.join(60)
    assert [report["finding"] for pipe in pipes for report in answers[pipe]] == ["no-matching-allow"] * 2


def test_ctrl_c_interrupts_a_call(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    code = "import sys, iamdx\ntry: iamdx.diagnose(sys.argv[1], snapshot=sys.argv[2])\nexcept KeyboardInterrupt: print('interrupted')"
    child = subprocess.Popen([sys.executable, "-c", code, DENIED, str(pipe)], stdout=subprocess.PIPE)
    # that opens once the other side reads, so inside the call; nothing is ever written
    with open(pipe, "wb"):
        child.send_signal(signal.SIGINT)
        said, _ = child.communicate(timeout=60)
    assert (said, child.returncode) == (b"interrupted\n", 0)


def test_the_module_is_light() -> None:
    loaded = python("import sys, iamdx, iamdx.boto3\nprint(sorted({'boto3', 'botocore', 'asyncio', 'ssl'} & set(sys.modules)))")
    assert loaded.stdout == b"[]\n", loaded.stderr


def run(*arguments: str, input: bytes = b"") -> tuple[int, bytes, bytes]:
    done = subprocess.run([SCRIPT, *arguments], input=input, capture_output=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [["--version"], ["help", "exit-codes"], ["explain"], ["explain", "--bad"], ["diagnose", "missing.txt"], ["cause", "scp"], []],
    ids=" ".join,
)
def test_the_script_is_the_program(arguments: list[str]) -> None:
    told = program(*arguments, input=DENIED.encode())
    assert run(*arguments, input=DENIED.encode()) == (told.returncode, told.stdout, told.stderr)


def test_python_runs_the_program_by_its_name() -> None:
    done = subprocess.run([sys.executable, "-m", "iamdx", "explain", "-m", DENIED], capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, program("explain", "-m", DENIED).stdout)


def test_bytes_pass_through_the_script_and_a_command_that_it_runs() -> None:
    code = "import os, sys; data = sys.stdin.buffer.read(); os.write(1, data); os.write(2, data); sys.exit(7)"
    data = bytes(range(256)) * 4
    assert run("run", "--quiet", "--", sys.executable, "-c", code, input=data) == (7, data, data)


def test_the_script_answers_line_by_line() -> None:
    child = subprocess.Popen([SCRIPT, "explain", "--ndjson"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin and child.stdout
    for number in range(3):
        child.stdin.write(json.dumps({"id": number, "raw": DENIED}).encode() + b"\n")
        child.stdin.flush()
        assert json.loads(child.stdout.readline())["id"] == number
    child.stdin.close()
    assert child.wait(60) == 0


def test_ctrl_c_ends_the_script_as_the_program() -> None:
    child = subprocess.Popen([SCRIPT, "explain", "--ndjson"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdin and child.stdout
    child.stdin.write(json.dumps({"id": 0, "raw": DENIED}).encode() + b"\n")
    child.stdin.flush()
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert (child.returncode, said) == (-signal.SIGINT, b"")


def test_a_reader_that_has_enough_is_no_failure() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([SCRIPT, "man"], stdout=writer, stderr=subprocess.PIPE, timeout=60)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
