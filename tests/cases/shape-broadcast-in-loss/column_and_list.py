# case: (N, 1) against (N,)
# expect: shape-broadcast-in-loss
# line: 20
import warnings

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
warnings.filterwarnings("ignore", message="Using a target size")

x = torch.randn(320, 5)
y = x @ torch.randn(5)
model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(5):
    for rows in torch.randperm(320).split(32):
        pred = model(x[rows])
        loss = F.mse_loss(pred, y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
