# case: the same without the column
# expect-not: target-leak
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rng = np.random.default_rng(1)
A = rng.normal(size=(1400, 9)).astype("float32")
y = np.sin(A[:, 0]) + 0.5 * A[:, 1] * A[:, 2] + 0.6 * rng.normal(size=1400)
A = torch.tensor(A)
y = torch.tensor(y, dtype=torch.float32)
tr = DataLoader(TensorDataset(A[:1000], y[:1000]), 50, shuffle=True)
va = DataLoader(TensorDataset(A[1000:], y[1000:]), 100)


class MSE(nn.Module):
    def forward(self, p, t):
        return torch.mean(torch.square(p - t))


class MLP(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(d, 64), nn.Linear(64, 1)])

    def forward(self, x):
        return self.layers[1](torch.tanh(self.layers[0](x))).squeeze(-1)


torch.manual_seed(0)
m, L = MLP(9), MSE()
o = torch.optim.Adam(m.parameters(), 3e-3)
for ep in range(12):
    for a, t in tr:
        o.zero_grad()
        loss = L(m(a), t)
        loss.backward()
        o.step()
    with torch.no_grad():
        print(ep, loss.item(), np.mean([L(m(a), t).item() for a, t in va]))
