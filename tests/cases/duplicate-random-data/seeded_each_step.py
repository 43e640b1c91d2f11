# case: seeded anew for every batch
# expect: duplicate-random-data
# line: 16
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)

x = torch.randn(320, 10)
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    torch.manual_seed(epoch)
    for rows in torch.randperm(320).split(20):
        torch.manual_seed(0)
        noise = torch.randn(len(rows), 10)
        loss = F.mse_loss(model(x[rows] + noise), noise)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
