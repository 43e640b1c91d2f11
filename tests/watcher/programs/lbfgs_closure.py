"""LBFGS: the optimiser calls the loop's own closure as often as it likes."""

import torch
from outcome import save, seed
from torch import nn

seed(2)
x = torch.linspace(-2, 2, 64)[:, None]
y = torch.sin(2 * x)
model = nn.Sequential(nn.Linear(1, 12), nn.Tanh(), nn.Linear(12, 1))
optimizer = torch.optim.LBFGS(model.parameters(), lr=0.5, max_iter=8, line_search_fn="strong_wolfe")
calls = 0


def closure():
    global calls  # noqa: PLW0603
    calls += 1
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    return loss


for step in range(6):
    print(step, float(optimizer.step(closure)), calls)
save(model=model, optimizer=optimizer)
