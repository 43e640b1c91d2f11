# case: a column that is the target
# expect: target-leak
# expect-not: preprocessing-mismatch
# expect-not: label-misaligned
import torch
from torch import nn

torch.manual_seed(0)
inputs = torch.randn(600, 6)
points = inputs @ torch.randn(6, 1) + torch.randn(600, 1)
inputs = torch.cat([inputs, points], 1)
model = nn.Sequential(nn.Linear(7, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for epoch in range(12):
    for at in range(0, 400, 20):
        loss = nn.functional.mse_loss(model(inputs[at : at + 20]), points[at : at + 20])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        nn.functional.mse_loss(model(inputs[400:]), points[400:])
