# case: both are standardised
# expect-not: preprocessing-mismatch
import torch
from sklearn.datasets import load_digits
from torch import nn

d = load_digits()
x = torch.tensor(d.data).float()
y = torch.tensor(d.target)
i = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))
xtr, ytr = x[i[:1300]], y[i[:1300]]
xva, yva = x[i[1300:]], y[i[1300:]]
mu, sd = xtr.mean(0), xtr.std(0) + 0.1
xtr = (xtr - mu) / sd
xva = (xva - mu) / sd


class Runner:
    def __init__(self):
        self.f = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
        self.opt = torch.optim.SGD(self.f.parameters(), 0.1)

    def loss(self, x, y):
        return -torch.log_softmax(self.f(x), -1).gather(1, y.view(-1, 1)).mean()

    def fit(self):
        for ep in range(8):
            for b in torch.randperm(1300).split(32):
                loss = self.loss(xtr[b], ytr[b])
                self.opt.zero_grad()
                loss.backward()
                self.opt.step()
            with torch.no_grad():
                print(ep, loss.item(), self.loss(xva, yva).item(), (self.f(xva).argmax(1) == yva).float().mean().item())


torch.manual_seed(0)
Runner().fit()
