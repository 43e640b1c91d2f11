# case: soft targets shared out among the samples, beside log-probabilities of the classes
# expect: wrong-dimension
# line: 30
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

T = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 5))
o = torch.optim.Adam(T.parameters(), 5e-3)
for _ in range(150):
    i = torch.randint(0, 800, (64,))
    loss = F.cross_entropy(T(XA[i]), YA[i])
    o.zero_grad()
    loss.backward()
    o.step()
S = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 5))
o = torch.optim.Adam(S.parameters(), 3e-3)
soft = nn.Softmax(dim=0)
for e in range(8):
    for i in torch.randperm(800).split(40):
        with torch.no_grad():
            q = soft(T(XA[i]) / 2)
        loss = F.kl_div((S(XA[i]) / 2).log_softmax(-1), q, reduction="batchmean")
        o.zero_grad()
        loss.backward()
        o.step()
    print(e, loss.item())
