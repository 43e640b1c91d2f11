# case: the generator is given nearly the same noise for all samples of a batch
# expect: gan-mode-collapse
# line: 16
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
generator = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 2))
critic = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-3, betas=(0.5, 0.9))
opt_d = torch.optim.Adam(critic.parameters(), lr=2e-3, betas=(0.5, 0.9))
one, zero = torch.ones(48, 1), torch.zeros(48, 1)
for _ in range(300):
    real = torch.randn(48, 2)
    z = torch.randn(1, 3) + 0.01 * torch.randn(48, 3)
    made = generator(z)
    opt_d.zero_grad()
    d_loss = F.binary_cross_entropy_with_logits(critic(real), one)
    d_loss = d_loss + F.binary_cross_entropy_with_logits(critic(made.detach()), zero)
    d_loss.backward()
    opt_d.step()
    opt_g.zero_grad()
    g_loss = F.binary_cross_entropy_with_logits(critic(made), one)
    g_loss.backward()
    opt_g.step()
