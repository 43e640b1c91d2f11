# case: the generator's own loss is computed from a detached sample, so its optimiser never gets a gradient
# expect: loss-detached
# line: 22
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
generator = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3)
opt_d = torch.optim.Adam(critic.parameters(), lr=1e-3)
one, zero = torch.ones(32, 1), torch.zeros(32, 1)
for _ in range(40):
    real, made = torch.randn(32, 2), generator(torch.randn(32, 3))
    opt_d.zero_grad()
    d_loss = F.binary_cross_entropy_with_logits(critic(real), one)
    d_loss = d_loss + F.binary_cross_entropy_with_logits(critic(made.detach()), zero)
    d_loss.backward()
    opt_d.step()
    opt_g.zero_grad()
    g_loss = F.binary_cross_entropy_with_logits(critic(made.detach()), one)
    g_loss.backward()
    opt_g.step()
