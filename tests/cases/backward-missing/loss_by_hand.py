# case: a loss written by hand, and no backward
# expect: backward-missing
# line: 15
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(300, 4)
y = x.prod(1, keepdim=True)
net = nn.Sequential(nn.Linear(4, 30), nn.Tanh(), nn.Linear(30, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for e in range(100):
    opt.zero_grad()
    loss = (net(x) - y).pow(2).mean()
    opt.step()
    if e % 20 == 0:
        print(e, loss.item())
