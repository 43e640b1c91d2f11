# case: the body is frozen for the first epochs, on purpose, and thawed then
# expect-not: parameters-frozen
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
inputs = torch.randn(256, 8)
targets = (inputs[:, 0] * inputs[:, 1] > 0).long()
body, head = nn.Sequential(nn.Linear(8, 32), nn.ReLU()), nn.Linear(32, 2)
model = nn.Sequential(body, head)
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(8):
    body.requires_grad_(epoch >= 2)
    for rows in torch.randperm(256).split(32):
        loss = F.cross_entropy(model(inputs[rows]), targets[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
