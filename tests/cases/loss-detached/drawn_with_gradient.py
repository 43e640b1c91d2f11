# case: the latents are drawn with rsample(); an adversary stands beside reconstruction and divergence, and features are detached
# expect-not: loss-detached
import torch
from torch import nn
from torch.distributions import Normal

torch.manual_seed(0)
x = torch.sin(torch.rand(256, 1) * 6 + torch.linspace(0, 3, 12))
encoder, decoder = (
    nn.Sequential(nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 8)),
    nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 12)),
)
critic = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 1)).requires_grad_(False)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=2e-3)
for epoch in range(6):
    for rows in torch.randperm(256).split(32):
        mu, logvar = encoder(x[rows]).chunk(2, dim=1)
        spread = torch.exp(0.5 * logvar)
        z = Normal(mu, spread).rsample()
        made = decoder(z)
        rec = ((made - x[rows]) ** 2).sum(1).mean()
        kl = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(1).mean()
        adversary = nn.functional.softplus(-critic(decoder(torch.randn(len(rows), 4)))).mean()
        matched = (critic[0](made).mean(0) - critic[0](x[rows]).mean(0).detach()).abs().mean()
        loss = rec + kl + adversary + matched
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
