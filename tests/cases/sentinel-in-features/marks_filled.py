# case: the same, filled before the training
# expect-not: sentinel-in-features
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 8)
y = x[:, :3].sum(1, keepdim=True) / 2 + 0.1 * torch.randn(400, 1)
x[torch.rand(400, 8) < 0.1] = -999.0
x[x == -999.0] = 0.0
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(10):
    for rows in torch.randperm(400).split(40):
        loss = ((model(x[rows]) - y[rows]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
