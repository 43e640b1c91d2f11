# case: a zero head, layer scales, PReLU and factors of an own norm
# expect-not: bad-initialisation
import torch
from torch import nn

torch.manual_seed(0)
A = torch.randn(600, 32)
B = (A @ torch.randn(32, 5)).argmax(1)


class RMS(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d))

    def forward(self, x):
        return x * self.weight / (x.pow(2).mean(-1, keepdim=True) + 1e-6).sqrt()


class Scale(nn.Module):
    def __init__(self, d, v=0.1):
        super().__init__()
        self.weight = nn.Parameter(torch.full((d,), v))

    def forward(self, x):
        return x * self.weight


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.n = RMS(32)
        self.f = nn.Linear(32, 32)
        self.a = nn.PReLU(32)
        self.g = nn.Linear(32, 32)
        self.s = Scale(32)

    def forward(self, x):
        return x + self.s(self.g(self.a(self.f(self.n(x)))))


net = nn.Sequential(Block(), Block(), RMS(32), nn.Linear(32, 5))
nn.init.zeros_(net[-1].weight)
o = torch.optim.AdamW(net.parameters(), 3e-3)
for i in range(150):
    j = torch.randint(600, (32,))
    o.zero_grad()
    loss = nn.functional.cross_entropy(net(A[j]), B[j])
    loss.backward()
    o.step()
