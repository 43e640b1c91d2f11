# case: shares of all pairs together, as t-SNE has them
# expect-not: log-probs-expected
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

D = torch.cat([torch.randn(30, 10) + 4 * torch.randn(10) for _ in range(3)])
n = len(D)
p = -(torch.cdist(D, D) ** 2) / 20
p.fill_diagonal_(-1e9)
p = p.softmax(1)
p = (p + p.T) / (2 * n)
y = nn.Parameter(torch.randn(n, 2) * 0.1)
o = torch.optim.Adam([y], 0.1)
for s in range(200):
    w = 1 / (1 + torch.cdist(y, y) ** 2)
    w = w * (1 - torch.eye(n))
    q = w / w.sum()
    L = F.kl_div((q + 1e-9).log(), p, reduction="sum")
    o.zero_grad()
    L.backward()
    o.step()
