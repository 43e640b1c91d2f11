# case: a closure that clears nothing
# expect: missing-zero-grad
# line: 20
import torch
from torch import nn

torch.manual_seed(0)
A = torch.randn(400, 6)
B = (A**2).sum(1, keepdim=True)
net = nn.Sequential(nn.Linear(6, 40), nn.SiLU(), nn.Linear(40, 1))
opt = torch.optim.SGD(net.parameters(), 2e-3)


def hyouka():
    return nn.functional.smooth_l1_loss(net(A), B)


def closure():
    v = hyouka()
    v.backward()
    return v


for i in range(150):
    sonshitsu = opt.step(closure)
print(sonshitsu.item())
