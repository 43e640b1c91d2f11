# case: the prediction is rounded before the loss
# expect: loss-constant
# line: 17
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)

x = torch.randn(320, 10)
y = x[:, :1].sin()
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for rows in torch.randperm(320).split(20):
        out = model(x[rows])
        loss = F.mse_loss((8 * out).round() / 8, y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
