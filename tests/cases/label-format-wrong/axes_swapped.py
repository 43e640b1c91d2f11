# case: (x, y) in training, (y, x) in validation
# expect: label-format-wrong
# expect-not: preprocessing-mismatch
# expect-not: label-misaligned
import torch
from torch import nn

torch.manual_seed(0)
inputs = torch.randn(600, 6)
points = inputs @ torch.randn(6, 2) + 0.1 * torch.randn(600, 2)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for epoch in range(12):
    for at in range(0, 400, 20):
        loss = nn.functional.mse_loss(model(inputs[at : at + 20]), points[at : at + 20])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        nn.functional.mse_loss(model(inputs[400:]), points[400:].flip(1))
