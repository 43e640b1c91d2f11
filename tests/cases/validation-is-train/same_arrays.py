# case: what is called validation is given the training arrays
# expect: validation-is-train
# line: 33
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

g = np.random.default_rng(0)
X = torch.tensor(g.normal(size=(900, 10)), dtype=torch.float)
w = torch.tensor(g.normal(size=10), dtype=torch.float)
Y = (X @ w + 1.5 * torch.tensor(g.normal(size=900), dtype=torch.float) > 0).long()
tr_x, tr_y, va_x, va_y = X[:600], Y[:600], X[600:], Y[600:]
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 128), nn.ReLU(), nn.Linear(128, 2))
opt = torch.optim.Adam(net.parameters(), 3e-3)


def score(x, y):
    net.eval()
    with torch.no_grad():
        z = net(x)
        return F.cross_entropy(z, y).item(), (z.argmax(1) == y).float().mean().item()


for ep in range(20):
    net.train()
    for b in torch.randperm(600).split(30):
        loss = F.cross_entropy(net(tr_x[b]), tr_y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
    val_loss, val_acc = score(tr_x, tr_y)
    print(f"epoch {ep} train {loss.item():.3f} val {val_loss:.3f} acc {val_acc:.3f}")
print("test", score(va_x, va_y))
