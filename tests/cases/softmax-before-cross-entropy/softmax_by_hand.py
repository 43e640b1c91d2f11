# case: a softmax written out before cross entropy
# expect: softmax-before-cross-entropy
# line: 38
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


class N(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(12, 32)
        self.b = nn.Linear(32, 5)

    def forward(self, x):
        z = self.b(F.elu(self.a(x)))
        e = (z - z.amax(1, keepdim=True)).exp()
        return e / e.sum(1, keepdim=True)


n = N()
o = torch.optim.Adam(n.parameters(), 3e-3)
ce = nn.CrossEntropyLoss()
for e in range(8):
    for i in torch.randperm(800).split(40):
        L = ce(n(XA[i]), YA[i])
        o.zero_grad()
        L.backward()
        o.step()
    with torch.no_grad():
        print(e, L.item(), ce(n(XB), YB).item())
