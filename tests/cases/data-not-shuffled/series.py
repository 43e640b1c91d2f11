# case: a series is read in its order, for a number
# expect-not: data-not-shuffled
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)

t = torch.arange(400) / 20
series = torch.sin(t) + 0.1 * t
x = series.unfold(0, 17, 1)
loader = DataLoader(TensorDataset(x[:, :16], x[:, 16:]), batch_size=16)
model = nn.Sequential(nn.Linear(16, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(4):
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(xb), yb)
        loss.backward()
        optimizer.step()
