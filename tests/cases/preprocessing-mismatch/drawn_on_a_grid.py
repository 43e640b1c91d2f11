# case: a wide grid to draw the curve on is no validation
# expect-not: preprocessing-mismatch
import torch
from torch import nn

torch.manual_seed(0)
x = torch.rand(400, 1) * 6 - 3
y = torch.sin(2 * x) + 0.1 * torch.randn(400, 1)
f = nn.Sequential(nn.Linear(1, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 1))
o = torch.optim.Adam(f.parameters(), 5e-3)
grid = torch.linspace(-30, 30, 300)[:, None]
for s in range(300):
    loss = ((f(x) - y) ** 2).mean()
    o.zero_grad()
    loss.backward()
    o.step()
    if s % 60 == 0:
        with torch.no_grad():
            print(s, loss.item(), f(grid)[:3, 0].tolist())
