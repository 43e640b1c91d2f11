# case: no optimiser of torch; all layers learn
# expect-not: parameters-frozen
import torch
from torch import nn

torch.manual_seed(0)

inputs = torch.randn(200, 4)
targets = (inputs[:, :1] * inputs[:, 1:2]).sign()
model = nn.Sequential(nn.Linear(4, 12), nn.ReLU(), nn.Linear(12, 12), nn.ReLU(), nn.Linear(12, 1))
for layer in model:
    layer.requires_grad_(layer is not None)
learning = [one for one in model.parameters() if one.requires_grad]

for step in range(40):
    loss = ((model(inputs) - targets) ** 2).mean()
    for one in learning:
        one.grad = None
    loss.backward()
    with torch.no_grad():
        for one in learning:
            one -= 0.05 * one.grad
