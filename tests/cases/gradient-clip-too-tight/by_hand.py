# case: a gradient that is made shorter by hand
# expect: gradient-clip-too-tight
# line: 19
import torch
from torch import nn

torch.manual_seed(0)
A = torch.randn(600, 6)
B = A @ torch.randn(6, 1)
net = nn.Sequential(nn.Linear(6, 40), nn.ReLU(), nn.Linear(40, 1))
o = torch.optim.SGD(net.parameters(), 0.02)


def clip(ps, kagen=1e-4):
    ps = [p for p in ps if p.grad is not None]
    n = torch.sqrt(sum((p.grad**2).sum() for p in ps))
    if n > kagen:
        for p in ps:
            p.grad.mul_(kagen / n)


for i in range(150):
    j = torch.randint(600, (32,))
    o.zero_grad()
    loss = (net(A[j]) - B[j]).pow(2).mean()
    loss.backward()
    clip(net.parameters())
    o.step()
print(loss.item())
