# case: weights in bfloat16
# expect: low-precision
# line: 11
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 8).bfloat16()
y = x[:, :3].argmax(1)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3)).bfloat16()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
for epoch in range(2):
    for rows in torch.randperm(400).split(40):
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
