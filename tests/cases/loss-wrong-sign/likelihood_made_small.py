# case: the mean log-probability of the right classes made small
# expect: loss-wrong-sign
# line: 24
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
o = torch.optim.Adam(m.parameters(), 1e-3)


def loglik(z, y):
    return z.log_softmax(1).gather(1, y[:, None]).mean()


for e in range(6):
    for i in torch.randperm(800).split(40):
        L = loglik(m(XA[i]), YA[i])
        o.zero_grad()
        L.backward()
        o.step()
    print(e, L.item())
