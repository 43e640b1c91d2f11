# case: batch norm whose statistics are kept as they were
# expect-not: batch-norm-small-batch
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 8)
y = x[:, :3].argmax(1)
model = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 3))
model.eval()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(1):
    for rows in torch.randperm(400).split(2):
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
