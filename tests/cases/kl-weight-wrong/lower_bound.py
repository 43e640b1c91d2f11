# case: both summed over elements and averaged over the batch
# expect-not: kl-weight-wrong
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)

x = torch.rand(320, 25)
encoder, decoder = nn.Linear(25, 8), nn.Sequential(nn.Linear(4, 25), nn.Sigmoid())
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-2)
for epoch in range(3):
    for rows in torch.randperm(320).split(20):
        mu, logvar = encoder(x[rows]).chunk(2, 1)
        out = decoder(mu + torch.exp(0.5 * logvar) * torch.randn_like(mu))
        kl = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum()
        loss = (F.binary_cross_entropy(out, x[rows], reduction="sum") + kl) / len(rows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
