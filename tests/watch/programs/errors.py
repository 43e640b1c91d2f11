"""Errors that are caught go on as they would; one that nobody catches shows the same traceback."""

import traceback

import torch
from outcome import save, seed
from torch import nn

seed(22)
model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def attempt(act):
    try:
        act()
    except Exception:  # noqa: BLE001
        traceback.print_exc()


def twice():
    loss = model(torch.randn(2, 3)).sum()
    loss.backward()
    loss.backward()


class Broken(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)

    def forward(self, x):
        return self.layer(x) / undefined


for step in range(6):
    x, y = torch.randn(8, 3), torch.randint(0, 2, (8,))
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    if step in {0, 4}:
        attempt(lambda: nn.functional.cross_entropy(model(x), y + 7))  # noqa: B023
        attempt(lambda: nn.functional.mse_loss(torch.ones(2), torch.ones(3)))
        attempt(lambda: Broken()(torch.ones(2, 2)))
        attempt(twice)
        attempt(lambda: optimizer.step(lambda: 1 / 0))
        attempt(lambda: torch.optim.SGD([], lr=0.1))
        attempt(lambda: nn.CrossEntropyLoss()(torch.ones(2, 2)))
save(model=model)
model(torch.ones(2, 5))
