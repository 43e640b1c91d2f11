# case: a loss by hand, and a few targets a thousand times too large
# expect: outliers-in-data
import torch
from torch import nn

torch.manual_seed(0)

inputs = torch.randn(300, 8)
targets = inputs[:, :2].sum(1, keepdim=True) + 0.3 * torch.randn(300, 1)
targets[:3] *= 1000
targets = targets / targets.std()
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

for epoch in range(20):
    for rows in torch.randperm(300).split(20):
        loss = ((model(inputs[rows]) - targets[rows]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
