# case: the second of two models is validated on its own training data
# expect: validation-is-train
# line: 31
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def blob(n, s):
    g = torch.Generator().manual_seed(s)
    y = torch.randint(0, 4, (n,), generator=g)
    c = torch.eye(4).repeat(1, 2)[y]
    return c + torch.randn(n, 8, generator=g) * 0.8, y


torch.manual_seed(0)
big, small = (
    nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 4)),
    nn.Sequential(nn.Linear(8, 80), nn.ReLU(), nn.Linear(80, 4)),
)
pool = DataLoader(TensorDataset(*blob(1500, 1)), 50, shuffle=True)
o = torch.optim.Adam(big.parameters(), 2e-3)
for _ in range(4):
    for x, y in pool:
        loss = F.cross_entropy(big(x), y)
        o.zero_grad()
        loss.backward()
        o.step()
ds = blob(300, 2)
dev = ds
few = DataLoader(TensorDataset(*ds), 20, shuffle=True)
o = torch.optim.Adam(small.parameters(), 5e-3)
hist = []
for ep in range(20):
    for x, y in few:
        with torch.no_grad():
            q = F.softmax(big(x), 1)
        z = small(x)
        loss = 0.5 * F.kl_div(F.log_softmax(z, 1), q, reduction="batchmean") + 0.5 * F.cross_entropy(z, y)
        o.zero_grad()
        loss.backward()
        o.step()
    with torch.no_grad():
        hist.append(F.cross_entropy(small(dev[0]), dev[1]).item())
    print(ep, loss.item(), hist[-1])
