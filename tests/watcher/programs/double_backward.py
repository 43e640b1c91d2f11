"""A gradient penalty: a gradient of a gradient, retained graphs, autograd.grad, a second backward."""

import torch
from outcome import save, seed
from torch import nn

seed(14)
critic = nn.Sequential(nn.Linear(3, 12), nn.Softplus(), nn.Linear(12, 1))
optimizer = torch.optim.Adam(critic.parameters(), lr=1e-2)
for step in range(8):
    x = torch.randn(16, 3, requires_grad=True)
    score = critic(x)
    (slope,) = torch.autograd.grad(score.sum(), x, create_graph=True)
    penalty = (slope.norm(dim=1) - 1).square().mean()
    loss = score.mean() + 10 * penalty
    optimizer.zero_grad()
    loss.backward(retain_graph=True)
    if step % 2:
        penalty.backward()
    torch.autograd.backward([critic[0].weight.square().sum(), critic[2].weight.square().sum()])
    optimizer.step()
    print(step, loss.item(), penalty.item())
w = torch.tensor(2.0, requires_grad=True)
(w**3).backward(create_graph=True)
w.grad.backward()
print(w.grad.item())
w.grad = None
save(critic=critic, optimizer=optimizer)
