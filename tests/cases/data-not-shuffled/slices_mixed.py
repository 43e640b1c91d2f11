# case: slices of shuffled rows
# expect-not: data-not-shuffled
import torch
from sklearn.datasets import load_digits
from torch import nn

d = load_digits()
X = torch.tensor(d.data / 16).float()
Y = torch.tensor(d.target)
g = torch.Generator().manual_seed(0)
p = torch.randperm(len(X), generator=g)
X, Y = X[p], Y[p]
Xv, Yv, X, Y = X[1400:], Y[1400:], X[:1400], Y[:1400]
torch.manual_seed(0)
body = nn.Sequential(nn.Linear(64, 64), nn.ReLU())
head = nn.Linear(64, 10)
params = [*body.parameters(), *head.parameters()]
opt = torch.optim.SGD(params, lr=0.2)


def loss_of(x, y):
    q = torch.softmax(head(body(x)), 1)
    return -(torch.log(q + 1e-9) * torch.eye(10)[y]).sum(1).mean()


for ep in range(8):
    for i in range(0, 1400, 35):
        loss = loss_of(X[i : i + 35], Y[i : i + 35])
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        print(ep, loss.item(), loss_of(Xv, Yv).item(), (head(body(Xv)).argmax(1) == Yv).float().mean().item())
