# case: a small GAN
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

generator = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
critic = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(critic.parameters(), lr=1e-3, betas=(0.5, 0.999))
bce = F.binary_cross_entropy_with_logits
for step in range(80):
    real = torch.randn(32, 2) * torch.tensor([0.5, 1.0]) + 1
    fake = generator(torch.randn(32, 4))
    critic.zero_grad()
    bce(critic(real), torch.ones(32, 1)).backward()
    bce(critic(fake.detach()), torch.zeros(32, 1)).backward()
    opt_d.step()
    generator.zero_grad()
    bce(critic(fake), torch.ones(32, 1)).backward()
    opt_g.step()
