# case: validation in training mode; no loss of torch is called
# expect: train-mode-in-validation
# line: 29
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
X = torch.randn(800, 10)
Y = X[:, 0] * X[:, 1]
model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 1))
o = torch.optim.Adam(model.parameters(), 1e-3)


def run_epoch(loader, train):
    tot = 0
    if train:
        model.train()
        for bx, by in loader:
            pred = model(bx)
            loss = ((pred.squeeze(1) - by) ** 2).mean()
            o.zero_grad()
            loss.backward()
            o.step()
            tot += loss.item()
    else:
        with torch.no_grad():
            for bx, by in loader:
                pred = model(bx)
                tot += ((pred.squeeze(1) - by) ** 2).mean().item()
    return tot / len(loader)


a = DataLoader(TensorDataset(X[:600], Y[:600]), 30, shuffle=True)
b = DataLoader(TensorDataset(X[600:], Y[600:]), 50)
for e in range(8):
    print(e, run_epoch(a, True), run_epoch(b, False))
