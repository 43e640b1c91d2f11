"""Activations computed twice, in both ways that torch has, with dropout, so that random states must be restored."""

import torch
from outcome import save, seed
from torch import nn
from torch.utils.checkpoint import checkpoint, checkpoint_sequential

seed(11)
blocks = nn.Sequential(*[nn.Sequential(nn.Linear(10, 10), nn.ReLU(), nn.Dropout(0.3)) for _ in range(4)])
head = nn.Linear(10, 1)
optimizer = torch.optim.Adam([*blocks.parameters(), *head.parameters()], lr=1e-2)


def with_loss(hidden, target):
    return nn.functional.mse_loss(head(hidden), target)


for step in range(9):
    x = torch.randn(16, 10, requires_grad=True)
    if step % 3 == 0:
        hidden = checkpoint_sequential(blocks, 2, x, use_reentrant=False)
    else:
        hidden = checkpoint(blocks, x, use_reentrant=step % 3 == 1)
    loss = checkpoint(with_loss, hidden, x.sum(1, keepdim=True).detach(), use_reentrant=False)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, loss.item())
save(blocks=blocks, head=head, optimizer=optimizer)
