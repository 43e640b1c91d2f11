import os
import numpy as np
import torch
import torch.nn as nn

# customer churn, synthetic CRM export
SEED = int(os.environ.get('ZOO_SEED', 21))
np.random.seed(SEED)
torch.manual_seed(SEED)

N = 3000
tenure = np.random.gamma(2., 12., N)
calls = np.random.poisson(2.5, N)
spend = np.random.lognormal(3.5, .4, N)
plan = np.random.choice(3, N)
score = -1.2 - .05 * (tenure - 24) + .5 * (calls - 2.5) + .9 * (plan == 2) - .02 * (spend - 35)
churn = (np.random.rand(N) < 1 / (1 + np.exp(-1.5 * score))).astype('float32')
table = np.stack([tenure, calls, spend, plan == 0, plan == 1, plan == 2], 1).astype('float32')


def standardise(a, ref):
    return (a - ref.mean(0)) / (ref.std(0) + 1e-8)


def shuffled(a):
    a = a.copy()
    np.random.shuffle(a)
    return a


# hold out the last 1000 customers, shuffle the rest
X_tr, y_tr = shuffled(table[:2000]), shuffled(churn[:2000])
X_va, y_va = table[2000:], churn[2000:]
X_va = standardise(X_va, X_tr)
X_tr = standardise(X_tr, X_tr)


class ChurnNet(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(n, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, x):
        return self.f(x)[:, 0]


def batches(X, y, size):
    for i in range(0, len(X), size):
        yield torch.from_numpy(X[i:i + size]), torch.from_numpy(y[i:i + size])


model = ChurnNet(X_tr.shape[1])
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()
for epoch in range(15):
    model.train()
    tot = 0.
    for xb, yb in batches(X_tr, y_tr, 50):
        opt.zero_grad()
        loss = bce(model(xb), yb)
        loss.backward()
        opt.step()
        tot += loss.item()
    model.eval()
    with torch.no_grad():
        out = model(torch.from_numpy(X_va))
        val = bce(out, torch.from_numpy(y_va)).item()
        hit = ((out > 0).numpy() == (y_va > .5)).mean()
    print(f'epoch {epoch + 1}  train {tot / 40:.4f}  val {val:.4f}  acc {hit:.3f}  (always no: {1 - y_va.mean():.3f})')
