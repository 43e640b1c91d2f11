# case: a loss by hand; the best weights are those of the lowest training loss, though a validation stands beside it
# expect: model-selection-on-train
# line: 27
import torch
from torch import nn

torch.manual_seed(0)

inputs = torch.randn(300, 6)
targets = inputs[:, :1] + 0.5 * torch.randn(300, 1)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
best, weights = float("inf"), None
curve = []

for epoch in range(10):
    total = 0.0
    for rows in torch.randperm(200).split(20):
        loss = ((model(inputs[rows]) - targets[rows]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    with torch.no_grad():
        val_loss = ((model(inputs[200:]) - targets[200:]) ** 2).mean().item()
    curve.append(val_loss)
    if total < best:
        best, weights = total, [one.detach().clone() for one in model.parameters()]
