# case: numbers of an embedding decorrelated over the batch
# expect-not: wrong-dimension
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

C = torch.randn(40, 20)
f = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 16))
o = torch.optim.Adam(f.parameters(), 1e-3)
for s in range(150):
    k = torch.randint(0, 40, (64,))
    a, b = [f(C[k] + 0.5 * torch.randn(64, 20)) for _ in range(2)]
    a, b = [F.normalize(z - z.mean(0), dim=0) for z in (a, b)]
    c = a.T @ b
    L = (c.diagonal() - 1).pow(2).sum() + 0.01 * (c - torch.diag(c.diagonal())).pow(2).sum()
    o.zero_grad()
    L.backward()
    o.step()
