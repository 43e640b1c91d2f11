# case: a sigmoid before a distance by hand from large targets
# expect: output-activation-mismatch
# line: 20
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 8)
target = 3 * x[:, :1] + x[:, 1:2] + 5
target = target + 1


def mse(out, y):
    return ((out - y) ** 2).mean()


model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for rows in torch.randperm(400).split(40):
    loss = mse(model(x[rows]), target[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
