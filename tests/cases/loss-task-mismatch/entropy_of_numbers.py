# case: a cross-entropy between classes of one number
# expect: loss-task-mismatch
# line: 13
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 8)
y = x[:, :1] - 2 * x[:, 1:2]
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for loss in (F.cross_entropy(model(x[rows]), y[rows]) for rows in torch.randperm(400).split(40)):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
