# case: binary cross-entropy on labels of -1 and 1
# expect: loss-task-mismatch
# line: 16
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)

x = torch.randn(320, 10)
y = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for rows in torch.randperm(320).split(20):
        loss = F.binary_cross_entropy_with_logits(model(x[rows])[:, 0], 2.0 * (y[rows] > 0) - 1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
