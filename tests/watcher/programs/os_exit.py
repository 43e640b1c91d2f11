"""Is gone at once, in the middle of a step."""

import os

import torch
from outcome import save, seed
from torch import nn

seed(21)
model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(5):
    loss = nn.functional.mse_loss(model(torch.randn(4, 3)), torch.zeros(4, 1))
    optimizer.zero_grad()
    loss.backward()
    print(step, loss.item(), flush=True)
    if step == 3:
        save(model=model)
        os._exit(4)
    optimizer.step()
