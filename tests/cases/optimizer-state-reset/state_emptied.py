# case: the state of the optimiser is emptied after each step
# expect: optimizer-state-reset
# line: 24

import torch
from torch import nn

torch.manual_seed(0)
A = torch.randn(512, 6)
B = (A @ torch.randn(6, 5)).argmax(1)


class T:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(6, 40), nn.ReLU(), nn.Linear(40, 5))
        self.opt = torch.optim.Adam(self.net.parameters(), 1e-2)

    def step(self):
        ix = torch.randint(512, (32,))
        loss = nn.functional.cross_entropy(self.net(A[ix]), B[ix])
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        self.opt.state.clear()
        return loss.item()


t = T()
for i in range(150):
    t.step()
