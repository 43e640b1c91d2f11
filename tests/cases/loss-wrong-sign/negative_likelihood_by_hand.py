# case: a negative log-likelihood by hand
# expect-not: loss-wrong-sign
import torch
from torch import nn

torch.manual_seed(0)
W0 = torch.randn(12, 5)


def kumi(n):
    x = torch.randn(n, 12)
    return x, (x @ W0 + 0.3 * torch.randn(n, 5)).argmax(1)


XA, YA = kumi(800)
XB, YB = kumi(300)

m = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 5))
o = torch.optim.Adam(m.parameters(), 3e-3)
for e in range(10):
    for i in torch.randperm(800).split(40):
        ll = m(XA[i]).log_softmax(1)[torch.arange(len(i)), YA[i]]
        L = -ll.mean()
        o.zero_grad()
        L.backward()
        o.step()
