# case: a whole batch is trained on, and many are validated on without no_grad
# expect-not: update-outside-loop
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 8)
y = x[:, :3].sum(1, keepdim=True) / 2 + 0.1 * torch.randn(400, 1)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
loss_fn = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    loss = loss_fn(model(x[:200]), y[:200])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    total = 0.0
    for rows in torch.arange(200, 400).split(20):
        total += loss_fn(model(x[rows]), y[rows]).item()
