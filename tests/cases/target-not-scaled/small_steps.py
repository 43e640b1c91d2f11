# case: the same with steps that it bears
# expect-not: target-not-scaled
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 8)
y = x[:, :3].sum(1, keepdim=True) / 2 + 0.1 * torch.randn(400, 1)
y = 150 + 75 * y
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=1e-5)
for epoch in range(30):
    for rows in torch.randperm(400).split(40):
        loss = ((model(x[rows]) - y[rows]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
