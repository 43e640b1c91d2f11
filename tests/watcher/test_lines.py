"""The lines that made the nodes of a graph: found without a frame on the stack, and without disturbing a debugger."""

import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

sys.path.insert(0, str(Path(__file__).parent))

import torch.nn.functional as F  # noqa: E402, N812
from memory import Memory  # noqa: E402
from torch import nn  # noqa: E402

from losscompass.watcher import install  # noqa: E402


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 8)
        self.second = nn.Linear(8, 3)

    def forward(self, x):
        hidden = torch.tanh(self.first(x))
        shares = F.softmax(self.second(hidden), dim=1)
        return shares  # noqa: RET504 - a line of its own


def step(net, optimizer):
    scores = net(torch.randn(6, 4))
    loss = F.cross_entropy(scores, torch.tensor([0, 1, 2, 0, 1, 2]))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def watched(loop):
    memory = Memory()
    session = install(memory)
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    try:
        loop(net, optimizer)
    finally:
        session.finish()
    assert not session.probes.broken
    return memory


def places(memory, event):
    return next(found for name, _, _, found in memory.events if name == event)


def test_an_operation_is_found_where_it_is_applied():
    memory = watched(step)
    assert "F.softmax(self.second(hidden)" in places(memory, "loss-call")["input-op"][2]
    assert "F.cross_entropy" in places(memory, "loss-call")["at"][2]
    assert "self.first(x)" in places(memory, "graph")["layer"][2]  # runs of one: the first of them


def test_a_debuggers_trace_is_left_alone():
    seen = []

    def debugger(frame, event, _):
        seen.append(event)

    def loop(net, optimizer):
        sys.settrace(debugger)
        try:
            step(net, optimizer)
            assert sys.gettrace() is debugger
        finally:
            sys.settrace(None)

    memory = watched(loop)
    assert seen
    assert "input-op" not in places(memory, "loss-call")
    assert memory.values("train/loss")


def test_an_error_in_a_forward_has_no_frame_of_ours():
    def loop(net, optimizer):
        with pytest.raises(RuntimeError, match="shapes cannot be multiplied") as caught:
            net(torch.randn(6, 5))
        files = [entry.path for entry in caught.traceback]
        assert not [file for file in files if "losscompass" in str(file) and "tests" not in str(file)]
        step(net, optimizer)

    memory = watched(loop)
    assert memory.values("train/loss")
    assert sys.gettrace() is None
