# case: a generator makes its samples in training mode
# expect-not: train-mode-in-validation
import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(8, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 2))
D = nn.Sequential(nn.Linear(2, 64), nn.LeakyReLU(0.2), nn.Dropout(0.1), nn.Linear(64, 1))
g, d = (
    torch.optim.Adam(G.parameters(), 1e-3, betas=(0.5, 0.99)),
    torch.optim.Adam(D.parameters(), 1e-3, betas=(0.5, 0.99)),
)
sp = nn.functional.softplus
for s in range(300):
    real = torch.randn(64, 2) * 0.3 + torch.tensor([1.0, -1.0])
    with torch.no_grad():
        fake = G(torch.randn(64, 8))
    ld = sp(-D(real)).mean() + sp(D(fake)).mean()
    d.zero_grad()
    ld.backward()
    d.step()
    lg = sp(-D(G(torch.randn(64, 8)))).mean()
    g.zero_grad()
    lg.backward()
    g.step()
    if s % 50 == 0:
        with torch.no_grad():
            print(s, ld.item(), lg.item(), G(torch.randn(200, 8)).mean(0).tolist())
