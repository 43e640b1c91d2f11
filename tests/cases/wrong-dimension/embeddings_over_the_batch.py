# case: embeddings brought to length one along the samples of the batch
# expect: wrong-dimension
# line: 23
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

C = torch.randn(10, 20)


def draw(n):
    k = torch.randint(0, 10, (n,))
    j = (k + torch.randint(1, 10, (n,))) % 10
    return [C[t] + 0.7 * torch.randn(n, 20) for t in (k, k, j)]


f = nn.Sequential(nn.Linear(20, 48), nn.ReLU(), nn.Linear(48, 8))


def g(x):
    return F.normalize(f(x), p=2, dim=0)


tm = nn.TripletMarginLoss(margin=0.5)
o = torch.optim.Adam(f.parameters(), 2e-3)
for s in range(200):
    a, p, n = draw(32)
    L = tm(g(a), g(p), g(n))
    o.zero_grad()
    L.backward()
    o.step()
    if s % 40 == 39:
        print(s, L.item())
