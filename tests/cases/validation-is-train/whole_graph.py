# case: all nodes of a graph are given each time, with masks
# expect-not: validation-is-train
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
n = 300
y = torch.arange(n) % 3
x = torch.eye(3)[y].repeat(1, 4) * 0.6 + torch.randn(n, 12)
A = (torch.rand(n, n) < (0.02 + 0.05 * (y[:, None] == y[None]).float())).float()
A = ((A + A.T + torch.eye(n)) > 0).float()
A = A / A.sum(1, keepdim=True)
mask = torch.rand(n)
train, val = mask < 0.5, mask > 0.7


class GCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(12, 32), nn.Linear(32, 3)

    def forward(self, x, near):
        return self.b(near @ torch.relu(self.a(near @ x)))


net = GCN()
o = torch.optim.Adam(net.parameters(), 1e-2)


def test():
    net.eval()
    with torch.no_grad():
        z = net(x, A)
        return F.cross_entropy(z[val], y[val]).item(), (z[val].argmax(1) == y[val]).float().mean().item()


for e in range(60):
    net.train()
    loss = F.cross_entropy(net(x, A)[train], y[train])
    o.zero_grad()
    loss.backward()
    o.step()
    if e % 10 == 9:
        print(e, loss.item(), test())
