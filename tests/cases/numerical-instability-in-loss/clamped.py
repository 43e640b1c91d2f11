# case: the same logarithm, kept away from 0
# expect-not: numerical-instability-in-loss
import torch
from torch import nn

torch.manual_seed(0)

x = torch.randn(320, 10)
y = (x[:, 0] > 0).float()
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 1), nn.Flatten(0))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(4):
    for rows in torch.randperm(320).split(20):
        p = torch.sigmoid(40 * model(x[rows]))
        p = p.clamp(1e-6, 1 - 1e-6)
        loss = -(y[rows] * torch.log(p) + (1 - y[rows]) * torch.log(1 - p)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
