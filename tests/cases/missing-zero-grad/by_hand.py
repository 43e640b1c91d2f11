# case: gradients are cleared by hand
# expect-not: missing-zero-grad
import torch
from torch import nn

torch.manual_seed(0)

x = torch.randn(256, 10)
y = x[:, 0] * x[:, 1]
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for step in range(60):
    rows = torch.randint(256, (32,))
    loss = ((net(x[rows]).squeeze(1) - y[rows]) ** 2).mean()
    for p in net.parameters():
        p.grad = None
    loss.backward()
    opt.step()
