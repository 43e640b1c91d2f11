# case: a variational autoencoder with two terms
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(20, 32), nn.ReLU())
        self.mean, self.log_var = nn.Linear(32, 3), nn.Linear(32, 3)
        self.decoder = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 20))

    def forward(self, x):
        h = self.encoder(x)
        mean, log_var = self.mean(h), self.log_var(h)
        z = mean + torch.randn_like(mean) * (0.5 * log_var).exp()
        return self.decoder(z), mean, log_var


x = torch.randn(400, 3) @ torch.randn(3, 20) / 2
model = VAE()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(6):
    for rows in torch.randperm(400).split(40):
        out, mean, log_var = model(x[rows])
        reconstruction = F.mse_loss(out, x[rows])
        kl = -0.5 * (1 + log_var - mean**2 - log_var.exp()).mean()
        loss = reconstruction + 0.05 * kl
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
