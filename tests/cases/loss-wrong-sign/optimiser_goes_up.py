# case: an optimiser that goes up on a loss
# expect: loss-wrong-sign
# line: 21
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

m = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 5))
o = torch.optim.SGD(m.parameters(), 0.05, maximize=True)
for e in range(6):
    for i in torch.randperm(800).split(40):
        L = F.cross_entropy(m(XA[i]), YA[i])
        o.zero_grad()
        L.backward()
        o.step()
    print(e, L.item())
