# case: a network with an optimiser of its own, cut off from the loss
# expect: loss-detached
# line: 25
import torch
from torch import nn

torch.manual_seed(0)
W0 = torch.randn(12, 5)


def kumi(n):
    x = torch.randn(n, 12)
    return x, (x @ W0 + 0.3 * torch.randn(n, 5)).argmax(1)


XA, YA = kumi(800)
XB, YB = kumi(300)

gen = nn.Sequential(nn.Linear(12, 32), nn.ReLU())
clf = nn.Linear(32, 5)
og = torch.optim.Adam(gen.parameters(), 2e-3)
oc = torch.optim.Adam(clf.parameters(), 2e-3)
for e in range(8):
    for i in torch.randperm(800).split(40):
        z = gen(XA[i]).detach()
        L = nn.functional.cross_entropy(clf(z), YA[i])
        for q in (og, oc):
            q.zero_grad()
        L.backward()
        for q in (og, oc):
            q.step()
    with torch.no_grad():
        print(e, L.item(), (clf(gen(XB)).argmax(1) == YB).float().mean().item())
