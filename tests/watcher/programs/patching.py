"""A script that itself replaces functions of torch, and puts some of them back."""

import torch
import torch.nn.functional as F
from outcome import save, seed
from torch import nn

seed(17)
made = []
their_cross_entropy, their_step, their_backward = F.cross_entropy, torch.optim.SGD.step, torch.Tensor.backward
their_zero = torch.optim.Optimizer.zero_grad


def cross_entropy(input, target, **more):  # noqa: A002
    loss = their_cross_entropy(input, target, **more)
    made.append(loss.item())
    return loss * 2


def step(self, closure=None):
    made.append("step")
    return their_step(self, closure)


def backward(self, *args, **kwargs):
    made.append("backward")
    return their_backward(self, *args, **kwargs)


def train(steps):
    for _ in range(steps):
        x = torch.randn(8, 4)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), (x[:, 0] > 0).long())
        loss.backward()
        optimizer.step()


model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
train(4)
F.cross_entropy = cross_entropy
torch.optim.SGD.step = step
torch.Tensor.backward = backward
torch.optim.Optimizer.zero_grad = lambda self, set_to_none=True: their_zero(self, set_to_none=False)
train(5)
F.cross_entropy = their_cross_entropy
torch.Tensor.backward = their_backward
train(2)
print(made)
save(model=model)
