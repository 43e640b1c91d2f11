"""Four backwards a step, each divided by four; the gradients are cleared by the model."""

import torch
from outcome import save, seed
from torch import nn

seed(4)
model = nn.Sequential(nn.Linear(6, 20), nn.SiLU(), nn.Linear(20, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)
weight = torch.randn(6, 1)
for batch in range(1, 41):
    x = torch.randn(8, 6)
    loss = nn.functional.smooth_l1_loss(model(x), x @ weight) / 4
    loss.backward()
    if batch % 4 == 0:
        norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        model.zero_grad()
        print(batch, loss.item(), norm.item())
save(model=model, optimizer=optimizer)
