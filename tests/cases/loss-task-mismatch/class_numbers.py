# case: the distance of a mean over classes from the number of the class
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
        loss = F.mse_loss(model(x[rows]).mean(1), y[rows].float())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
