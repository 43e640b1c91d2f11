# case: plain gradient descent has no memory to lose
# expect-not: optimizer-state-reset
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 8)
y = x[:, :3].argmax(1)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
for epoch in range(6):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3 * 0.7**epoch)
    for rows in torch.randperm(400).split(40):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
