# case: weights by the root of the inverse share
# expect-not: class-weights-wrong
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(800, 8)
y = torch.where(x[:, 0] > 1, 2, torch.where(x[:, 1] > 0.4, 1, 0))
shares = torch.bincount(y, minlength=3) / len(y)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for rows in torch.randperm(800).split(40):
    loss = F.cross_entropy(model(x[rows]), y[rows], weight=1 / shares.sqrt())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
