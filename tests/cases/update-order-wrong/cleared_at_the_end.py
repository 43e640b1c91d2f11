# case: cleared after the step: right as well
# expect-not: update-order-wrong
# expect-not: missing-zero-grad
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

x = torch.randn(400, 12)
y = (x.sum(1) > 0).long()
model = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters())

for epoch in range(4):
    for xb, yb in zip(x.split(40), y.split(40), strict=True):
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
