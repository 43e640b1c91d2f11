# case: the generator's optimiser is given the critic's parameters
# expect: optimizer-holds-other-parameters
# line: 11
import torch
from torch import nn

torch.manual_seed(0)

g = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
d = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
opt_g = torch.optim.Adam(d.parameters(), lr=1e-3, betas=(0.5, 0.9))
opt_d = torch.optim.Adam(d.parameters(), lr=1e-3, betas=(0.5, 0.9))
bce = nn.BCEWithLogitsLoss()
one, zero = torch.ones(32, 1), torch.zeros(32, 1)
for step in range(60):
    real = torch.randn(32, 2) * 0.5 + 2
    fake = g(torch.randn(32, 4))
    opt_d.zero_grad()
    loss_d = bce(d(real), one) + bce(d(fake.detach()), zero)
    loss_d.backward()
    opt_d.step()
    opt_g.zero_grad()
    loss_g = bce(d(fake), one)
    loss_g.backward()
    opt_g.step()
