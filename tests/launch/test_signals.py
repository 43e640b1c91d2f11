"""Signals, at whatever process they are aimed: the script meets them as it would, and the parent outlives it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from both_ways import ended, run, start, write

from losscompass.launch.parent import Ended, execute
from losscompass.launch.target import Target

if sys.platform == "win32":
    pytest.skip("signals are another matter on Windows", allow_module_level=True)

PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}

WAITS = """
import os, signal, time
os.write(1, b"ready\\n")
while True:
    time.sleep(60)
"""
INTERRUPTED = """
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
os.write(1, b"ready\\n")
signal.sigwait([signal.SIGINT])  # the line of the traceback does not depend on when the signal comes
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
raise KeyboardInterrupt
"""
SAVES = """
import os, signal, sys, time
def save(number, frame):
    print("saving", signal.Signals(number).name, flush=True)
    sys.exit(5)
signal.signal(signal.{name}, save)
os.write(1, b"ready\\n")
time.sleep(60)
"""
PATIENT = """
import os
count = 0
while count < 2:
    try:
        os.write(1, b"ready\\n")
        input()
        break
    except KeyboardInterrupt:
        count += 1
        print("interrupted", count, flush=True)
"""


def signalled(folder, text, number, *, watched):
    """Run the script, and send the signal to the process that was started once the script says that it is ready."""
    write(folder, {"train.py": text})
    process = start(folder, ["train.py"], watched=watched, **PIPES)
    first = process.stdout.readline()
    assert first == b"ready\n"
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    return ended(process, out, err, folder)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (INTERRUPTED, "SIGINT"),
        (WAITS, "SIGTERM"),
        (WAITS, "SIGHUP"),
        (SAVES, "SIGTERM"),
        (SAVES, "SIGUSR1"),
        (SAVES, "SIGINT"),
    ],
    ids=["interrupted", "terminated", "hung up", "saves when terminated", "saves when asked", "saves when interrupted"],
)
def test_a_signal_reaches_the_script(tmp_path, text, name):
    text = text.replace("{name}", name)
    plain = signalled(tmp_path / "work", text, getattr(signal, name), watched=False)
    watched = signalled(tmp_path / "work", text, getattr(signal, name), watched=True)
    assert (watched.out, watched.err, watched.code) == (plain.out, plain.err, plain.code)
    assert (f"the signal {name}" in watched.said) == (plain.code < 0)


def test_what_the_shell_ignores_the_script_ignores(tmp_path):
    text = "import signal\nprint([signal.getsignal(one) == signal.SIG_IGN for one in (signal.SIGINT, signal.SIGHUP)])"
    write(tmp_path / "work", {"train.py": text})

    def ignore():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    plain, watched = (
        run(tmp_path / "work", ["train.py"], watched=watched, preexec_fn=ignore) for watched in (False, True)
    )
    assert watched.out == plain.out == b"[True, True]\n"


def test_a_script_that_swallows_the_first_interrupt_gets_the_second(tmp_path):
    write(tmp_path, {"train.py": PATIENT})
    process = start(tmp_path, ["train.py"], **PIPES)
    for count in (1, 2):
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == b"interrupted %d\n" % count
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out == b""
    assert b"Traceback" not in err


def test_ctrl_c_at_a_terminal_interrupts_once(tmp_path):
    """The key reaches every process of the foreground: the parent must not send it a second time."""
    import pty

    write(tmp_path, {"train.py": PATIENT})
    process_id, terminal = pty.fork()
    if process_id == 0:  # pragma: no cover - another process
        os.chdir(tmp_path)
        from both_ways import ENVIRON

        os.execve(sys.executable, [sys.executable, "-m", "losscompass", "run", "train.py"], ENVIRON)
    said = _until(terminal, b"ready")
    os.write(terminal, b"\x03")
    said += _until(terminal, b"ready")
    assert b"interrupted 1" in said
    os.write(terminal, b"on with it\n")
    said += _until(terminal, None)
    assert b"interrupted 2" not in said
    assert b"did not import torch" in said
    assert os.waitstatus_to_exitcode(os.waitpid(process_id, 0)[1]) == 0
    os.close(terminal)


def _until(terminal, wanted):
    """What is written to the terminal until these words, or until nobody has it open any more."""
    said = b""
    while wanted is None or wanted not in said:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # Linux says so where the other side is closed
            piece = b""
        if not piece:
            assert wanted is None, said
            break
        said += piece
    return said


def test_the_script_ends_in_peace_where_the_parent_is_killed(tmp_path):
    text = "print('ready', flush=True)\nprint(input(), flush=True)\nopen('result', 'w').write('whole')\nprint('end')"
    write(tmp_path, {"train.py": text})
    process = start(tmp_path, ["train.py"], **PIPES)
    assert process.stdout.readline() == b"ready\n"
    process.kill()
    assert process.wait(60) == -signal.SIGKILL
    process.stdin.write(b"go on\n")
    process.stdin.close()
    assert process.stdout.read() == b"go on\nend\n"  # until the script itself has closed it
    assert process.stderr.read() == b""
    assert (tmp_path / "result").read_text() == "whole"
    process.stdout.close()
    process.stderr.close()


def test_a_script_that_is_asked_to_stop_and_does_not_is_told_to(tmp_path, monkeypatch):
    write(
        tmp_path,
        {
            "train.py": "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
            "open('ready', 'w').close()\ntime.sleep(60)"
        },
    )
    monkeypatch.chdir(tmp_path)
    here = Target(("train.py",), "train.py")
    ended_so = execute(here, Path("journal"), every=0.02, look=(tmp_path / "ready").exists, grace=0.1)
    assert ended_so == Ended(-signal.SIGTERM, asked=True)


@pytest.mark.parametrize("flag", ["-I", "-E", "-S"])
def test_a_python_that_looks_at_no_environment_runs_the_script_all_the_same(tmp_path, monkeypatch, flag):
    write(tmp_path, {"train.py": "import sys; sys.exit(sys.flags.isolated * 1 + sys.flags.no_site * 2 + 4)"})
    monkeypatch.chdir(tmp_path)
    here = Target((str(tmp_path / "train.py"),), "train.py")
    assert execute(here, tmp_path / "journal", flags=[flag]).code == {"-I": 5, "-E": 4, "-S": 6}[flag]
