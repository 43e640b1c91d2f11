"""The same with the real torch: what the script prints, how it fails, and what is kept of it."""

import pytest
from both_ways import both

from losscompass.evidence.journal import read
from losscompass.evidence.records import Event, Fact

pytest.importorskip("torch", reason="torch is not installed")

TRAINING = """
import hashlib
import traceback
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

def main():
    torch.manual_seed(0)
    data = TensorDataset(torch.randn(64, 5), torch.randint(0, 3, (64,)))
    model = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(3):
        for x, y in DataLoader(data, batch_size=8, shuffle=True, num_workers=int(epoch == 0)):
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(epoch, loss.item().hex())
    for parameter in model.parameters():
        print(hashlib.sha256(parameter.detach().numpy().tobytes()).hexdigest())
    print(hashlib.sha256(torch.get_rng_state().numpy().tobytes()).hexdigest(), torch.__spec__)
    torch.save(model.state_dict(), "model.pt")
    for fault in (
        lambda: F.cross_entropy(torch.randn(2, 4), torch.tensor([7, 8])),
        lambda: torch.ones(2, requires_grad=True).backward(),
        lambda: optimizer.step(lambda: 1 / 0),
        lambda: next(iter(DataLoader([1, "x", None], batch_size=3))),
    ):
        try:
            fault()
        except Exception:
            traceback.print_exc()
    model(torch.randn(2, 4))

if __name__ == "__main__":
    main()
"""


def test_a_training_that_fails_does_what_it_does_under_python(tmp_path):
    plain, watched = both(tmp_path / "work", {"train.py": TRAINING}, ["train.py"], options=["--no-report"])
    assert plain.out.count(b"\n") == 8
    assert plain.err.count(b"Traceback") >= 5
    assert watched.out == plain.out
    assert watched.err == plain.err
    assert watched.code == plain.code == 1
    assert watched.files == plain.files
    kept(tmp_path / "work")


def kept(folder):
    """What the journal says of the end."""
    (journal,) = folder.glob(".losscompass/*/*")
    records = list(read(journal))
    facts = {record.name: record.value for record in records if isinstance(record, Fact)}
    (failed,) = (record for record in records if isinstance(record, Event) and record.name == "failed")
    assert facts["ended"] == "error"
    assert failed.data["type"] == "RuntimeError"
    assert failed.places["at"].code == "model(torch.randn(2, 4))"
