# case: means written by hand are summed over micro-batches
# expect: gradient-accumulation-wrong
# line: 30
import torch
from torch import nn

torch.manual_seed(0)
A = torch.randn(512, 6)
B = A @ torch.randn(6, 5)


class Tr:
    accum = 4

    def __init__(self):
        self.net = nn.Sequential(nn.Linear(6, 40), nn.ReLU(), nn.Linear(40, 5))
        self.opt = torch.optim.SGD(self.net.parameters(), lr=0.1)

    def loss(self, b):
        x, y = b
        return (self.net(x) - y).pow(2).mean()

    def micro(self):
        p = torch.randint(512, (self.accum, 16))
        return [(A[i], B[i]) for i in p]

    def step(self):
        self.opt.zero_grad()
        for b in self.micro():
            self.loss(b).backward()
        self.opt.step()


t = Tr()
for _ in range(80):
    t.step()
