# case: shares along the samples that weigh the positions of a sequence
# expect: wrong-dimension
# line: 30
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


# attention pooling over time
def mk(n):
    x = torch.randn(n, 14, 6)
    p = torch.randint(0, 14, (n,))
    y = torch.randint(0, 3, (n,))
    x[torch.arange(n), p, 0] = 4.0
    x[torch.arange(n), p, 1:4] = 3.0 * F.one_hot(y, 3).float()
    return x, y


class Pool(nn.Module):
    def __init__(self):
        super().__init__()
        self.q = nn.Linear(16, 1)
        self.e = nn.Linear(6, 16)
        self.c = nn.Linear(16, 3)

    def forward(self, x):
        h = torch.tanh(self.e(x))
        a = torch.softmax(self.q(h), dim=0)
        return self.c((a * h).sum(dim=1))


m = Pool()
o = torch.optim.Adam(m.parameters(), 5e-3)
X, Y = mk(600)
XV, YV = mk(200)
for ep in range(8):
    for i in torch.randperm(600).split(30):
        loss = F.cross_entropy(m(X[i]), Y[i])
        o.zero_grad()
        loss.backward()
        o.step()
    with torch.no_grad():
        print(ep, loss.item(), (m(XV).argmax(1) == YV).float().mean().item())
