"""Modes of the user's own, which see every function and every operation and count them."""

from collections import Counter

import torch
from outcome import save, seed
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

functions, operations = Counter(), Counter()


class Functions(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        functions[getattr(func, "__name__", str(func))] += 1
        return func(*args, **(kwargs or {}))


class Operations(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        operations[str(func)] += 1
        return func(*args, **(kwargs or {}))


def train(steps):
    for step in range(steps):
        x = torch.randn(8, 4)
        loss = nn.functional.mse_loss(model(x), x.sum(1, keepdim=True))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(step, loss.item())


seed(16)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
with Functions():
    train(4)
with Operations():
    train(4)
mode = Functions()
mode.__enter__()
train(5)
with Operations():
    train(1)
mode.__exit__(None, None, None)
train(2)
print(sorted(functions.items()))
print(sorted(operations.items()))
save(model=model, optimizer=optimizer)
