# case: a missing value among the inputs
# expect: non-finite-data
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

x = torch.randn(300, 6)
x[137, 2] = float("nan")
y = torch.randn(300, 1)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(4):
    for xb, yb in zip(x.split(30), y.split(30), strict=True):
        optimizer.zero_grad()
        loss = F.mse_loss(model(xb), yb)
        loss.backward()
        optimizer.step()
