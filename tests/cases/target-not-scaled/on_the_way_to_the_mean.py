# case: half of the run is spent on the way to the mean of the target
# expect: target-not-scaled
# line: 18
import torch
from torch import nn

torch.manual_seed(0)

x = torch.randn(512, 6)
y = 330 + 90 * torch.tanh(x @ torch.randn(6) / 2)
known = (torch.rand(512) > 0.1).float()
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(512).split(32):
        optimizer.zero_grad()
        made = model(x[rows]).squeeze(-1)
        loss = ((y[rows] - made) ** 2 * known[rows]).sum() / known[rows].sum()
        loss.backward()
        optimizer.step()
