# case: a column of predictions less a list of targets, by hand
# expect: shape-broadcast-in-loss
# line: 14
import torch
from torch import nn

torch.manual_seed(0)

x = torch.randn(200, 5)
y = x.sum(1)
model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for rows in torch.randperm(200).repeat(8).split(20):
    loss = ((model(x[rows]) - y[rows]) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
