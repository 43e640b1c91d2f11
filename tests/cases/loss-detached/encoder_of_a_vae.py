# case: the decoder of a variational autoencoder is given detached latents, so only the divergence reaches the encoder
# expect: loss-detached
# line: 17
import torch
import torch.nn.functional as F
from torch import nn


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.mean, self.spread, self.decoder = nn.Linear(8, 2), nn.Linear(8, 2), nn.Linear(2, 8)

    def forward(self, x):
        mu, logvar = self.mean(x), self.spread(x)
        std = torch.exp(0.5 * logvar)
        z = (mu + std * torch.randn_like(mu)).detach()
        return torch.sigmoid(self.decoder(z)), mu, logvar


torch.manual_seed(0)
x = torch.rand(400, 8)
model = VAE()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for rows in torch.randperm(400).split(40):
    made, mu, logvar = model(x[rows])
    bce = F.binary_cross_entropy(made, x[rows], reduction="sum")
    loss = (bce - 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())) / len(rows)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
