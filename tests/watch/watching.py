"""A session in this process, and a small training that touches everything that is watched."""

import random
from contextlib import contextmanager

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from losscompass.watch import install


class Gathered:
    """A recorder that keeps what it is told, or nothing of it."""

    def __init__(self, *, keep=True):
        self.keep = keep
        self.rows, self.events, self.facts, self.tensors = [], [], {}, []

    def layout(self, names):
        return lambda step, *values: self.rows.append((names, step, values)) if self.keep else None

    def event(self, name, step, data, places):
        if self.keep:
            self.events.append((name, step, data, places))

    def fact(self, name, value):
        self.facts[name] = value

    def tensor(self, tensor, kind, step, stats):
        if self.keep:
            self.tensors.append((tensor, kind, step, stats))

    def series(self, name):
        return [(step, values[names.index(name)]) for names, step, values in self.rows if name in names]

    def named(self, name):
        return [data for told, _, data, _ in self.events if told == name]


@contextmanager
def watched(recorder=None):
    """Watch torch for a while."""
    recorder = Gathered() if recorder is None else recorder
    session = install(recorder)
    session.gathered = recorder
    try:
        yield session
    finally:
        session.finish()


def train(during=lambda step: None):
    """Train; every bit of what came of it and of the random states."""
    torch.manual_seed(3)
    x = torch.randn(96, 6)
    y = (x[:, 0] > 0).long()
    model = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, 2))
    model.load_state_dict(model.state_dict())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2)
    scaler = torch.amp.GradScaler("cpu", init_scale=4.0)
    batches = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
    step = 0
    for _ in range(3):
        model.train()
        for inputs, targets in batches:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(torch.relu(model(inputs)), targets)
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
            during(step)
            step += 1
        scheduler.step()
        model.zero_grad()
        model.eval()
        with torch.no_grad():
            nn.functional.cross_entropy(model(x), y)
    return [
        *(one.detach().numpy().tobytes() for one in model.parameters()),
        optimizer.param_groups[0]["lr"],
        torch.get_rng_state().numpy().tobytes(),
        np.random.get_state()[1].tobytes(),  # noqa: NPY002
        random.getstate(),
    ]
