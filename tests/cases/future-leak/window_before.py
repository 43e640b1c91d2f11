# case: the window ends where the forecast begins
# expect-not: future-leak
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)

series = torch.sin(torch.arange(400) / 5) + 0.3 * torch.randn(400)
x = torch.stack([series[i : i + 12] for i in range(380)])[:, :, None]
y = torch.stack([series[i + 12 : i + 15] for i in range(380)])
model = nn.Sequential(nn.Flatten(), nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for rows in torch.randperm(380).split(20):
        loss = F.mse_loss(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
