# case: a critic whose rate is far beyond what is usual
# expect: gan-imbalance
# line: 12
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
opt_g = torch.optim.Adam(G.parameters(), lr=1e-4)
opt_d = torch.optim.Adam(D.parameters(), lr=3e-2)
ones, zeros = torch.ones(32, 1), torch.zeros(32, 1)
for step in range(40):
    made = G(torch.randn(32, 2))
    loss_d = F.binary_cross_entropy_with_logits(D(torch.randn(32, 2) + 1), ones)
    loss_d = loss_d + F.binary_cross_entropy_with_logits(D(made.detach()), zeros)
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
    loss_g = F.binary_cross_entropy_with_logits(D(made), ones)
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()
