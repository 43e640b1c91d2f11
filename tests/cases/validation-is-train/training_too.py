# case: the training data are evaluated as well, and called so
# expect-not: validation-is-train
import torch
from sklearn.datasets import load_digits
from torch import nn

d = load_digits()
X, Y = torch.tensor(d.data / 16).float(), torch.tensor(d.target)
torch.manual_seed(0)
p = torch.randperm(len(X))
X, Y = X[p], Y[p]
f = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
o = torch.optim.Adam(f.parameters(), 1e-3)


def evaluate(x, y):
    with torch.no_grad():
        z = f(x)
        return nn.functional.cross_entropy(z, y).item(), (z.argmax(1) == y).float().mean().item()


for e in range(8):
    for i in torch.randperm(1200).split(40):
        loss = nn.functional.cross_entropy(f(X[i]), Y[i])
        o.zero_grad()
        loss.backward()
        o.step()
    train_loss, train_acc = evaluate(X[:1200], Y[:1200])
    val_loss, val_acc = evaluate(X[1200:], Y[1200:])
    print(e, train_loss, val_loss, val_acc)
