# case: a cross-entropy of shares that are smoothed
# expect-not: loss-task-mismatch
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 8)
y = F.one_hot(x[:, :3].argmax(1), 3).float() * 0.9 + 0.1 / 3
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for rows in torch.randperm(400).split(40):
    loss = F.cross_entropy(model(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
