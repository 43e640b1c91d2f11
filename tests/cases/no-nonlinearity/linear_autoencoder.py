# case: principal components, learned
# expect-not: no-nonlinearity
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

x = torch.randn(400, 4) @ torch.randn(4, 20)
model = nn.Sequential(nn.Linear(20, 4), nn.Linear(4, 20))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(5):
    for rows in torch.randperm(400).split(40):
        optimizer.zero_grad()
        loss = F.mse_loss(model(x[rows]), x[rows])
        loss.backward()
        optimizer.step()
