# case: cleared between backward and step
# expect: update-order-wrong
# expect-not: missing-zero-grad
# expect-not: backward-missing
# line: 21
import torch
from torch import nn

torch.manual_seed(0)

x = torch.randn(400, 12)
y = (x.sum(1) > 0).long()
model = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 2))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters())

for epoch in range(4):
    for xb, yb in zip(x.split(40), y.split(40), strict=True):
        out = model(xb)
        loss = criterion(out, yb)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
