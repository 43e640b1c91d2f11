# case: distances of all pairs of which one side is held, on purpose
# expect-not: shape-broadcast-in-loss
import torch
from torch import nn

torch.manual_seed(0)


def apart(a, b):
    return ((a[:, None] - b[None]).pow(2).sum(-1) + 1e-6).sqrt()


model = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(30):
    made, real = model(torch.randn(24, 3)), torch.randn(24, 2) + 2
    loss = 2 * apart(made, real).mean() - apart(made, made).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
