"""Whatever fails in the watcher, the training goes on as it would have."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading

import pytest
import torch
from torch import nn
from watching import Gathered, train, watched

from losscompass.evidence import recorder as recording
from losscompass.evidence.journal import read
from losscompass.evidence.recorder import Recorder
from losscompass.evidence.records import Scalar
from losscompass.watcher import probes as probes_module
from losscompass.watcher.probes import Probes

OURS = {}
# a function whose code lies in losscompass: what the user's own code raises is the user's
exec(compile("def fail(*args):\n    raise RuntimeError('a fault of ours')", probes_module.__file__, "exec"), OURS)

LOOKS = (
    *(
        "loss",
        "data",
        "backward",
        "optimizer",
        "zero-grad",
        "modes",
        "loading",
        "clipping",
        "scaler",
        "loader",
        "batch",
        "scheduler",
        "step",
    ),
    *("forward",),
    *("seed",),
    *("watch-losses", "watch-acts", "watch-models", "watch-data", "watch-schedulers"),
)


@pytest.fixture(scope="module")
def plain():
    return train()


def test_all_looks_are_tried(monkeypatch):
    named = set()
    guard = Probes.guard
    monkeypatch.setattr(Probes, "guard", lambda self, name, look: named.add(name) or guard(self, name, look))
    with watched():
        pass
    assert named == {*LOOKS, "compile", "end"}


@pytest.mark.parametrize("name", [*LOOKS, "end"])
def test_a_look_that_fails_is_told_of_and_nothing_else_happens(monkeypatch, plain, name):
    guard = Probes.guard
    failing = lambda self, known, look: guard(self, known, OURS["fail"] if known == name else look)  # noqa: E731
    monkeypatch.setattr(Probes, "guard", failing)
    with watched() as session:
        assert train() == plain
    assert session.gathered.named("probe-off") == [{"probe": name, "error": "RuntimeError: a fault of ours"}]
    if name not in {"loss", "step", "backward", "watch-losses", "watch-acts"}:
        assert len(session.gathered.series("train/loss")) >= 17


def test_when_every_look_fails(monkeypatch, plain):
    guard = Probes.guard
    monkeypatch.setattr(Probes, "guard", lambda self, name, look: guard(self, name, OURS["fail"]))
    with watched():
        assert train() == plain


def test_when_nothing_can_be_told(plain):
    class Deaf(Gathered):
        event = tensor = staticmethod(OURS["fail"])

        def layout(self, names):
            return OURS["fail"]

    with watched(Deaf()):
        assert train() == plain


def test_torch_is_as_it_was(plain):
    def state():
        F = nn.functional  # noqa: N806
        owners = (
            F,
            torch.optim.Optimizer,
            nn.Module,
            torch.utils.data.DataLoader,
            torch.autograd,
            nn.utils,
            torch.amp.GradScaler,
        )
        hooks = sys.modules["torch.optim.optimizer"]
        return (
            [dict(vars(one)) for one in owners],
            len(hooks._global_optimizer_pre_hooks),
            len(nn.modules.module._global_forward_hooks),
        )

    before = state()
    with watched():
        assert train() == plain
    assert state() == before


def test_the_disk_fills(monkeypatch, tmp_path, plain):
    monkeypatch.setattr(recording, "WINDOW", 4096)
    recorder = Recorder(tmp_path / "journal.lcj")
    real, wrote = os.write, []

    def write(file, data):
        if file == recorder._file:
            wrote.append(len(data))
            if len(wrote) > 3:
                raise OSError(errno.ENOSPC, "No space left on device")
        return real(file, data)

    monkeypatch.setattr(os, "write", write)
    with watched(recorder):
        assert train() == plain
    assert "No space left" in recorder.stopped
    assert recorder.dropped > 0
    assert any(isinstance(record, Scalar) for record in read(tmp_path / "journal.lcj"))


def test_the_journals_folder_vanishes(monkeypatch, tmp_path, plain):
    monkeypatch.setattr(recording, "WINDOW", 4096)
    recorder = Recorder(tmp_path / "run" / "journal.lcj")
    with watched(recorder):
        assert train(lambda step: step == 5 and shutil.rmtree(tmp_path / "run")) == plain
    assert recorder.stopped
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")
def test_the_parent_is_killed(tmp_path):
    script = tmp_path / "train.py"
    script.write_text(
        "import sys, torch\nw = torch.ones(2, requires_grad=True)\nopt = torch.optim.SGD([w], lr=0.1)\n"
        "for step in range(6):\n    opt.zero_grad()\n    loss = torch.nn.functional.mse_loss(w, torch.zeros(2))\n"
        "    loss.backward()\n    opt.step()\n    if step == 3:\n        print('ready', flush=True)\n        sys.stdin.readline()\n"
        "print(w.tolist())\n",
        "utf-8",
    )
    command = [sys.executable, "-m", "losscompass", "run", "train.py"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(
        command, cwd=tmp_path, env={**os.environ, "OMP_NUM_THREADS": "1"}, text=True, **pipes
    ) as parent:
        assert parent.stdout.readline() == "ready\n"
        parent.kill()
        parent.wait()
        parent.stdin.write("go\n")
        parent.stdin.close()
        weights = [float(one) for one in parent.stdout.read().strip("[]\n").split(", ")]
        assert parent.stderr.read() == ""
    assert weights == pytest.approx([0.9**6] * 2)
    (journal,) = tmp_path.glob(".losscompass/*/journal.lcj")
    points = [record for record in read(journal) if isinstance(record, Scalar) and record.name == "train/loss"]
    assert len(points) == 6


def test_gradients_are_read_by_the_thread_that_trains_with_them_alone():
    """Another thread's backward may be writing them: to read them meanwhile has ended a program with a segmentation fault."""
    made, go = threading.Event(), threading.Event()
    mine, others = nn.Linear(3, 1), nn.Linear(3, 1)
    for one in others.parameters():
        one.grad = torch.ones_like(one)  # as a backward that is going on would

    def other():
        kept = torch.optim.SGD(others.parameters(), lr=0.1)
        made.set()
        assert go.wait(30)
        del kept

    with watched() as session:
        beside = threading.Thread(target=other)
        beside.start()
        assert made.wait(30)
        optimizer = torch.optim.SGD(mine.parameters(), lr=0.1)
        mine(torch.ones(4, 3)).square().mean().backward()
        session.loop.gradients_made()
        left = {state.identity == id(optimizer): state.left for state in session.loop.states}
        go.set()
        beside.join()
    assert left[True] > 0
    assert left[False] == 0
