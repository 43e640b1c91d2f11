# case: the latents of a variational autoencoder are drawn with sample(), which leaves no gradient, so only the divergence reaches the encoder
# expect: loss-detached
# line: 20
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
        z = Normal(mu, spread).sample()
        made = decoder(z)
        rec = ((made - x[rows]) ** 2).sum(1).mean()
        kl = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(1).mean()
        adversary = nn.functional.softplus(-critic(decoder(torch.randn(len(rows), 4)))).mean()
        loss = rec + kl + adversary
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
