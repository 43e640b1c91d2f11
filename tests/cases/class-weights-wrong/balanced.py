# case: the inverse shares are the weights
# expect-not: class-weights-wrong
import torch
from torch import nn

torch.manual_seed(0)

y = (torch.rand(400) < 0.1).long() + (torch.rand(400) < 0.1).long()
x = torch.randn(400, 10) + y[:, None]
shares = torch.bincount(y) / len(y)
loss_fn = nn.CrossEntropyLoss(weight=1 / shares)
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for rows in torch.randperm(400).split(20):
        loss = loss_fn(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
