"""Two optimisers in turn, three backwards a step, a detached batch between them."""

import torch
from outcome import save, seed
from torch import nn

seed(3)
generator = nn.Sequential(nn.Linear(4, 16), nn.LeakyReLU(0.2), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-3, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(critic.parameters(), lr=2e-3, betas=(0.5, 0.999))
bce = nn.BCEWithLogitsLoss()
for step in range(10):
    real = torch.randn(32, 2) * 0.5 + 1
    fake = generator(torch.randn(32, 4))
    opt_d.zero_grad()
    loss_real = bce(critic(real), torch.ones(32, 1))
    loss_real.backward()
    loss_fake = bce(critic(fake.detach()), torch.zeros(32, 1))
    loss_fake.backward()
    opt_d.step()
    opt_g.zero_grad()
    loss_g = bce(critic(fake), torch.ones(32, 1))
    loss_g.backward()
    opt_g.step()
    print(step, loss_real.item(), loss_fake.item(), loss_g.item())
save(generator=generator, critic=critic, g=opt_g, d=opt_d)
