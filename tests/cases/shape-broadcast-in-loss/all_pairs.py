# case: distances of all pairs, on purpose
# expect-not: shape-broadcast-in-loss
import torch
from torch import nn

torch.manual_seed(0)

x = torch.randn(200, 5)
y = x.sum(1)
model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for rows in torch.randperm(200).repeat(8).split(20):
    z = model(x[rows])
    wanted = (y[rows][:, None] - y[rows][None, :]).abs()
    loss = ((z[:, None] - z[None, :]).abs().sum(2) - wanted).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
