# case: a loss by hand, and -999 where nothing was measured
# expect: sentinel-in-features
import torch
from torch import nn

torch.manual_seed(0)

inputs = torch.randn(600, 8)
targets = inputs[:, :2].sum(1, keepdim=True)
inputs[torch.rand(600, 8) < 0.05] = -999.0
model = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)

for epoch in range(4):
    for rows in torch.randperm(600).split(30):
        loss = ((model(inputs[rows]) - targets[rows]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
