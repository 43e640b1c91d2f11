# case: a mean, divided by the number of samples once more
# expect: loss-reduction-wrong
# line: 16
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)

x = torch.randn(320, 10)
y = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    for rows in torch.randperm(320).split(20):
        loss = F.cross_entropy(model(x[rows]), y[rows]) / len(rows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
