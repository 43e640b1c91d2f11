# case: a regression with one layer, the sum of squares
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

x = torch.randn(300, 4)
y = x @ torch.tensor([1.0, -2.0, 0.5, 0.0]) + 0.1 * torch.randn(300)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(8):
    for xb, yb in zip(x.split(30), y.split(30), strict=True):
        loss = F.mse_loss(model(xb).squeeze(1), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
