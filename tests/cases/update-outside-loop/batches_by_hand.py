# case: batches cut by hand, and one update behind them
# expect: update-outside-loop
# line: 17
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 8)
y = x[:, :3].sum(1, keepdim=True) / 2 + 0.1 * torch.randn(400, 1)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
loss_fn = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(400).split(40):
        loss = loss_fn(model(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
