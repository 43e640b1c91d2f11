"""A script does under `losscompass run` what it does under Python: output, errors, exit code, files."""

import io
import zipfile
from dataclasses import dataclass, field

import pytest
from both_ways import FAKE_TORCH, both


@dataclass(frozen=True)
class Case:
    text: str = ""
    words: tuple = ("train.py",)
    files: dict = field(default_factory=dict)
    flags: tuple = ()
    stdin: bytes = b""
    environ: dict = field(default_factory=dict)


def archive():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("__main__.py", "import inner, sys\nprint(__name__, __package__, sys.argv)\ninner.fail()\n")
        file.writestr("inner.py", "def fail():\n    raise KeyError('inside')\n")
    return packed.getvalue()


WORKERS = """
import multiprocessing, os, sys

class Work:
    def __init__(self, x): self.x = x

def double(work):
    return Work(work.x * 2), __name__, "LOSSCOMPASS_JOURNAL" in os.environ, len(sys.meta_path)

if __name__ == "__main__":
    context = multiprocessing.get_context({method!r})
    with context.Pool(1) as pool:
        for work, name, told, finders in pool.map(double, [Work(1), Work(2)]):
            print(type(work), work.x, name, told, {method!r} == "fork" or finders)
"""

CASES = {
    "main": Case(
        "import sys\nprint(sys.argv, __name__, __file__, __spec__, __doc__, __package__, type(__loader__), __cached__)\n"
        "print(sorted(globals()), __builtins__, __annotations__)\nprint(sys.modules['__main__'].__dict__ is globals())",
        ("train.py", "--lang", "fr", "-m", "--", "--watch"),
    ),
    "surroundings": Case(
        "import sys, os\nprint(sys.path, sys.flags, sys.warnoptions, sys._xoptions, sys.orig_argv[1:], os.getcwd())\n"
        "print(sorted((k, v) for k, v in os.environ.items()))\nprint(sorted(set(sys.modules) - {'atexit'}))\n"
        "print(sys.excepthook, sys.displayhook, sys.gettrace(), sys.getprofile(), sys.getrecursionlimit())",
        environ={"PYTHONWARNINGS": "ignore", "PYTHONSTARTUP": "x"},
    ),
    "the stack": Case(
        "import sys, traceback, inspect, warnings\nprint(sys._getframe().f_back, len(inspect.stack()))\n"
        "traceback.print_stack()\nwarnings.warn('from the top', stacklevel=2)\nwarnings.warn('here')"
    ),
    "recursion": Case(
        "import sys\ndepth = 0\ndef f():\n    global depth\n    depth += 1\n    f()\ntry:\n    f()\n"
        "except RecursionError:\n    print(depth)\nf()"
    ),
    "its own source": Case(
        "import inspect, sys\nclass A:\n    x = 1\nprint(inspect.getsource(A), inspect.getsourcefile(A))\n"
        "print(inspect.getsource(sys.modules['__main__']))\nimport pickle\nprint(pickle.loads(pickle.dumps(A())).x)"
    ),
    "error": Case(
        "def f():\n    1 / 0\ndef g():\n    try:\n        f()\n    except ZeroDivisionError as e:\n"
        "        raise ValueError('no') from e\ng()"
    ),
    "error with notes": Case(
        "e = ValueError('x')\ne.add_note('look here')\nraise ExceptionGroup('many', [e, KeyError(1)])"
    ),
    "error in a module": Case("import other", files={"other.py": "import third\n", "third.py": "x = \n"}),
    "error in an import": Case("from json import nothing_by_this_name"),
    "syntax error": Case("def f(:\n"),
    "bad encoding": Case(files={"train.py": b"x = '\xff'\n"}),
    "null byte later": Case("print(1)\n" + "#" * 5000 + "\n\0"),
    "own excepthook": Case(
        "import sys\ndef hook(kind, error, tb):\n    print('caught', kind, error, tb.tb_lineno, tb.tb_next)\n"
        "sys.excepthook = hook\nraise OSError('x')"
    ),
    "broken excepthook": Case("import sys\ndef hook(*_):\n    1 / 0\nsys.excepthook = hook\nraise OSError('x')"),
    "exit in excepthook": Case("import sys\nsys.excepthook = lambda *_: sys.exit(7)\nraise OSError('x')"),
    "exit with text": Case("import sys\nprint('before')\nsys.exit('that is all')"),
    "exit 3": Case("import sys; sys.exit(3)"),
    "exit 256": Case("import sys; sys.exit(256)"),
    "exit -1": Case("import sys; sys.exit(-1)"),
    "exit without": Case("raise SystemExit"),
    "exit None": Case("raise SystemExit(None)"),
    "exit object": Case("raise SystemExit([1, 2])"),
    "exit at once": Case("import os, sys\nprint('kept'); sys.stdout.flush(); os._exit(9)"),
    "exit functions": Case(
        "import atexit, threading, weakref\nclass A: pass\na = A()\nweakref.finalize(a, print, 'finalized')\n"
        "atexit.register(print, 'first'); atexit.register(print, 'second')\n"
        "threading.Thread(target=lambda: print('thread')).start()\nprint('end', atexit._ncallbacks() > 0)"
    ),
    "error in an exit function": Case("import atexit\n@atexit.register\ndef f():\n    1 / 0\nprint('end')"),
    "exit in an exit function": Case("import atexit, sys\natexit.register(sys.exit, 4)"),
    "error in a thread": Case(
        "import threading\ndef work():\n    raise RuntimeError('in the thread')\n"
        "t = threading.Thread(target=work); t.start(); t.join(); print('goes on')"
    ),
    "error in a finalizer": Case("class A:\n    def __del__(self): 1 / 0\nA()\nprint('goes on')"),
    "input": Case("import sys\nprint(input(), sys.stdin.read())", stdin=b"one\ntwo\nthree"),
    "order of output": Case(
        "import sys, os\nos.write(1, b'a'); print('b'); os.write(1, b'c'); print('e', file=sys.stderr)\n"
        "print(sys.stdout.line_buffering, sys.stdout.encoding, sys.stdout.errors, sys.stdout.isatty())"
    ),
    "no output left": Case("import sys\nsys.stdout.close()\nprint(1, file=sys.stderr)"),
    "files": Case(
        "from pathlib import Path\nprint(Path('data/x.txt').read_text())\nPath('out.bin').write_bytes(b'123')",
        ("sub/train.py",),
        {
            "data/x.txt": "datum",
            "sub/train.py": "import near\nfrom pathlib import Path\n"
            "print(near.x, Path('data/x.txt').read_text())\nPath('out.bin').write_bytes(b'123')\n",
            "sub/near.py": "x = 1",
        },
    ),
    "another folder": Case(
        "import os, sys\nos.mkdir('else'); os.chdir('else')\nprint(os.getcwd(), __file__)\nopen('f', 'w').write('x')\n1/0"
    ),
    "shadows": Case(
        "import random, types, json, struct, threading, zlib\nprint(random.x, json.x, struct.x, threading.x, zlib)",
        files={f"{name}.py": "x = 'mine'" for name in ("random", "json", "struct", "threading")},
    ),
    "own site customisation": Case(
        "import sys\nprint(sys.was_here, sys.modules['sitecustomize'].__file__)",
        files={"site/sitecustomize.py": "import sys; sys.was_here = True"},
        environ={"PYTHONPATH": "site"},
    ),
    "module": Case(
        words=("-m", "package.train", "--lang", "fr"),
        files={
            "package/__init__.py": "print('package')",
            "package/train.py": "import sys\nfrom . import near\nprint(sys.argv, sys.path[0], __name__, __package__, __spec__)\n"
            "near.fail()",
            "package/near.py": "def fail():\n    raise ValueError('x')",
        },
    ),
    "module by its package": Case(
        words=("-m", "package"), files={"package/__main__.py": "import sys\nprint(sys.argv)\nsys.exit(5)"}
    ),
    "module of the library": Case(words=("-m", "json.tool"), stdin=b'{"a": 1}'),
    "no such module": Case(words=("-m", "nowhere.at_all")),
    "folder": Case(
        words=("app",),
        files={"app/__main__.py": "import near, sys\nprint(__name__, __file__, sys.path[0])\n1/0", "app/near.py": ""},
    ),
    "archive": Case(words=("app.zip",), files={"app.zip": archive()}),
    "from standard input": Case(words=("-", "a", "b"), stdin=b"import sys\nprint(sys.argv, __name__)\n1/0\n"),
    "another name": Case(words=("train",), files={"train": "print(__file__)"}),
    "warnings as errors": Case("import warnings\nwarnings.warn('x')", flags=("-W", "error", "-X", "utf8")),
    "optimised": Case("print(__debug__)\nassert False", flags=("-OO", "-B")),
    "unbuffered": Case(
        "import sys\nprint(sys.stdout.write_through, sys.flags, sys._xoptions)", flags=("-uX", "dev", "-b")
    ),
    "workers forked": Case(WORKERS.replace("{method!r}", "'fork'")),
    "workers spawned": Case(WORKERS.replace("{method!r}", "'spawn'")),
    "fork": Case(
        "import os, sys, torch\npid = os.fork()\nif pid == 0:\n    sys.exit(6)\nprint(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))",
        files={"torch.py": FAKE_TORCH},
    ),
    "another Python": Case(
        "import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'import sys, os; print(sys.meta_path, "
        "sorted(os.environ))'], capture_output=True, check=True).stdout)"
    ),
    "replaced by another program": Case(
        "import os, sys\nif len(sys.argv) == 1:\n    os.execv(sys.executable, [sys.executable, *sys.argv, 'again'])\nprint(sys.argv)\nsys.exit(8)"
    ),
    "killed by itself": Case("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)"),
    "interrupted by itself": Case("import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(30)"),
    "aborted": Case("import os\nprint('x', flush=True)\nos.abort()"),
    "broken pipe": Case("import os\nr, w = os.pipe(); os.close(r)\nos.write(w, b'x')"),
    # -- around the import of torch: a stand-in, which nobody can watch
    "torch": Case(
        "import sys, torch\nprint(sys.meta_path, torch.__spec__, "
        "type(torch.__spec__), torch.__spec__._initializing, torch.__loader__)\nimport importlib\nimportlib.reload(torch)",
        files={"torch.py": FAKE_TORCH},
    ),
    "torch and an error": Case(
        "import torch\ndef f():\n    raise OSError('late')\nf()", files={"torch.py": FAKE_TORCH}
    ),
    "torch and an exit": Case("import torch, sys\nsys.exit(3)", files={"torch.py": FAKE_TORCH}),
    "torch that fails": Case(
        "try:\n    import torch\nexcept OSError:\n    import traceback; traceback.print_exc()\nimport torch",
        files={
            "torch/__init__.py": "from . import inner",
            "torch/inner.py": "def f():\n    raise OSError('no library')\nf()",
        },
    ),
    "torch that fails at first": Case(
        "import sys\ntry:\n    import torch\nexcept ImportError as e:\n    print(e)\nsys.ready = 1\nimport torch",
        files={
            "torch.py": "import sys\nif not hasattr(sys, 'ready'):\n    raise ImportError('not yet')\nprint('there')"
        },
    ),
    "torch that is not there": Case(
        "import sys\nsys.path = [p for p in sys.path if 'site-packages' not in p]\ntry:\n    import torch\n"
        "except ModuleNotFoundError as e:\n    print(e)\nimport torch"
    ),
    "torch in a thread": Case(
        "import threading\ndef work():\n    import torch\nt = threading.Thread(target=work); t.start(); t.join()\nimport torch\nprint(torch.__version__)",
        files={"torch.py": FAKE_TORCH},
    ),
    "torch replaced": Case(
        "import torch\nprint(torch)", files={"torch.py": "import sys\nsys.modules['torch'] = 'a text'"}
    ),
    "torch in a worker": Case(
        WORKERS.replace("{method!r}", "'fork'").replace("return Work", "import torch; return Work"),
        files={"torch.py": "x = 1"},
    ),
    "the journal is deleted": Case(
        "import torch, shutil, pathlib\nfor p in pathlib.Path().glob('.losscompass'):\n    shutil.rmtree(p)\nprint('end')",
        files={"torch.py": FAKE_TORCH},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_does_what_it_does_under_python(name, tmp_path):
    case = CASES[name]
    files = {"train.py": case.text, **case.files}
    plain, watched = both(
        tmp_path / "work", files, case.words, flags=case.flags, stdin=case.stdin, environ=environ_of(case)
    )
    assert (watched.out, watched.err, watched.code) == (plain.out, plain.err, plain.code)
    assert watched.files == plain.files
    assert "Traceback" not in watched.said


def environ_of(case):
    """The search path of a case comes before the tests' own."""
    from both_ways import SOURCE

    more = case.environ.get("PYTHONPATH")
    return {**case.environ, **({"PYTHONPATH": f"{more}:{SOURCE}"} if more else {})}
