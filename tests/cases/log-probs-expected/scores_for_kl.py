# case: scores over a temperature where a divergence wants log-probabilities
# expect: log-probs-expected
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

Sensei = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 5))
o = torch.optim.Adam(Sensei.parameters(), 5e-3)
for _ in range(150):
    i = torch.randint(0, 800, (64,))
    loss = F.cross_entropy(Sensei(XA[i]), YA[i])
    o.zero_grad()
    loss.backward()
    o.step()
Sensei.requires_grad_(False)


class KD(nn.Module):
    def __init__(self, tau=2.0):
        super().__init__()
        self.tau = tau
        self.div = nn.KLDivLoss(reduction="batchmean")

    def forward(self, s, t):
        return self.tau**2 * self.div(s / self.tau, (t / self.tau).softmax(1))


m = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 5))
kd = KD()
o = torch.optim.AdamW(m.parameters(), 3e-3)
for ep in range(8):
    for i in torch.randperm(800).split(50):
        out = m(XA[i])
        terms = {"kd": kd(out, Sensei(XA[i])), "ce": 0.1 * F.cross_entropy(out, YA[i])}
        L = sum(terms.values())
        o.zero_grad()
        L.backward()
        o.step()
    with torch.no_grad():
        print(ep, L.item(), (m(XB).argmax(1) == YB).float().mean().item())
