# case: a sigmoid written out before binary cross entropy with logits
# expect: sigmoid-before-bce-with-logits
# line: 26
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
W0 = torch.randn(12, 5)


def kumi(n):
    x = torch.randn(n, 12)
    return x, (x @ W0 + 0.3 * torch.randn(n, 5)).argmax(1)


XA, YA = kumi(800)
XB, YB = kumi(300)

yy = (YA > 1).float()
n = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 1))
o = torch.optim.Adam(n.parameters(), 3e-3)


def osum(z, t):
    return F.binary_cross_entropy_with_logits(1 / (1 + torch.exp(-z)), t)


for e in range(8):
    for i in torch.randperm(800).split(40):
        L = osum(n(XA[i]).flatten(), yy[i])
        o.zero_grad()
        L.backward()
        o.step()
    print(e, L.item())
