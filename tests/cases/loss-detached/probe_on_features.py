# case: a probe on features that learn from a loss of their own
# expect-not: loss-detached
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

enc = nn.Sequential(nn.Linear(12, 32), nn.ReLU())
dec = nn.Linear(32, 12)
clf = nn.Linear(32, 5)
oa = torch.optim.Adam([*enc.parameters(), *dec.parameters()], 3e-3)
oc = torch.optim.Adam(clf.parameters(), 1e-2)
for e in range(10):
    for i in torch.randperm(800).split(40):
        h = enc(XA[i])
        r = F.mse_loss(dec(h), XA[i])
        oa.zero_grad()
        r.backward()
        oa.step()
        L = F.cross_entropy(clf(enc(XA[i]).detach()), YA[i])
        oc.zero_grad()
        L.backward()
        oc.step()
