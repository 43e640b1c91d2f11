"""A Python that has imported torch, once, and forks for every program it is told to run: an import takes seconds, a program does not.

    echo '["programs/gan.py", "/tmp/watched", true, 2]' | python stage.py

A line a program: its file, the folder to run it in, whether it is watched, and the number of threads. Its output goes to `stdout` and
`stderr` in that folder, the journal to `journal.lcj` beside it. A line comes back when it has ended: the folder and the exit code. Programs
run side by side. What is done at the start and at the end of a watched one is what `launch/boot/sitecustomize.py` does.
"""

import contextlib
import json
import os
import runpy
import sys
import traceback
from pathlib import Path

import torch
import torch._dynamo  # the first optimiser that is made imports it, which takes longer than all else

from losscompass.launch.child import Watch


def main():
    running = {}
    for line in sys.stdin:
        program, folder, watched, threads = json.loads(line)
        if program:
            running[start(program, Path(folder), watched, threads)] = folder
            continue
        while running:  # an empty name: wait for all
            child, status = os.wait()
            sys.stdout.write(json.dumps([running.pop(child), os.waitstatus_to_exitcode(status)]) + "\n")
            sys.stdout.flush()


def start(program, folder, watched, threads):
    """The process that runs it."""
    child = os.fork()
    if child:
        return child
    os.chdir(folder)
    for name, number in (("stdout", 1), ("stderr", 2)):
        file = os.open(f"../{folder.name}.{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    torch.set_num_threads(threads)
    sys.argv = [program]
    sys.path[0] = str(Path(program).parent)
    mine = os.getpid()
    code, failure, watch = 1, None, None
    if watched:
        watch = Watch(f"../{folder.name}.lcj", Path(program).name, str(folder))
    try:
        runpy.run_path(program, run_name="__main__")
        code = 0
    except SystemExit as error:
        code = error.code
    except BaseException as error:  # noqa: BLE001
        failure = error
        traceback.print_exception(error)
    import atexit

    with contextlib.suppress(Exception):
        atexit._run_exitfuncs()
    if watch is not None and os.getpid() == mine:
        watch.end(failure)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
