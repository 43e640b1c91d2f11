# case: a sum over the batch at the rate of a mean
# expect: loss-reduction-wrong
# line: 14
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 8)
y = x[:, :3].sum(1, keepdim=True) / 2 + 0.1 * torch.randn(400, 1)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(30):
    for rows in torch.randperm(400).split(200):
        loss = ((model(x[rows]) - y[rows]) ** 2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
