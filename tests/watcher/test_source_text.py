"""The text of the user's own files, and copies of the trained weights."""

import copy
import subprocess
import sys

import pytest
import torch
from torch import nn
from watching import watched

from losscompass.evidence.journal import read
from losscompass.evidence.records import Event
from losscompass.watcher import sources as limits
from losscompass.watcher.copies import NUMBERS, _sample


def steps(model, count, after=lambda: None, lr=0.1):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(count):
        loss = nn.functional.mse_loss(model(torch.randn(8, 4)), torch.zeros(8, 2))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        after()


def test_the_users_file_is_told_once_and_no_library():
    with watched() as session:
        steps(nn.Linear(4, 2), 12)
    told = session.gathered.named("source")
    assert [one["file"] for one in told if one["file"].endswith("test_source_text.py")] == [told[0]["file"]]
    assert "def test_the_users_file_is_told_once" in told[0]["text"]
    assert not any("torch/" in one["file"] or "losscompass/watcher/" in one["file"] for one in told)
    assert len(told) <= limits.MOST
    assert not session.probes.broken


def test_too_long_a_file_is_left_out(monkeypatch):
    monkeypatch.setattr(limits, "MOST_BYTES", 10)
    with watched() as session:
        steps(nn.Linear(4, 2), 3)
    assert session.gathered.named("source") == []


def test_a_module_beside_the_script_is_told_too(tmp_path):
    """In a process of its own: here, all tests lie beside each other."""
    (tmp_path / "own_data_of_the_user.py").write_text("value = 1.0\n", "utf-8")
    (tmp_path / "train.py").write_text(
        "import torch, losscompass\n"
        "import own_data_of_the_user as data\n"
        "with losscompass.watch('run.lcj', show=False):\n"
        "    model = torch.nn.Linear(4, 1)\n"
        "    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n"
        "    for _ in range(3):\n"
        "        optimizer.zero_grad()\n"
        "        (model(torch.ones(2, 4)) * data.value).mean().backward()\n"
        "        optimizer.step()\n",
        "utf-8",
    )
    subprocess.run([sys.executable, "train.py"], cwd=tmp_path, check=True, timeout=300)
    told = [one for one in read(tmp_path / "run.lcj") if isinstance(one, Event) and one.name == "source"]
    assert {str(one.data["file"]).rpartition("/")[2] for one in told} == {"train.py", "own_data_of_the_user.py"}


def test_a_copy_that_the_stepping_code_holds():
    torch.manual_seed(0)
    model = nn.Linear(4, 2)
    average = copy.deepcopy(model)
    still = copy.deepcopy(model)
    with watched() as session:
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(40):
            loss = nn.functional.mse_loss(model(torch.randn(8, 4)), torch.zeros(8, 2))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                for slow, fast in zip(average.parameters(), model.parameters(), strict=True):
                    slow.lerp_(fast, 0.5)
    last = {one["variable"]: one for one in session.gathered.named("copy")}
    assert set(last) == {"average", "still"}
    assert last["average"]["travelled"] > 0.9
    assert last["still"]["travelled"] == pytest.approx(0, abs=1e-12)
    assert last["still"]["apart"] == pytest.approx(1)
    assert last["still"]["called"] == 0
    assert still.weight.grad is None
    assert not session.probes.broken


def test_a_sample_is_bounded_and_changes_nothing():
    large = torch.arange(float(3 * NUMBERS)).reshape(3, -1)
    before = large.clone()
    some = _sample(large, 1000)
    assert len(some) <= 1000
    assert torch.equal(large, before)
    some += 1
    assert torch.equal(large, before)
